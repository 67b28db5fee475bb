using System.Buffers;

namespace Mailreeve.Protocols.Messages;

/// <summary>One parameter of Content-Type or Content-Disposition.</summary>
/// <param name="name">Its name as written, RFC 2231 marks included.</param>
/// <param name="value">Its value as written, without the double quotes around it.</param>
/// <param name="isQuoted">Whether it stood in double quotes: a backslash in it escapes the octet that follows.</param>
internal readonly ref struct MimeParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isQuoted)
{
    public readonly ReadOnlySpan<byte> Name = name;
    public readonly ReadOnlySpan<byte> Value = value;
    public readonly bool IsQuoted = isQuoted;
}

/// <summary>
/// Reads the value of Content-Type or Content-Disposition as mail has it, not only as RFC 2045 §5.1 wants it: comments, folding, missing
/// quotes, missing semicolons, 8-bit octets.
/// </summary>
internal ref struct ContentTypeReader(ReadOnlySpan<byte> value)
{
    private static readonly SearchValues<byte> ValueEnd = SearchValues.Create("; \t\r\n("u8);

    private ReadOnlySpan<byte> rest = value;

    /// <summary>The next token; empty when there is none.</summary>
    public ReadOnlySpan<byte> Token()
    {
        SkipBlanks();
        var length = 0;
        while (length < rest.Length && IsToken(rest[length]))
            length++;
        var token = rest[..length];
        rest = rest[length..];
        return token;
    }

    /// <summary>Passes a mark such as the slash.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Take(byte mark)
    {
        SkipBlanks();
        if (rest.IsEmpty || rest[0] != mark)
            return false;
        rest = rest[1..];
        return true;
    }

    // parameter = attribute "=" value; value = token / quoted-string
    /// <summary>Reads the next parameter; what is none is passed over.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool NextParameter(out MimeParameter parameter)
    {
        while (true)
        {
            SkipBlanks();
            if (rest.IsEmpty)
            {
                parameter = default;
                return false;
            }

            var name = Token();
            if (name.IsEmpty)
            {
                rest = rest[1..];
                continue;
            }

            if (!Take((byte)'='))
                continue;
            parameter = Value(name);
            return true;
        }
    }

    private MimeParameter Value(ReadOnlySpan<byte> name)
    {
        SkipBlanks();
        if (!rest.IsEmpty && rest[0] == '"')
        {
            var end = 1;
            while (end < rest.Length && rest[end] != '"')
                end += rest[end] == '\\' ? 2 : 1;
            end = Math.Min(end, rest.Length);
            var quoted = rest[1..end];
            rest = rest[Math.Min(end + 1, rest.Length)..];
            return new MimeParameter(name, quoted, true);
        }

        // File names are often left without quotes and have spaces; nothing else has.
        var isFileName = name.Length >= 4 && System.Text.Ascii.EqualsIgnoreCase(name[^4..], "name"u8);
        var length = isFileName ? rest.IndexOfAny(";\r\n"u8) : rest.IndexOfAny(ValueEnd);
        if (length < 0)
            length = rest.Length;
        var value = rest[..length].TrimEnd(" \t"u8);
        rest = rest[length..];
        return new MimeParameter(name, value, false);
    }

    // White space, line ends and comments, which may lie in each other (RFC 5322 §3.2.2).
    private void SkipBlanks()
    {
        var at = 0;
        var depth = 0;
        for (; at < rest.Length; at++)
        {
            switch (rest[at])
            {
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')' when depth > 0:
                    depth--;
                    break;
                case (byte)'\\' when depth > 0:
                    at++;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    break;
                default:
                    if (depth > 0)
                        break;
                    rest = rest[at..];
                    return;
            }
        }

        rest = default;
    }

    private static bool IsToken(byte octet) => octet > 32 && octet < 127 && !"()<>@,;:\\\"/[]?="u8.Contains(octet);
}
