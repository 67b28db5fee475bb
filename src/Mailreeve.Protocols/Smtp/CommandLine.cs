namespace Mailreeve.Protocols.Smtp;

/// <summary>One command line, split into its verb and what follows. No string is made of either.</summary>
public readonly ref struct CommandLine
{
    private CommandLine(SmtpVerb verb, ReadOnlySpan<byte> argument)
    {
        Verb = verb;
        Argument = argument;
    }

    /// <summary>The command.</summary>
    public SmtpVerb Verb { get; }

    /// <summary>What follows the verb, without the blanks around it.</summary>
    public ReadOnlySpan<byte> Argument { get; }

    // command = verb [ SP argument ] CRLF; verbs are not case sensitive (RFC 5321 §2.4).
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="command">The command; meaningless when the result is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> when the line has a control character in it: a bare CR must never look like a line end.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out CommandLine command)
    {
        command = default;
        if (line.IndexOfAnyInRange((byte)0, (byte)0x08) >= 0 || line.IndexOfAnyInRange((byte)0x0A, (byte)0x1F) >= 0 || line.Contains((byte)0x7F))
            return false;

        var space = line.IndexOfAny((byte)' ', (byte)'\t');
        var verb = space < 0 ? line : line[..space];
        var argument = space < 0 ? default : line[(space + 1)..].Trim(" \t"u8);
        command = new CommandLine(VerbOf(verb), argument);
        return true;
    }

    private static SmtpVerb VerbOf(ReadOnlySpan<byte> verb) => verb.Length switch
    {
        3 => Is(verb, "GET"u8) || Is(verb, "PUT"u8) ? SmtpVerb.Http : SmtpVerb.Unknown,
        4 => FourLetters(verb),
        7 => Is(verb, "CONNECT"u8) || Is(verb, "OPTIONS"u8) ? SmtpVerb.Http : SmtpVerb.Unknown,
        8 => Is(verb, "STARTTLS"u8) ? SmtpVerb.StartTls : SmtpVerb.Unknown,
        _ => SmtpVerb.Unknown,
    };

    private static SmtpVerb FourLetters(ReadOnlySpan<byte> verb) =>
        Is(verb, "EHLO"u8) ? SmtpVerb.Ehlo
        : Is(verb, "HELO"u8) ? SmtpVerb.Helo
        : Is(verb, "LHLO"u8) ? SmtpVerb.Lhlo
        : Is(verb, "MAIL"u8) ? SmtpVerb.Mail
        : Is(verb, "RCPT"u8) ? SmtpVerb.Rcpt
        : Is(verb, "DATA"u8) ? SmtpVerb.Data
        : Is(verb, "BDAT"u8) ? SmtpVerb.Bdat
        : Is(verb, "AUTH"u8) ? SmtpVerb.Auth
        : Is(verb, "RSET"u8) ? SmtpVerb.Rset
        : Is(verb, "NOOP"u8) ? SmtpVerb.Noop
        : Is(verb, "VRFY"u8) ? SmtpVerb.Vrfy
        : Is(verb, "EXPN"u8) ? SmtpVerb.Expn
        : Is(verb, "HELP"u8) ? SmtpVerb.Help
        : Is(verb, "QUIT"u8) ? SmtpVerb.Quit
        : Is(verb, "POST"u8) || Is(verb, "HEAD"u8) ? SmtpVerb.Http
        : SmtpVerb.Unknown;

    private static bool Is(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(verb, name);
}
