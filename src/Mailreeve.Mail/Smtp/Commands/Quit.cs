using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>QUIT: good-bye (RFC 5321 §4.1.1.10).</summary>
internal static class Quit
{
    public static Reply Handle(ReadOnlyMemory<byte> argument) => argument.IsEmpty ? Reply.C221Bye : Reply.C501NoArgument;
}
