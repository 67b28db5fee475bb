using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>NOOP: nothing, but the session is not idle (RFC 1939 §5).</summary>
internal static class Noop
{
    public static Pop3Reply Handle(ReadOnlySpan<byte> argument) => argument.IsEmpty ? Pop3Reply.OkDone : Pop3Reply.ErrBadArgument;
}
