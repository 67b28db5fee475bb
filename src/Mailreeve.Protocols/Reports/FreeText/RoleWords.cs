using System.Collections.Frozen;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>What part something has in the story, by the words around it.</summary>
internal enum Part
{
    /// <summary>The words do not say.</summary>
    Unsaid,

    /// <summary>It did it.</summary>
    Source,

    /// <summary>It was done to it.</summary>
    Victim,

    /// <summary>It serves or is advertised.</summary>
    Site,

    /// <summary>It is named for another reason: further reading, name servers, whois.</summary>
    Other,
}

/// <summary>Reads parts from the words before and behind a mention. The words are data: role-words.tsv.</summary>
internal static class RoleWords
{
    private const int WordsMax = 8;
    private const int SiteWordsMax = 5;

    // May stand between "from" or "our" and the address without changing what they say.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Fillers = new HashSet<string>(
        [
            "ip", "ips", "ipv", "address", "addresses", "addr", "adresse", "adressen", "adresses", "dirección", "direccion", "endereço",
            "indirizzo", "adres", "adress", "adresu", "адрес", "адреса", "host", "hostname", "server", "servers", "servidor", "serveur", "machine",
            "system", "systems", "systeme", "système", "sistema", "computer", "network", "netz", "red", "rede", "réseau", "netwerk", "website",
            "webserver", "mailserver", "mail", "web", "smtp", "firewall", "the", "a", "is", "was", "number", "range", "user", "unknown",
            "following", "die", "der", "den", "dem", "folgende", "folgenden", "folgender", "la", "le", "el", "il", "los", "las", "les", "suivante",
            "siguiente", "seguinte", "seguente", "het", "een", "volgende", "customer", "customers", "kunde", "client", "location", "domain", "v",
            "port", "on", "сервер", "сервера", "хост", "хоста", "serwer", "serwera", "servern", "servidores", "сеть", "at", "einer", "eines", "internet", "public", "subnet", "this", "these", "same", "several", "multiple", "node",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> ForAddress =
        Load("source", "victim", "other").GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> ForSite =
        Load("site", "victim", "reference").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What the words before an address say; <paramref name="before"/> ends where it begins.</summary>
    public static Part BeforeAddress(ReadOnlySpan<char> before) => Before(before, ForAddress, WordsMax);

    /// <summary>What the words before a URL or domain say.</summary>
    public static Part BeforeSite(ReadOnlySpan<char> before) => Before(before, ForSite, SiteWordsMax);

    /// <summary>What a heading or the head of a column says.</summary>
    public static Part Heading(ReadOnlySpan<char> heading) => Before(heading, ForAddress, WordsMax);

    /// <summary>What the words behind an address say: only those that speak of it and not of the next thing.</summary>
    public static Part BehindAddress(ReadOnlySpan<char> behind)
    {
        var count = 0;
        for (int at = 0, end; at < behind.Length && count < 5; at = end + 1)
        {
            while (at < behind.Length && !IsWordChar(behind[at]))
            {
                if (behind[at] is '\n' or ';')
                    return Part.Unsaid;
                at++;
            }

            end = at;
            while (end < behind.Length && IsWordChar(behind[end]))
                end++;
            var word = behind[at..end];
            count++;
            if (word is "attacking" or "attacked" or "attacker" or "scanning" or "spamming" or "attempted" or "tried" or "trying" or "abusing"
                or "infected" or "sending" or "sent" or "scanned" or "probing" or "probed" or "connected" or "blacklisted" or "listed" or "greift")
                return count > 1 && word is "attacked" && behind[..at].TrimEnd().EndsWith("was") ? Part.Victim : Part.Source;
        }

        return Part.Unsaid;
    }

    // Nearest word first: what stands directly before the address says more about it than the rest of the sentence.
    private static Part Before(
        ReadOnlySpan<char> before, FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> words, int reach)
    {
        var nearAllowed = true;
        var (count, end) = (0, before.Length);
        while (end > 0 && count < WordsMax)
        {
            var c = before[end - 1];
            if (!IsWordChar(c))
            {
                // A new sentence, or another field of a log line that has fields.
                if (c is ';' or '\n' || (c is '.' && end < before.Length && before[end] is ' '))
                    return Part.Unsaid;
                if (c is ')' && count == 0)
                    nearAllowed = false;
                end--;
                continue;
            }

            var start = end;
            while (start > 0 && end - start < 40 && IsWordChar(before[start - 1]))
                start--;
            var word = before[start..end];
            // "attacking 192.0.2.7" has it as its object, "attacking IP: 192.0.2.7" as its subject.
            if (count == 0 && word is "attacking" or "scanning" or "hacking" or "probing" && before[end..].IsWhiteSpace())
                return Part.Victim;
            if (word.Equals("attacked", StringComparison.OrdinalIgnoreCase))
                return nearAllowed ? Part.Victim : Part.Source;
            if (count < reach && words.TryGetValue(word, out var said) && (said.IsFar || nearAllowed))
                return said.Part;
            if (!Fillers.Contains(word) && !char.IsAsciiDigit(word[0]))
                nearAllowed = false;
            count++;
            end = start;
        }

        return Part.Unsaid;
    }

    private static bool IsWordChar(char c) => char.IsLetterOrDigit(c);

    private static FrozenDictionary<string, (Part, bool)> Load(params ReadOnlySpan<string> kinds)
    {
        var words = new Dictionary<string, (Part, bool)>(StringComparer.OrdinalIgnoreCase);
        foreach (var cells in DataTable.Rows("role-words.tsv"))
        {
            if (!kinds.Contains(cells[0]))
                continue;
            var part = cells[0] switch
            {
                "source" => Part.Source,
                "victim" => Part.Victim,
                "site" => Part.Site,
                _ => Part.Other,
            };
            foreach (var word in cells.AsSpan(2))
                words.TryAdd(word, (part, cells[1] == "far"));
        }

        return words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
