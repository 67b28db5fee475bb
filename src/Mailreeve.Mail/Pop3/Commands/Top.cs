using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>TOP: the header of a message and so many lines of its body (RFC 1939 §7).</summary>
internal static class Top
{
    public static ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, Maildrop maildrop, ReadOnlySpan<byte> argument)
    {
        if (!MessageNumber.TryParseTop(argument, out var number, out var lines))
            return new(Pop3Reply.ErrBadArgument);
        return maildrop.Find(number) is { } message
            ? MessageSender.SendAsync(session, message, new TopCut(lines))
            : new(Pop3Reply.ErrNoSuchMessage);
    }
}
