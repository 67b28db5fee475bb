using System.Text;
using System.Text.Unicode;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Smtp;

/// <summary>Why a path was refused.</summary>
public enum PathProblem
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Not a path (RFC 5321 §4.1.2).</summary>
    Syntax,

    /// <summary>A source route, <c>&lt;@a,@b:c@d&gt;</c>: only ever used to find relays (RFC 5321 §C lets us refuse).</summary>
    SourceRoute,

    /// <summary>Local part over 64 or domain over 255 octets (RFC 5321 §4.5.3.1).</summary>
    TooLong,
}

/// <summary>Reads the paths of MAIL and RCPT (RFC 5321 §4.1.2), UTF-8 included (RFC 6531 §3.3).</summary>
public static class SmtpPath
{
    /// <summary>Longest local part in octets (RFC 5321 §4.5.3.1.1).</summary>
    public const int LocalPartBytesMax = 64;

    /// <summary>Longest domain in octets (RFC 5321 §4.5.3.1.2).</summary>
    public const int DomainBytesMax = 255;

    // Path = "<" [ A-d-l ":" ] Mailbox ">"; Reverse-path = Path / "<>"; and "<Postmaster>" with no domain.
    /// <summary>Reads a path in angle brackets.</summary>
    /// <param name="input">Starts at the <c>&lt;</c>; moved past the <c>&gt;</c>. Not moved when the result is <see langword="false"/>.</param>
    /// <param name="mailbox">The mailbox; <see langword="null"/> for <c>&lt;&gt;</c>. Its domain is empty when there was none.</param>
    /// <param name="problem">Why not.</param>
    public static bool TryParse(ref ReadOnlySpan<byte> input, out Mailbox? mailbox, out PathProblem problem)
    {
        mailbox = null;
        problem = PathProblem.Syntax;
        if (input.IsEmpty || input[0] != '<' || !Utf8.IsValid(input))
            return false;

        var rest = input[1..];
        if (rest.StartsWith("@"u8))
        {
            problem = PathProblem.SourceRoute;
            return false;
        }

        if (rest.StartsWith(">"u8))
        {
            input = rest[1..];
            problem = PathProblem.None;
            return true;
        }

        if (!TryReadMailbox(ref rest, out mailbox, out problem))
            return false;
        if (rest.IsEmpty || rest[0] != '>')
        {
            mailbox = null;
            problem = PathProblem.Syntax;
            return false;
        }

        input = rest[1..];
        return true;
    }

    /// <summary>Whether a local part can be written without quotes.</summary>
    public static bool IsDotString(string localPart)
    {
        if (localPart.Length == 0 || localPart[0] == '.' || localPart[^1] == '.' || localPart.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in localPart)
        {
            if (c != '.' && c < 0x80 && !IsAtext((byte)c))
                return false;
        }

        return true;
    }

    // Mailbox = Local-part "@" ( Domain / address-literal )
    private static bool TryReadMailbox(ref ReadOnlySpan<byte> rest, out Mailbox? mailbox, out PathProblem problem)
    {
        mailbox = null;
        problem = PathProblem.Syntax;
        if (!TryReadLocalPart(ref rest, out var local))
            return false;
        if (Encoding.UTF8.GetByteCount(local) > LocalPartBytesMax)
        {
            problem = PathProblem.TooLong;
            return false;
        }

        var domain = "";
        if (!rest.IsEmpty && rest[0] == '@')
        {
            rest = rest[1..];
            if (!TryReadDomain(ref rest, out domain, out problem))
                return false;
        }

        mailbox = new Mailbox(local, domain);
        problem = PathProblem.None;
        return true;
    }

    // Local-part = Dot-string / Quoted-string
    private static bool TryReadLocalPart(ref ReadOnlySpan<byte> rest, out string local)
    {
        local = "";
        if (!rest.IsEmpty && rest[0] == '"')
            return TryReadQuoted(ref rest, out local);

        // Dot-string = Atom *("." Atom); Atom = 1*atext
        var length = 0;
        var atom = 0;
        for (; length < rest.Length; length++)
        {
            var b = rest[length];
            if (b == '.')
            {
                if (atom == 0)
                    return false;
                atom = 0;
            }
            else if (IsAtext(b))
            {
                atom++;
            }
            else
            {
                break;
            }
        }

        if (atom == 0 || !TryDecode(rest[..length], out local))
            return false;
        rest = rest[length..];
        return true;
    }

    // Quoted-string = DQUOTE *( qtextSMTP / "\" %d32-126 ) DQUOTE
    private static bool TryReadQuoted(ref ReadOnlySpan<byte> rest, out string local)
    {
        local = "";
        Span<byte> text = stackalloc byte[LocalPartBytesMax + 1];
        var length = 0;
        for (var i = 1; i < rest.Length; i++)
        {
            var b = rest[i];
            if (b == '"')
            {
                rest = rest[(i + 1)..];
                return TryDecode(text[..length], out local);
            }

            if (b == '\\')
            {
                if (++i == rest.Length || rest[i] >= 0x80)
                    return false;
                b = rest[i];
            }

            // One octet over the limit is kept, so that the caller can say "too long" and not "syntax".
            if (b is < 0x20 or 0x7F)
                return false;
            if (length < text.Length)
                text[length++] = b;
        }

        return false;
    }

    // Domain = sub-domain *("." sub-domain); address-literal = "[" … "]"
    private static bool TryReadDomain(ref ReadOnlySpan<byte> rest, out string domain, out PathProblem problem)
    {
        domain = "";
        problem = PathProblem.Syntax;
        if (!rest.IsEmpty && rest[0] == '[')
            return TryReadLiteral(ref rest, out domain);

        var length = rest.IndexOfAny((byte)'>', (byte)'@', (byte)' ');
        if (length < 0)
            length = rest.Length;
        if (length > DomainBytesMax)
        {
            problem = PathProblem.TooLong;
            return false;
        }

        if (!DomainName.IsValid(rest[..length]) || !TryDecode(rest[..length], out domain))
            return false;
        rest = rest[length..];
        problem = PathProblem.None;
        return true;
    }

    // Only IPv4 and IPv6 literals: no other tag was ever registered (RFC 5321 §4.1.3).
    private static bool TryReadLiteral(ref ReadOnlySpan<byte> rest, out string domain)
    {
        domain = "";
        var end = rest.IndexOf((byte)']');
        if (end is < 0 or > 60 || !Ascii.IsValid(rest[..end]))
            return false;

        var text = Encoding.ASCII.GetString(rest[..(end + 1)]);
        var tagged = text.StartsWith("[IPv6:", StringComparison.OrdinalIgnoreCase);
        if (!Address.TryParse(text, out var address) || tagged != text.AsSpan(tagged ? 6 : 0).Contains(':'))
            return false;

        domain = tagged && !address.IsIPv4 ? $"[IPv6:{address}]" : $"[{address}]";
        rest = rest[(end + 1)..];
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        text = Encoding.UTF8.GetString(bytes);
        foreach (var rune in text.EnumerateRunes())
        {
            // C1 controls, line and paragraph separators: some reader down the line would take them for a line end.
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xFFFD or 0xFEFF)
                return false;
        }

        return true;
    }

    // atext = ALPHA / DIGIT / "!#$%&'*+-/=?^_`{|}~" / UTF8-non-ascii
    internal static bool IsAtext(byte b) =>
        b >= 0x80 || char.IsAsciiLetterOrDigit((char)b) || "!#$%&'*+-/=?^_`{|}~"u8.Contains(b);
}
