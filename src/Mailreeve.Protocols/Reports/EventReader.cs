using System.Globalization;
using Mailreeve.Protocols.Reports.FreeText;
using NodaTime;

namespace Mailreeve.Protocols.Reports;

/// <summary>What surrounds the events of one document and helps to say what they are.</summary>
internal sealed record EventContext
{
    /// <summary>The published feed that the document is, by its file name; null when it is none.</summary>
    public (string Name, AbuseType Kind)? Feed { get; init; }

    /// <summary>Texts that name the kind when the event itself does not: file name, subject, the lines above a table.</summary>
    public IReadOnlyList<string> Titles { get; init; } = [];

    /// <summary>The time zone that the mail states in words, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Several columns may hold the accused and nothing says which: then nobody is.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>What the mail says around its documents: names the kind when nothing else does.</summary>
    public string Prose { get; init; } = "";

    /// <summary>Date of the mail: gives the year where a log has none, and decides between day and month first.</summary>
    public Instant? SentAt { get; init; }

    /// <summary>Whether the month stands before the day in dates of numbers alone; null when the document does not tell.</summary>
    public bool? IsMonthFirst { get; init; }

    /// <summary>The context of a document of this name in a mail of this subject.</summary>
    public static EventContext Of(string fileName, string subject, string? zone = null, Instant? sentAt = null, string prose = "") =>
        new() { Feed = KindWords.OfFile(fileName), Titles = [fileName.Replace('.', ' '), subject], Zone = zone, SentAt = sentAt, Prose = prose };
}

/// <summary>
/// Makes observations of the values of one event, be it a row of a table or an object of JSON. The accused is who the names call
/// source, else who is named without a side; never a destination, target or victim.
/// </summary>
internal sealed class EventReader(EventContext context, Findings findings)
{
    private const int KindsRemembered = 1_000;

    private static readonly AbuseType OtherSite = new("content", "other", ObservationRole.Site);
    private static readonly AbuseType OtherSource = new("connection", "other");

    private readonly Dictionary<string, AbuseType?> kindOf = [];
    private readonly Dictionary<string, AbuseType?> spokenKindOf = [];
    private readonly (string Text, AbuseType? Kind) title = KindOfTitles(context);
    private readonly Lazy<AbuseWords.Verdict?> prose = new(() => context.Prose.Length == 0 ? null : AbuseWords.Decide("", context.Prose));

    /// <summary>Adds what the values say.</summary>
    /// <param name="values">In the order of the document; empty texts for columns that have none in this event.</param>
    /// <returns>Whether they name anything that could be somebody's.</returns>
    public bool Read(IReadOnlyList<(Meaning Meaning, string Value)> values)
    {
        var resources = new Resources();
        foreach (var (meaning, value) in values)
            if (meaning.IsResource && !IsBlank(value))
                resources.Take(meaning, value);

        var (reported, kind) = Kind(values, resources);
        var template = new Observation
        {
            Category = kind.Category,
            Type = kind.Type,
            ReportedType = findings.Keep(reported) ?? "",
            Role = kind.Role,
            Time = Time(values),
            Count = Count(values),
        };
        if (kind.Role == ObservationRole.Victim && resources.Of(Side.Victim) is { Count: > 0 } victims)
            return Add(template, victims, values);

        var accused = Accused(resources, values);
        var (url, domain) = (resources.Url, resources.Domain);
        // Some feeds have the host and the path of a URL in two columns.
        if (url is null && domain is not null && resources.Path is { } path)
            url = $"http://{domain}{path}";
        // What a client asked for, or an infected machine called, is not the client's: it is the one attacked, or nobody's.
        if (accused.Count > 0 && kind is { Category: "connection" or "infrastructure", Role: ObservationRole.Source })
            (url, domain) = (null, null);
        // A list of servers that serve something bad, seen from their visitors.
        if (accused.Count == 0 && kind.Role == ObservationRole.Site && url is null && domain is null && resources.Host is null)
            accused = resources.Of(Side.Victim);

        template = template with { Url = findings.Keep(url), Domain = domain, Mailbox = findings.Keep(resources.Mailbox) };
        if (accused.Count > 0)
        {
            if (template.Role == ObservationRole.Site && url is null && domain is null)
                template = template with { Role = ObservationRole.Source };
            return Add(context.IsAmbiguous ? template with { Role = ObservationRole.Other } : template, accused, values);
        }

        if (template.HasResource)
        {
            findings.Add(template);
            return true;
        }

        if (resources.Host is { } host)
        {
            findings.Add(template with { Domain = host });
            return true;
        }

        return resources.Of(Side.Victim) is { Count: > 0 } attacked
            ? Add(template with { Role = ObservationRole.Victim }, attacked, values)
            : Add(template with { Role = ObservationRole.Other }, resources.Of(Side.Controller), values);
    }

    private bool Add(Observation template, List<CellAddress> addresses, IReadOnlyList<(Meaning Meaning, string Value)> values)
    {
        foreach (var (address, port, block) in addresses)
            findings.Add(template with { Address = address, Block = block, Port = port ?? Port(template, values) });
        return addresses.Count > 0;
    }

