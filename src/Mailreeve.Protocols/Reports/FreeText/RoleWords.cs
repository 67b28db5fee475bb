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
    private const int BehindWordsMax = 10;
    private const int TimeLabelChars = 80;

    // From here on lie the scripts of East Asia.
    private const char Unspaced = '\u2E80';

    // May stand between "from" or "our" and the address without changing what they say.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Fillers = new HashSet<string>(
        [
            "ip", "ips", "ipv", "address", "addresses", "addr", "adresse", "adressen", "adresses", "dirección", "direccion", "endereço",
            "indirizzo", "adres", "adress", "adresu", "адрес", "адреса", "host", "hostname", "server", "servers", "servidor", "serveur", "machine",
            "system", "systems", "systeme", "système", "sistema", "computer", "network", "netz", "red", "rede", "réseau", "netwerk", "website",
            "webserver", "mailserver", "mail", "web", "smtp", "firewall", "the", "a", "is", "was", "es", "ist", "est", "è", "är", "jest", "é", "number", "range", "user", "unknown",
            "following", "die", "der", "den", "dem", "folgende", "folgenden", "folgender", "la", "le", "el", "il", "los", "las", "les", "suivante",
            "siguiente", "seguinte", "seguente", "het", "een", "volgende", "customer", "customers", "kunde", "client", "location", "domain", "v",
            "port", "here", "use", "uses", "using", "on", "сервер", "сервера", "хост", "хоста", "serwer", "serwera", "servern", "servidores", "сеть", "at", "einer", "eines", "internet", "public", "subnet", "this", "these", "same", "several", "multiple", "node", "affected",
            "allocation", "netblock", "block", "prefix", "gateway", "router", "edge", "perimeter", "core", "production", "external", "box", "vps", "his", "her", "s", "waf", "ids", "mx", "mxs", "cdn", "nas", "pbx", "gw",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> ForAddress =
        Load("source", "victim", "serving", "other").GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> ForSite =
        Load("site", "victim", "reference").GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Deeds = Words("deed");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Tests = Words("test");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Genuine = Words("genuine");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Ours = Words("ours");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Does = Words("does");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Yours = Words("yours");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Away = Words("away");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Paperwork = Words("paperwork");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> RecipientFields = Words("recipientfield");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SentFrom = Words("sentfrom");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SenderFields = Words("senderfield");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Senders = Words("sender");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> HostNames = Words("hostname");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Occasions = Words("occasion");

    // In scripts without blanks a word is a part of a longer run of letters. The word, its part, whether it stands behind.
    private static readonly (string Word, Part Part)[] Within = [.. LoadSome("in")];
    private static readonly (string Word, Part Part)[] Behind = [.. LoadSome("behind")];

    /// <summary>What the words before an address say; <paramref name="before"/> ends where it begins.</summary>
    public static Part BeforeAddress(ReadOnlySpan<char> before) => Before(before, ForAddress, WordsMax);

    /// <summary>What the words before a URL or domain say.</summary>
    public static Part BeforeSite(ReadOnlySpan<char> before) => Before(before, ForSite, SiteWordsMax);

    /// <summary>What a heading or the head of a column says.</summary>
    public static Part Heading(ReadOnlySpan<char> heading) => Before(heading, ForAddress, WordsMax);

    /// <summary>Whether the words before a name say that it is the writer's own: "our server is www.victim.example".</summary>
    public static bool SaysOurs(ReadOnlySpan<char> before) => HasNear(before, Ours, 6, TimeLabelChars);

    /// <summary>
    /// Whether the words before a time say that something else happened then: the report was written, a domain registered, a block will end.
    /// </summary>
    public static bool SaysPaperwork(ReadOnlySpan<char> before) => HasNear(before, Paperwork, 3, TimeLabelChars);

    /// <summary>Whether the label of a field says no more than that it holds an address.</summary>
    public static bool IsPlainLabel(ReadOnlySpan<char> label)
    {
        // "IP used for the posts"
        if (label.TrimStart(" \t*-\u2022") is ['I' or 'i', 'P' or 'p', ' ' or ':', ..])
            return true;
        for (int at = 0, end; at < label.Length; at = end + 1)
        {
            end = at;
            while (end < label.Length && IsWordChar(label[end]))
                end++;
            if (end > at && !Fillers.Contains(label[at..end]) && !char.IsAsciiDigit(label[at]))
                return false;
        }

        return true;
    }

    /// <summary>Whether the words before a mailbox say that who has it writes to victims, or collects what they give away.</summary>
    public static bool SaysSender(ReadOnlySpan<char> before) =>
        (HasNear(before, Senders, 5, TimeLabelChars) || HasNear(before, SentFrom, 3, TimeLabelChars)) && !HasNear(before, Ours, 5, TimeLabelChars);

    /// <summary>Whether the words before a name say that it is the receiver's: "your customer's site: …".</summary>
    public static bool SaysYours(ReadOnlySpan<char> before) => HasNear(before, Yours, 3, TimeLabelChars);

    /// <summary>Whether the label of a field says that it holds the sender of a mail, or who gets the answers.</summary>
    public static bool IsSenderField(ReadOnlySpan<char> label) => SenderFields.Contains(label.Trim(" \t*:"));

    /// <summary>Whether the label of a field says that it holds who a mail was sent to, or what only looks like a mailbox.</summary>
    public static bool IsRecipientField(ReadOnlySpan<char> label) => RecipientFields.Contains(label.Trim(" \t*:"));

    /// <summary>Whether the label of a field says that it holds the name of the host whose address another field has.</summary>
    public static bool SaysHostName(ReadOnlySpan<char> label) => HasNear(label, HostNames, 3, TimeLabelChars);

    /// <summary>Whether the label of a field says that its time is that of the event.</summary>
    public static bool SaysOccasion(ReadOnlySpan<char> label) => HasNear(label, Occasions, 3, TimeLabelChars) && !SaysPaperwork(label);

    /// <summary>What the words behind an address say: only those that speak of it and not of the next thing.</summary>
    public static Part BehindAddress(ReadOnlySpan<char> behind)
    {
        // "(host7.isp.example)" is another name of it.
        if (behind.TrimStart() is ['(' or '[', ..] && behind.IndexOfAny(")]") is >= 0 and var bracket)
            behind = behind[(bracket + 1)..];
        var count = 0;
        var speaksOfIt = true;
        for (int at = 0, end; at < behind.Length && count < BehindWordsMax; at = end + 1)
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
            // The first word behind decides; a later one may speak of the next thing.
            if (count <= 2 && speaksOfIt && SaidBehind(word) is var said && said != Part.Unsaid)
                return said;
            // "192.0.2.7 in your network", but "203.0.113.7 was hit from your network".
            if (speaksOfIt && Yours.Contains(word))
                return Part.Source;
            speaksOfIt &= !Away.Contains(word);
            if (count > 5)
                continue;
            if (Does.Contains(word))
                return count > 1 && word is "attacked" or "scanned" or "probed" && behind[..at].TrimEnd().EndsWith("was") ? Part.Victim : Part.Source;
        }

        return Part.Unsaid;
    }

    // Nearest word first: what stands directly before the address says more about it than the rest of the sentence.
    private static Part Before(
        ReadOnlySpan<char> before, FrozenDictionary<string, (Part Part, bool IsFar)>.AlternateLookup<ReadOnlySpan<char>> words, int reach)
    {
        var nearAllowed = true;
        ReadOnlySpan<char> preposition = [];
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
            if (word.ContainsAnyInRange(Unspaced, char.MaxValue) && LastWithin(word) is var within && within != Part.Unsaid)
                return within;
            // "it resolves to 192.0.2.7"
            if (count == 0 && word is "to" or "auf" or "vers" or "a" or "naar" && PointsTo(before[..start]))
                return Part.Site;
            // "attacking 192.0.2.7" has it as its object, "attacking IP: 192.0.2.7" as its subject.
            if (count == 0 && word is "attacking" or "scanning" or "hacking" or "probing" && before[end..].IsWhiteSpace())
                return Part.Victim;
            // "scanning of 203.0.113.0/24", "attack on our server 203.0.113.7" have it as their object as well.
            if (IsDoneTo(word, preposition))
                return Part.Victim;
            preposition = nearAllowed && word is "of" or "on" or "at" ? word : !Fillers.Contains(word) ? [] : preposition;
            if (word.Equals("attacked", StringComparison.OrdinalIgnoreCase))
                return nearAllowed ? Part.Victim : Part.Source;
            if (count < reach && words.TryGetValue(word, out var said) && (said.IsFar || nearAllowed))
                return Qualified(said.Part, word, before[..start]);
            if (!Fillers.Contains(word) && !char.IsAsciiDigit(word[0]))
                nearAllowed = false;
            count++;
            end = start;
        }

        return Part.Unsaid;
    }

    // "Scanning of" speaks of what is scanned; "attack of" may speak of who attacks.
    private static bool IsDoneTo(ReadOnlySpan<char> deed, ReadOnlySpan<char> preposition) =>
        !preposition.IsEmpty && Deeds.Contains(deed)
        && (preposition is not "of" || deed.StartsWith("scan", StringComparison.OrdinalIgnoreCase) || deed.StartsWith("prob", StringComparison.OrdinalIgnoreCase));

    // "Checked from 203.0.113.7" is where the reporter looked from; "the official site" is whom the fake one imitates.
    private static Part Qualified(Part said, ReadOnlySpan<char> word, ReadOnlySpan<char> before) => said switch
    {
        Part.Source when word is "from" or "von" or "depuis" or "desde" && HasNear(before, Tests, 1, 40) => Part.Other,
        Part.Site when HasNear(before, Genuine, 2, 60) => Part.Other,
        _ => said,
    };

    // Whether one of the last few words of the same sentence is one of these; numbers, as of dates, are none.
    private static bool HasNear(ReadOnlySpan<char> before, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> words, int wordsMax, int charsMax)
    {
        var from = Math.Max(0, before.Length - charsMax);
        for (var (count, end) = (0, before.Length); end > from && count < wordsMax;)
        {
            if (!IsWordChar(before[end - 1]))
            {
                if (before[end - 1] is '\n' or ';' || (before[end - 1] is '.' && end < before.Length && before[end] is ' '))
                    return false;
                end--;
                continue;
            }

            var start = end;
            while (start > from && IsWordChar(before[start - 1]))
                start--;
            if (words.Contains(before[start..end]))
                return true;
            count += char.IsAsciiDigit(before[start]) ? 0 : 1;
            end = start;
        }

        return false;
    }

    private static bool IsWordChar(char c) => char.IsLetterOrDigit(c);

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(string kind) =>
        DataTable.Rows("role-words.tsv").Where(r => r[0] == kind).SelectMany(r => r.Skip(2))
            .ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static bool PointsTo(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd();
        var word = before[(before.LastIndexOfAny(' ', '\n') + 1)..];
        foreach (var stem in (ReadOnlySpan<string>)["resolv", "link", "went", "goes", "going", "takes", "redirect", "lead", "verlink", "weiterleit", "redirig", "resuelv", "résou", "zeig", "point", "apunta", "verwijs", "verweis", "pekar", "aponta", "punta"])
            if (word.StartsWith(stem, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static Part LastWithin(ReadOnlySpan<char> run)
    {
        var (part, best) = (Part.Unsaid, -1);
        foreach (var (word, said) in Within)
            if (run.LastIndexOf(word, StringComparison.OrdinalIgnoreCase) is var at && at > best)
                (part, best) = (said, at);
        return part;
    }

    private static Part SaidBehind(ReadOnlySpan<char> word)
    {
        foreach (var (known, part) in Behind)
            if (known[0] >= Unspaced ? word.StartsWith(known, StringComparison.Ordinal) : word.Equals(known, StringComparison.OrdinalIgnoreCase))
                return part;
        return Part.Unsaid;
    }

    private static IEnumerable<(string Word, Part Part)> LoadSome(string reach)
    {
        foreach (var cells in DataTable.Rows("role-words.tsv"))
            if (cells[1] == reach)
                foreach (var word in cells.Skip(2))
                    yield return (word, cells[0] == "source" ? Part.Source : Part.Victim);
    }

    private static FrozenDictionary<string, (Part, bool)> Load(params ReadOnlySpan<string> kinds)
    {
        var words = new Dictionary<string, (Part, bool)>(StringComparer.OrdinalIgnoreCase);
        foreach (var cells in DataTable.Rows("role-words.tsv"))
        {
            if (!kinds.Contains(cells[0]) || cells[1] is "in" or "behind")
                continue;
            var part = cells[0] switch
            {
                "source" => Part.Source,
                "victim" => Part.Victim,
                "site" or "serving" => Part.Site,
                _ => Part.Other,
            };
            foreach (var word in cells.AsSpan(2))
                words.TryAdd(word, (part, cells[1] == "far"));
        }

        return words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
