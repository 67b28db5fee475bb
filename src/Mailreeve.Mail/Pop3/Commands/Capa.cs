using System.Buffers;
using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>CAPA: what can be done here, and now (RFC 2449 §5).</summary>
internal static class Capa
{
    public static Pop3Reply? Handle(Pop3Session session, ReadOnlyMemory<byte> argument)
    {
        if (!argument.IsEmpty)
            return Pop3Reply.ErrBadArgument;

        var lines = new StringBuilder("TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n");
        // How long mail stays, which a client that leaves mail on the server has to know (C9).
        if (session.Parts.RetentionDays() is { } days)
            lines.Append(CultureInfo.InvariantCulture, $"EXPIRE {days}\r\n");
        else
            lines.Append("EXPIRE NEVER\r\n");
        if (session.TakesPasswords)
            lines.Append("USER\r\nSASL PLAIN\r\n");
        if (session.Parts.Tls is { IsOffered: true } && session.Wire.Tls is null && session.Maildrop is null)
            lines.Append("STLS\r\n");
        // Without a version, which would help only those who look for old ones.
        lines.Append("IMPLEMENTATION Mailreeve\r\n.\r\n");

        Pop3Reply.OkListFollows.WriteTo(session.Wire.Output);
        session.Wire.Output.Write(Encoding.ASCII.GetBytes(lines.ToString()));
        return null;
    }
}
