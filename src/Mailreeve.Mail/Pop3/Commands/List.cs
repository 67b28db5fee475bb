using System.Buffers;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>LIST: the sizes of all messages, or of one (RFC 1939 §5).</summary>
internal static class List
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
            Listing.WriteSize(output, "+OK "u8, number, message.Body.Length);
            return null;
        }

        Pop3Reply.OkListFollows.WriteTo(output);
        for (var number = 1; number <= maildrop.Count; number++)
        {
            if (maildrop.Find(number) is { } message)
                Listing.WriteSize(output, [], number, message.Body.Length);
            await session.FlushWhenFullAsync();
        }

        output.Write(".\r\n"u8);
        return null;
    }
}
