using System.Buffers;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>UIDL: the unique ids of all messages, or of one (RFC 1939 §7). They are those of IMAP, so they stay as long as the message.</summary>
internal static class Uidl
{
    public static async ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, Maildrop maildrop, ReadOnlyMemory<byte> argument)
    {
        var output = session.Wire.Output;
        if (!argument.IsEmpty)
        {
            if (!MessageNumber.TryParse(argument.Span, out var number))
                return Pop3Reply.ErrBadArgument;
            if (maildrop.Find(number) is not { } message)
                return Pop3Reply.ErrNoSuchMessage;
            Listing.WriteUid(output, "+OK "u8, number, maildrop.UidValidity, message.Uid);
            return null;
        }

        Pop3Reply.OkListFollows.WriteTo(output);
        for (var number = 1; number <= maildrop.Count; number++)
        {
            if (maildrop.Find(number) is { } message)
                Listing.WriteUid(output, [], number, maildrop.UidValidity, message.Uid);
            await session.FlushWhenFullAsync();
        }

        output.Write(".\r\n"u8);
        return null;
    }
}
