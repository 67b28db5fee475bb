namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>GETQUOTA and GETQUOTAROOT.</summary>
internal static class QuotaCommands
{
    // getquota = "GETQUOTA" SP quota-root-name; quota-root-name = astring
    public static ImapCommand? GetQuota(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Astring(out var root))
            return null;
        return reader.End() ? new ImapCommand.GetQuota(tag, root) : null;
    }

    // getquotaroot = "GETQUOTAROOT" SP mailbox
    public static ImapCommand? GetQuotaRoot(ref ImapReader reader, string tag) =>
        MailboxCommands.TryReadOne(ref reader, out var mailbox) ? new ImapCommand.GetQuotaRoot(tag, mailbox) : null;
}