    private static List<CellAddress> Accused(Resources resources, IReadOnlyList<(Meaning Meaning, string Value)> values)
    {
        if (resources.Of(Side.Source) is { Count: > 0 } source)
            return source;
        if (resources.Of(Side.Plain) is { Count: > 0 } plain)
            return plain;
        // Beside a column for the accused, "remote" is the other end, and an empty cell does not change that.
        var hasColumn = values.Any(v => v.Meaning is { Part: Part.Address or Part.Host, Side: Side.Source or Side.Plain });
        return hasColumn ? [] : resources.Of(Side.Remote);
    }

    private (string Text, AbuseType Kind) Kind(IReadOnlyList<(Meaning Meaning, string Value)> values, Resources resources)
    {
        string? words = null;
        (string Text, AbuseType Kind)? said = context.Feed;
        // Feeds of weaknesses and of what fits nowhere else say in each row which it is, and a "vulnerable system" says it elsewhere.
        if (said is null || IsGeneral(said.Value.Kind))
        {
            foreach (var (_, value) in values.Where(v => v.Meaning.Part == Part.Kind && !IsBlank(v.Value)).OrderBy(v => v.Meaning.Rank))
            {
                words ??= value;
                if (KindOf(value) is not { } kind || (said is { } general && !IsCloser(kind, general.Kind)))
                    continue;
                said = (said?.Text ?? value, kind);
                if (!IsGeneral(kind))
                    break;
            }
        }

        if (said is { } known)
            return known;
        // The words of feeds are English; people fill cells in the language of their reports.
        foreach (var (_, value) in values.Where(v => v.Meaning.Part == Part.Kind && !IsBlank(v.Value)).OrderBy(v => v.Meaning.Rank))
            if (SpokenKindOf(value) is { } spoken)
                return (value, spoken);
        if (title.Kind is not null)
            return (title.Text, title.Kind);
        if (prose.Value is { } verdict)
            return (words ?? verdict.Word, verdict.Type);
        var isSite = resources.Url is not null || (resources.Domain is not null && !resources.HasAddress);
        return (words ?? "", isSite ? OtherSite : OtherSource);
    }

    private static bool IsGeneral(AbuseType kind) => kind is { Category: "vulnerability", Type: "cve" or "open_service" or "other" };

    // "open-ssdp" after "vulnerable-system", "cve-2023-1234" in a feed of what is open, anything in one of specials.
    private static bool IsCloser(AbuseType kind, AbuseType general) => general.Type switch
    {
        "other" => true,
        "cve" => kind is { Category: "vulnerability", Type: "open_service" or "misconfiguration" },
        _ => kind is { Category: "vulnerability", Type: "cve" },
    };

    private AbuseType? KindOf(string text) => Remembered(kindOf, text, KindWords.Find);

    private AbuseType? SpokenKindOf(string text) => Remembered(spokenKindOf, text, t => AbuseWords.OfLine(t));

    private static AbuseType? Remembered(Dictionary<string, AbuseType?> kinds, string text, Func<string, AbuseType?> find)
    {
        if (kinds.TryGetValue(text, out var known))
            return known;
        var kind = find(text);
        if (kinds.Count < KindsRemembered)
            kinds[text] = kind;
        return kind;
    }

    private static (string, AbuseType?) KindOfTitles(EventContext context)
    {
        foreach (var text in context.Titles)
            if (KindWords.Find(text) is { } kind)
                return (text, kind);
        return ("", null);
    }

    private ReportedTime Time(IReadOnlyList<(Meaning Meaning, string Value)> values)
    {
        var zone = First(values, Part.Zone) ?? context.Zone;
        var unread = ReportedTime.Missing;
        ReportedTime? day = null;
        foreach (var (meaning, value) in values.Where(v => IsTime(v.Meaning) && !IsBlank(v.Value)).OrderBy(v => v.Meaning.Rank))
        {
            var time = Cells.Time(value, meaning.Zone ?? zone, context);
            // A day is the answer only when no column says the time.
            if (time.Confidence == TimeConfidence.Day)
                day ??= time;
            else if (time.Utc is not null)
                return time;
            unread = unread.Raw.Length == 0 ? time : unread;
        }

        if (First(values, Part.Date) is not { } date)
            return day ?? unread;
        var clock = First(values, Part.Clock) ?? (unread.Raw.Contains(':', StringComparison.Ordinal) ? unread.Raw : null);
        var clockZone = values.FirstOrDefault(v => v.Meaning.Part == Part.Clock || IsTime(v.Meaning)).Meaning.Zone ?? zone;
        return Cells.Time(clock is null || date.Contains(':', StringComparison.Ordinal) ? date : $"{date} {clock}", clockZone, context);
    }

    private static bool IsTime(Meaning meaning) => meaning is { Part: Part.Time, Side: Side.Plain or Side.Source };

