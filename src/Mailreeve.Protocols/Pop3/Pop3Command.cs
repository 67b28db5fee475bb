using System.Text;

namespace Mailreeve.Protocols.Pop3;

/// <summary>One command line of POP3, split into its keyword and what follows. No string is made of either.</summary>
public readonly ref struct Pop3Command
{
    /// <summary>Longest command line in octets, CRLF included (RFC 2449 §4).</summary>
    public const int LineBytesMax = 255;

    /// <summary>Longest line in octets that answers a challenge of AUTH, CRLF included: 12,288 of base64 (RFC 4954 §4; RFC 5034 has no number).</summary>
    public const int AuthLineBytesMax = 12_288 + 2;

    private Pop3Command(Pop3Verb verb, ReadOnlySpan<byte> argument)
    {
        Verb = verb;
        Argument = argument;
    }

    /// <summary>The command.</summary>
    public Pop3Verb Verb { get; }

    /// <summary>
    /// What follows the keyword, without the blanks around it. Of PASS it is everything behind the first blank: a password may have
    /// blanks in it, and at its ends (RFC 1939 §7).
    /// </summary>
    public ReadOnlySpan<byte> Argument { get; }

    // command = keyword *(SP param) CRLF; keywords are not case sensitive (RFC 1939 §3, RFC 2449 §4).
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="command">The command; meaningless when the result is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> when the line has a control character in it: a bare CR must never look like a line end.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out Pop3Command command)
    {
        command = default;
        if (line.ContainsAnyInRange((byte)0, (byte)0x1F) || line.Contains((byte)0x7F))
            return false;

        var space = line.IndexOf((byte)' ');
        var verb = VerbOf(space < 0 ? line : line[..space]);
        var argument = space < 0 ? default : line[(space + 1)..];
        command = new Pop3Command(verb, verb == Pop3Verb.Pass ? argument : argument.Trim((byte)' '));
        return true;
    }

    private static Pop3Verb VerbOf(ReadOnlySpan<byte> verb) => verb.Length switch
    {
        3 => Is(verb, "TOP"u8) ? Pop3Verb.Top
            : Is(verb, "GET"u8) || Is(verb, "PUT"u8) ? Pop3Verb.Http
            : Pop3Verb.Unknown,
        4 => FourLetters(verb),
        7 => Is(verb, "CONNECT"u8) || Is(verb, "OPTIONS"u8) ? Pop3Verb.Http : Pop3Verb.Unknown,
        _ => Pop3Verb.Unknown,
    };

    // The ones that come by the thousand first.
    private static Pop3Verb FourLetters(ReadOnlySpan<byte> verb) =>
        Is(verb, "RETR"u8) ? Pop3Verb.Retr
        : Is(verb, "DELE"u8) ? Pop3Verb.Dele
        : Is(verb, "UIDL"u8) ? Pop3Verb.Uidl
        : Is(verb, "LIST"u8) ? Pop3Verb.List
        : Is(verb, "STAT"u8) ? Pop3Verb.Stat
        : Is(verb, "USER"u8) ? Pop3Verb.User
        : Is(verb, "PASS"u8) ? Pop3Verb.Pass
        : Is(verb, "AUTH"u8) ? Pop3Verb.Auth
        : Is(verb, "CAPA"u8) ? Pop3Verb.Capa
        : Is(verb, "STLS"u8) ? Pop3Verb.Stls
        : Is(verb, "QUIT"u8) ? Pop3Verb.Quit
        : Is(verb, "NOOP"u8) ? Pop3Verb.Noop
        : Is(verb, "RSET"u8) ? Pop3Verb.Rset
        : Is(verb, "POST"u8) || Is(verb, "HEAD"u8) ? Pop3Verb.Http
        : Pop3Verb.Unknown;

    private static bool Is(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(verb, name);
}
