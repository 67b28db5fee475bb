using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Fuzz.Targets;

/// <summary>One line of SMTP: verb, paths and parameters.</summary>
internal static class SmtpCommand
{
    public static readonly string[] Words =
    [
        "MAIL ", "RCPT ", "EHLO ", "BDAT ", "FROM:", "TO:", "<", ">", "<>", "@", "\"", "\\", ".", ":", "[", "]", "[IPv6:", "2001:db8::1", "192.0.2.1", "a.example",
        " SIZE=", " BODY=", "8BITMIME", "7BIT", " SMTPUTF8", "=", " LAST", "99999999999999999999", "18446744073709551616", "Postmaster", "xn--", "-", "+", "\u00c3\u00a9",
        "\u00e2\u0080\u00a8", "\u00c2\u0085", "\u00ef\u00bb\u00bf", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\r", "\n", "\0", "\t", " ", "%", "!",
    ];

    public static void Run(byte[] input)
    {
        Arguments(input);
        if (!CommandLine.TryParse(input, out var command))
            return;
        Hold.That(input.AsSpan().IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0, "A command has no line end in it.");
        Hold.That(command.Argument.IsEmpty || input.AsSpan().Overlaps(command.Argument), "An argument lies in its line.");
        Arguments(command.Argument);
    }

    private static void Arguments(ReadOnlySpan<byte> argument)
    {
        foreach (var flag in (bool[])[false, true])
        {
            if (MailArgument.TryParse(argument, flag, 10_000, out var mail, out var why))
            {
                Hold.That(mail.SizeBytes is null or (>= 0 and <= 10_000), "SIZE is not negative and not over the limit.");
                Hold.That(mail.From is not { Domain.Length: 0 }, "A sender has a domain.");
                Hold.That(mail.SmtpUtf8 || mail.From is not { NeedsUtf8: true }, "UTF-8 is asked for where it is used.");
                Written(mail.From);
            }
            else
            {
                Hold.That(why is not null, "A refusal has a reply.");
            }

            if (RcptArgument.TryParse(argument, flag, out var rcpt, out why))
            {
                Hold.That(flag || !rcpt.To.NeedsUtf8, "UTF-8 is allowed where it is used.");
                Written(rcpt.To);
            }
            else
            {
                Hold.That(why is not null, "A refusal has a reply.");
            }
        }

        var rest = argument;
        if (SmtpPath.TryParse(ref rest, out var mailbox, out var problem))
        {
            Hold.That(rest.Length < argument.Length && argument.EndsWith(rest), "A path takes what it is made of.");
            Hold.That(problem == PathProblem.None, "A path has no problem.");
            Written(mailbox);
        }
        else
        {
            Hold.That(rest == argument && mailbox is null && problem != PathProblem.None, "What is no path is left alone.");
        }

        if (BdatArgument.TryParse(argument, out var bdat))
            Hold.That(bdat.SizeBytes >= 0, "A chunk has no negative size.");
        if (HeloArgument.TryParse(argument, out var name))
            Hold.That(name.Length is > 0 and <= SmtpPath.DomainBytesMax && name.All(c => c is > ' ' and <= '~'), "A name is a printable word.");
    }

    // What is written into an envelope or a header is read back as the same.
    private static void Written(Mailbox? mailbox)
    {
        if (mailbox is null)
            return;
        Hold.That(Encoding.UTF8.GetByteCount(mailbox.LocalPart) <= SmtpPath.LocalPartBytesMax, "A local part is no longer than allowed.");
        Hold.That(Encoding.UTF8.GetByteCount(mailbox.Domain) <= SmtpPath.DomainBytesMax, "A domain is no longer than allowed.");
        Hold.That(!mailbox.LocalPart.Any(char.IsControl) && !mailbox.Domain.Any(char.IsControl), "An address has no control characters.");
        Hold.That(!mailbox.IsLiteral || mailbox.Literal is not null, "What is in brackets is an address.");
        ReadOnlySpan<byte> path = Encoding.UTF8.GetBytes($"<{mailbox}>");
        Hold.That(SmtpPath.TryParse(ref path, out var again, out _) && path.IsEmpty && mailbox == again, $"What was read can be written and read: {mailbox}");
    }
}
