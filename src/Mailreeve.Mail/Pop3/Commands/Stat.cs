using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>STAT: how many messages, and how large (RFC 1939 §5).</summary>
internal static class Stat
{
    public static Pop3Reply Handle(Maildrop maildrop, ReadOnlySpan<byte> argument) =>
        argument.IsEmpty ? Pop3Reply.OkStat(maildrop.LeftCount, maildrop.LeftBytes) : Pop3Reply.ErrBadArgument;
}
