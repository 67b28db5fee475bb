using NodaTime;

namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>APPEND up to each of its messages.</summary>
internal static class AppendCommand
{
    // append = "APPEND" SP mailbox 1*append-message (RFC 3502)
    public static ImapCommand? Parse(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Mailbox(out var mailbox) || !TryReadMessage(ref reader, out var message))
            return null;
        return new ImapCommand.Append(tag, mailbox, message);
    }

    // append-message = [SP flag-list] [SP date-time] SP literal; the literal itself is never in the text.
    public static bool TryReadMessage(ref ImapReader reader, out AppendMessage message)
    {
        message = new AppendMessage(ImapFlags.None, null, 0);
        var flags = ImapFlags.None;
        if (reader.SpaceThenList() && !FlagSyntax.TryReadList(ref reader, out flags))
            return false;
        if (!reader.Space())
            return false;
        Instant? date = null;
        if (reader.IsNext((byte)'"'))
        {
            if (!DateSyntax.TryReadDateTime(ref reader, out var instant) || !reader.Space())
                return false;
            date = instant;
        }

        if (!reader.PendingLiteral(out var size))
            return false;
        message = new AppendMessage(flags, date, size);
        return true;
    }
}
