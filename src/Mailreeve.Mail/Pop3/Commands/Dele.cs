using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>DELE: marks a message, which goes with QUIT (RFC 1939 §5).</summary>
internal static class Dele
{
    public static Pop3Reply Handle(Maildrop maildrop, ReadOnlySpan<byte> argument)
    {
        if (!MessageNumber.TryParse(argument, out var number))
            return Pop3Reply.ErrBadArgument;
        if (maildrop.Find(number) is null)
            return Pop3Reply.ErrNoSuchMessage;

        maildrop.Mark(number);
        return Pop3Reply.OkMarked;
    }
}