    // A port below 1024 that is not said to be the source's is the service that a client attacked.
    private static int? Port(Observation template, IReadOnlyList<(Meaning Meaning, string Value)> values)
    {
        var side = template.Role == ObservationRole.Victim ? Side.Victim : Side.Source;
        foreach (var (meaning, value) in values)
            if (meaning.Part == Part.Port && meaning.Side == side && Notation.Port(value) is { } sided)
                return sided;
        var hasOtherSide = values.Any(v => v.Meaning is { Part: Part.Port, Side: not Side.Plain });
        var isSided = values.Any(v => v.Meaning is { Part: Part.Address, Side: Side.Source });
        if (template.Role == ObservationRole.Victim || (isSided && !hasOtherSide))
            return null;
        foreach (var (meaning, value) in values)
            if (meaning is { Part: Part.Port, Side: Side.Plain } && Notation.Port(value) is { } plain)
                return plain < 1024 && template.Category == "connection" ? null : plain;
        return null;
    }

    private static long Count(IReadOnlyList<(Meaning Meaning, string Value)> values) =>
        long.TryParse(First(values, Part.Count), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 1;

    private static string? First(IReadOnlyList<(Meaning Meaning, string Value)> values, Part part)
    {
        foreach (var (meaning, value) in values)
            if (meaning.Part == part && !IsBlank(value))
                return value;
        return null;
    }

    private static bool IsBlank(string value) =>
        value.AsSpan().Trim() is "" or "-" or "?" or "null" or "None" or "none" or "NULL" or "n/a" or "N/A" or "0.0.0.0" or "::" or "unknown";

    /// <summary>The resources of one event by side.</summary>
    private sealed class Resources
    {
        private readonly List<(Side Side, CellAddress Named, int Rank)> addresses = [];
        private (string? Value, Side Side) url;
        private (string? Value, Side Side) domain;
        private (string? Value, Side Side) mailbox;
        private bool isAnyones;

        public string? Url => url.Value;

        public string? Domain => domain.Value;

        /// <summary>Beside an address only one that sends or belongs to whoever has it; "e-mail" may be that of a victim.</summary>
        public string? Mailbox => HasAddress && isAnyones ? null : mailbox.Value;

        /// <summary>A host name of the machine: it says nothing that its address does not say better.</summary>
        public string? Host { get; private set; }

        /// <summary>A URL without scheme and host.</summary>
        public string? Path { get; private set; }

        public bool HasAddress => addresses.Count > 0;

        public List<CellAddress> Of(Side side)
        {
            List<CellAddress>? found = null;
            var best = int.MaxValue;
            foreach (var one in addresses)
            {
                if (one.Side != side || one.Rank > best)
                    continue;
                if (one.Rank < best)
                    (found, best) = ([], one.Rank);
                if (!found!.Exists(f => f.Address == one.Named.Address))
                    found.Add(one.Named);
            }

            return found ?? [];
        }

        // What a cell holds is said by the cell; its column says whose it is.
        public void Take(Meaning meaning, string value)
        {
            var isName = meaning.Part is Part.Domain or Part.Host or Part.Url or Part.Mailbox;
            var side = meaning is { Part: Part.Mailbox, Side: Side.Plain } ? Side.Source : meaning.Side;
            if (!isName || Cells.TryAddress(value, out _, out _))
            {
                var count = addresses.Count;
                foreach (var named in Cells.Addresses(value))
                    addresses.Add((side, named, meaning.Rank + (isName ? 5 : 0)));
                if (addresses.Count > count)
                    return;
            }

            if (meaning.Side is not (Side.Plain or Side.Source))
                return;
            if (meaning.Part != Part.Mailbox && Cells.Url(value) is { } link)
                Keep(ref url, link, meaning.Side);
            else if (meaning.Part is Part.Mailbox or Part.Address && Cells.Mailbox(value) is { } box)
            {
                isAnyones = meaning is { Part: Part.Mailbox, Side: Side.Plain, Rank: > 1 };
                Keep(ref mailbox, box, meaning.Side);
            }
            else if (meaning.Part is Part.Domain or Part.Url or Part.Address && Cells.Domain(value) is { } name)
                Keep(ref domain, name, meaning.Side);
            else if (meaning.Part == Part.Url && value.StartsWith('/') && !value.Contains(' ', StringComparison.Ordinal))
                Path ??= value;
            else if (meaning.Part == Part.Host && Cells.Domain(value) is { } host)
                Host ??= host;
            else if (meaning.Part == Part.Url && Schemeless(value) is { } guessed)
                Keep(ref url, guessed, meaning.Side);
        }

        private static void Keep(ref (string? Value, Side Side) slot, string value, Side side)
        {
            if (slot.Value is null || (side == Side.Source && slot.Side == Side.Plain))
                slot = (value, side);
        }

        // Lists of sites leave the scheme out: "www.shop.example/login.php".
        private static string? Schemeless(string value)
        {
            var text = Cells.Refang(value.Trim());
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            return slash > 3 && !text.Contains(' ', StringComparison.Ordinal) && Cells.Domain(text[..slash]) is not null ? "http://" + text : null;
        }
    }
}
