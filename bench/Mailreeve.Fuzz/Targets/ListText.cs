namespace Mailreeve.Fuzz.Targets;

/// <summary>Whether a text is what IMAP can send (RFC 3501 §9): lists, strings, literals, numbers and NIL, and nothing that a client would trip over.</summary>
internal static class ListText
{
    // body and envelope = "(" *(SP item) ")"; item = list / string / literal / atom
    public static bool IsOneList(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        var at = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case (byte)'(':
                    depth++;
                    at++;
                    break;
                case (byte)')':
                    at++;
                    if (--depth < 0 || (depth == 0 && at < text.Length))
                        return false;
                    break;
                case (byte)'"':
                    if (!TrySkipQuoted(text, ref at))
                        return false;
                    break;
                case (byte)'{':
                    if (!TrySkipLiteral(text, ref at))
                        return false;
                    break;
                case (byte)' ' or (byte)'.' or (byte)'-' or (byte)'/':
                case var octet when char.IsAsciiLetterOrDigit((char)octet):
                    at++;
                    break;
                default:
                    return false;
            }

            if (depth == 0 && at < text.Length)
                return false;
        }

        return depth == 0 && text.Length > 0;
    }

    private static bool TrySkipQuoted(ReadOnlySpan<byte> text, ref int at)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                return true;
            }

            if (text[at] is (byte)'\r' or (byte)'\n' or 0)
                return false;
            if (text[at] == '\\' && (++at == text.Length || text[at] is not ((byte)'"' or (byte)'\\')))
                return false;
        }

        return false;
    }

    private static bool TrySkipLiteral(ReadOnlySpan<byte> text, ref int at)
    {
        var end = text[at..].IndexOf("}\r\n"u8);
        if (end < 0 || !int.TryParse(text.Slice(at + 1, end - 1), out var length) || length > text.Length - at - end - 3)
            return false;
        if (text.Slice(at + end + 3, length).Contains((byte)0))
            return false;
        at += end + 3 + length;
        return true;
    }
}
