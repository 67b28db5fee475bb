namespace Mailreeve.Storage;

/// <summary>Text as both databases can hold it.</summary>
/// <remarks>
/// PostgreSQL refuses U+0000 in text, and half of a surrogate pair cannot be written as UTF-8. Reports bring both, as JSON escapes
/// for example, and one of them must not stop what arrives with it.
/// </remarks>
public static class DbText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The same text, with U+FFFD for each character that cannot be stored. Every text parameter passes through this.</summary>
    /// <remarks>What is compared in memory with text from the database has to be clean as well.</remarks>
    public static string Clean(string text)
    {
        var bad = FindBad(text, 0);
        if (bad < 0)
            return text;
        var clean = text.ToCharArray();
        for (; bad >= 0; bad = FindBad(text, bad + 1))
            clean[bad] = Replacement;
        return new string(clean);
    }

    private static int FindBad(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
                return i;
            if (!char.IsHighSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return i;
            i++;
        }

        return -1;
    }
}
