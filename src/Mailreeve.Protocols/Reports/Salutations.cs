using System.Globalization;

namespace Mailreeve.Protocols.Reports;

/// <summary>Whom a text addresses. Where the reporter has taken the recipient out of the header, "Dear Wanda" still names it.</summary>
internal static class Salutations
{
    private const int NameCharsMax = 60;

    // First words of a letter, in the languages of most spam; longest first, so that "sehr geehrte" is not read as a name.
    private static readonly string[] Greetings =
    [
        "sehr geehrte", "sehr geehrter", "sehr geehrtes", "guten tag", "guten morgen", "good morning", "good afternoon", "good evening", "good day",
        "dear", "hello", "hallo", "hi", "hey", "greetings", "attention", "attn", "liebe", "lieber", "liebes", "moin", "servus", "bonjour",
        "bonsoir", "salut", "cher", "chère", "chere", "hola", "estimado", "estimada", "querido", "querida", "buenos días", "ciao", "gentile",
        "caro", "cara", "beste", "geachte", "prezado", "prezada", "olá", "ola", "hej", "kære", "kära", "hei", "drogi", "droga", "witaj",
        "dzień dobry", "vážený", "dobrý den", "kedves", "здравствуйте", "уважаемый", "уважаемая", "привет",
    ];

    /// <summary>The text with the names behind greetings at the beginning of lines replaced.</summary>
    public static string Hide(string text, Func<string, string> hash)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            lines[i] = HideInLine(lines[i], hash);
        return string.Join('\n', lines);
    }

    private static string HideInLine(string line, Func<string, string> hash)
    {
        var begin = 0;
        while (begin < line.Length && !char.IsLetter(line[begin]))
            begin++;
        // "> > Dear" is quoted, and still a greeting.
        if (begin > 20 || begin >= line.Length)
            return line;
        var rest = line.AsSpan(begin);
        foreach (var greeting in Greetings)
        {
            if (!rest.StartsWith(greeting, StringComparison.OrdinalIgnoreCase) || rest.Length <= greeting.Length || char.IsLetter(rest[greeting.Length]))
                continue;
            var from = begin + greeting.Length;
            while (from < line.Length && line[from] is ' ' or ':' or ',' or '\t')
                from++;
            var length = line.AsSpan(from, Math.Min(NameCharsMax, line.Length - from)).IndexOfAny(",;:!?");
            var end = length < 0 ? Math.Min(line.Length, from + NameCharsMax) : from + length;
            var name = line[from..end].TrimEnd();
            return NamesSomebody(name) ? $"{line[..from]}{hash(name.ToLower(CultureInfo.InvariantCulture))}{line[(from + name.Length)..]}" : line;
        }

        return line;
    }

    private static bool NamesSomebody(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length is > 0 and <= 5 && words.Any(w => w.Any(char.IsLetter) && !Secrets.IsCommon(w));
    }
}
