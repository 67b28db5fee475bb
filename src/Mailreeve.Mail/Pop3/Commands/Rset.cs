using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>RSET: nothing is marked any more (RFC 1939 §5).</summary>
internal static class Rset
{
    public static Pop3Reply Handle(Maildrop maildrop, ReadOnlySpan<byte> argument)
    {
        if (!argument.IsEmpty)
            return Pop3Reply.ErrBadArgument;

        maildrop.Reset();
        return Pop3Reply.OkDone;
    }
}
