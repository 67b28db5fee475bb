using System.Globalization;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>EHLO: who are you, and what can I do here (RFC 5321 §4.1.1.1).</summary>
internal static class Ehlo
{
    public static Reply Handle(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        session.CountJunk();
        if (!HeloArgument.TryParse(argument.Span, out var name))
            return Reply.C501BadHelo;

        session.Greeted(name, extended: true);
        var lines = new List<string>
        {
            $"{session.Parts.HostName} greets {name}",
            "PIPELINING",
            string.Create(CultureInfo.InvariantCulture, $"SIZE {session.Limits.SizeBytesMax}"),
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "CHUNKING",
        };
        if (session.Parts.Tls is { IsOffered: true } && session.Wire.Tls is null)
            lines.Add("STARTTLS");
        if (session.Door == SmtpDoor.Submission)
        {
            lines.Add("DSN");
            if (session.IsPrivate)
                lines.Add("AUTH PLAIN LOGIN");
        }

        return Reply.Of(250, "", lines.ToArray());
    }
}
