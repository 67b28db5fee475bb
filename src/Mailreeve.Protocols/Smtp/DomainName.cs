namespace Mailreeve.Protocols.Smtp;

/// <summary>The form of a domain name in SMTP (RFC 5321 §4.1.2).</summary>
public static class DomainName
{
    // sub-domain = Let-dig [Ldh-str] / U-label. An underscore is no letter, but hosts with one send mail.
    /// <summary>Whether this is a domain name; a trailing dot is none (RFC 5321 §2.3.5).</summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > SmtpPath.DomainBytesMax)
            return false;
        foreach (var range in name.Split((byte)'.'))
        {
            var label = name[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (var b in label)
            {
                if (b < 0x80 && !char.IsAsciiLetterOrDigit((char)b) && b != '-' && b != '_')
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether two names are the same. ASCII letters match in either case, everything else only itself.</summary>
    /// <remarks>No Unicode folding: a look-alike (long s, Kelvin sign, full-width letters) is another domain.</remarks>
    public static bool Same(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        System.Text.Ascii.EqualsIgnoreCase(left, right) || left.SequenceEqual(right);
}
