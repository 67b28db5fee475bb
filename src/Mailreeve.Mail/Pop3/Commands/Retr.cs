using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>RETR: a whole message (RFC 1939 §5).</summary>
/// <remarks>
/// It does not become \Seen. POP3 knows nothing of that, a program fetches what nobody has looked at yet, and whoever also uses the
/// browser would find everything read; besides, it would make a write of every read.
/// </remarks>
internal static class Retr
{
    public static ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, Maildrop maildrop, ReadOnlySpan<byte> argument)
    {
        if (!MessageNumber.TryParse(argument, out var number))
            return new(Pop3Reply.ErrBadArgument);
        return maildrop.Find(number) is { } message
            ? MessageSender.SendAsync(session, message, cut: null)
            : new(Pop3Reply.ErrNoSuchMessage);
    }
}
