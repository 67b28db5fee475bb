using NodaTime;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>
/// What the text of a report names, and what part each thing has in it. Everything is decided from structure and words; whose the things
/// are is for others to say.
/// </summary>
internal sealed class Story
{
    private const int NearChars = 400;
    private const int NearWordsChars = 60;
    private const int PaperDistance = 8;
    private const int FooterCharsMax = 400;
    private const int FooterBegin = 60;
    private static readonly Duration AheadExact = Duration.FromHours(12);
    private static readonly Duration AheadDoubtful = Duration.FromHours(38);
    private static readonly Duration AheadMax = Duration.FromDays(90);
    private static readonly Duration Soon = Duration.FromMinutes(10);

    private readonly string text;
    private readonly ReportLimits limits;
    private readonly TimeContext context;
    private readonly Dictionary<(MentionKind, string), Named> named = [];
    private readonly List<TimeMention> times;
    private readonly HashSet<string> reporterDomains;
    private readonly int footer;
    private ColumnHead head;
    private TextLine line;
    private TextLine itemLine;
    private bool isLog;
    private bool isRequest;
    private bool isWhois;
    private bool isHop;
    private TextLine previousAlone;
    private Part previousAlonePart;
    private AbuseType? previousAloneType;
    private TextLine previousAloneName;
    private Part previousAloneNamePart;
    private Part previousPart;
    private Part previousNamePart;
    private bool previousIsOurs;
    private bool previousIsReporters;
    private bool previousStandsOut;

    private Story(string text, TimeContext context, List<QuotedHeader> headers, HashSet<string> reporterDomains, ReportLimits limits)
    {
        this.text = text;
        this.limits = limits;
        this.context = context;
        this.reporterDomains = reporterDomains;
        Headers = headers;
        footer = FooterOf(text);
        times = TimeScanner.Scan(text, context, limits.Mentions);
        RemoveRanges();
        times.RemoveAll(t => headers.Exists(h => t.Start >= h.Start && t.Start < h.End) || IsOfReply(t));
    }

    /// <summary>Resources in the order of their first mention.</summary>
    public IReadOnlyCollection<Named> Resources => named.Values;

    /// <summary>Headers of original messages in the text.</summary>
    public List<QuotedHeader> Headers { get; }

    /// <summary>Log lines that name an address.</summary>
    public int LogLines { get; private set; }

    /// <summary>Lines of the form "label: resource".</summary>
    public int FieldLines { get; private set; }

    /// <summary>More was named than may be kept.</summary>
    public bool TooMany { get; private set; }

    /// <summary>Whether something says when anything happened.</summary>
    public bool HasTime => times.Count > 0;

    /// <summary>The time that the report gives first and foremost; null when it gives none.</summary>
    public ReportedTime? ReportTime { get; private set; }

    /// <summary>Reads subject and body.</summary>
    public static Story Read(ReportText report, HashSet<string> reporterDomains, ReportLimits limits)
    {
        var context = TimeScanner.ContextOf(report.Body, report.SentAt);
        var story = new Story(report.Body, context, QuotedHeader.Find(report.Body, limits.Hops), reporterDomains, limits);
        story.SettleZone(report.SentOffset);
        story.times.RemoveAll(story.IsAhead);
        story.ReadSubject(report.Subject);
        story.ReadBody();
        story.OfferReportTime();
        return story;
    }

    // A zone that is said of one time, "5 March 11:32 CET", is that of a log which has the same time without one. And nothing has happened
    // after the mail about it was sent: then the log has the clock of whoever sent it.
    private void SettleZone(Offset? sentOffset)
    {
        var clocks = times.Where(t => t.Time.Confidence == TimeConfidence.NoZone).Select(t => t.Time.Utc!.Value).Order().ToList();
        if (clocks.Count == 0)
            return;
        if (times.Find(t => t.Time.Confidence == TimeConfidence.Exact && t.Offset != Offset.Zero && IsAmong(clocks, t)) is { End: > 0 } stated)
            Shift(stated.Offset, TimeConfidence.Exact);
        else if (context.SentAt is { } sent && sentOffset is { Seconds: not 0 } offset && clocks[^1] > sent + Soon && clocks[^1] - Duration.FromSeconds(offset.Seconds) <= sent + Soon)
            Shift(offset, TimeConfidence.NoZone);
    }

    // "Answer until 5 March": what comes after the mail has not happened. A date that is farther off tells that the mail's own is wrong.
    private bool IsAhead(TimeMention time) => context.SentAt is { } sent && time.Time.Utc is { } utc && utc - sent < AheadMax
        && utc - sent > (time.Time.Confidence == TimeConfidence.Exact ? AheadExact : AheadDoubtful);

    private static bool IsAmong(List<Instant> clocks, TimeMention stated)
    {
        var from = stated.Time.Utc!.Value + Duration.FromSeconds(stated.Offset.Seconds) - Soon;
        var at = clocks.BinarySearch(from);
        at = at < 0 ? ~at : at;
        return at < clocks.Count && clocks[at] <= from + (Soon * 2);
    }

    private void Shift(Offset offset, TimeConfidence confidence)
    {
        for (var i = 0; i < times.Count; i++)
            if (times[i].Time is { Confidence: TimeConfidence.NoZone, Utc: { } utc } time)
                times[i] = times[i] with { Offset = offset, Time = time with { Utc = utc - Duration.FromSeconds(offset.Seconds), Confidence = confidence } };
    }

    private void ReadSubject(string subject)
    {
        var previousEnd = 0;
        foreach (var mention in MentionScanner.Scan(subject, 100))
        {
            // "Your mailbox abuse@… is full" names whom it addresses.
            if (mention.Kind == MentionKind.Mailbox && (IsReporters(mention.Host) || KnownHosts.IsRoleMailbox(mention.Text)))
                continue;
            if (Take(mention) is not { } resource)
                continue;
            resource.IsInSubject = mention.Kind != MentionKind.Domain || mention.IsDefanged || KnownHosts.IsUsualName(mention.Host)
                || RoleWords.BeforeSite(subject.AsSpan(0, mention.Start)) == Part.Site;
            resource.IsInEvidence = false;
            var before = subject.AsSpan(previousEnd, Math.Max(0, mention.Start - previousEnd));
            if (mention.Address is not null && mention.Kind != MentionKind.Url && RoleWords.BeforeAddress(before) is Part.Victim)
                Say(resource, Part.Victim);
            previousEnd = mention.End;
        }
    }

    private void ReadBody()
    {
        var mentions = MentionScanner.Scan(text, limits.Mentions);
        TooMany |= mentions.Count >= limits.Mentions;
        var evidenceFrom = Headers.Find(h => h.HasTrace) is { } traced ? traced.End : int.MaxValue;
        var (header, time) = (0, 0);
        for (var i = 0; i < mentions.Count; i++)
        {
            var mention = mentions[i];
            while (header < Headers.Count && Headers[header].End <= mention.Start)
                header++;
            if (header < Headers.Count && mention.Start >= Headers[header].Start && Headers[header].HasTrace)
                continue;
            EnterLine(mention.Start);
            var previous = i > 0 && line.Holds(mentions[i - 1].Start) ? mentions[i - 1] : default(Mention?);
            var next = i + 1 < mentions.Count ? mentions[i + 1].Start : text.Length;
            var isEvidence = mention.Start >= evidenceFrom;
            if (mention.Kind is MentionKind.Address or MentionKind.Prefix)
                ReadAddress(mention, previous, Beside(mentions, i), next, isEvidence, ref time);
            else
                ReadName(mention, previous, isEvidence, ref time);
        }
    }

    // The addresses before and behind in the same line, and whether the lines around begin with one as well.
    private Neighbours Beside(List<Mention> mentions, int i)
    {
        Mention? before = null;
        for (var k = i - 1; k >= 0 && i - k < 8 && line.Holds(mentions[k].Start) && before is null; k--)
            if (IsAddress(mentions[k]))
                before = mentions[k];
        Mention? behind = null;
        var k2 = i + 1;
        for (; k2 < mentions.Count && k2 - i < 8 && line.Holds(mentions[k2].Start); k2++)
            if (IsAddress(mentions[k2]))
                behind ??= mentions[k2];
        if (before is not null || !line.IsAtStart(text, mentions[i]))
            return new Neighbours(before, behind, false);
        var isItem = (itemLine.End > 0 && line.Start - itemLine.End is >= 0 and <= 2)
            || (k2 < mentions.Count && IsAddress(mentions[k2]) && mentions[k2].Start - line.End is >= 0 and < 12
                && TextLine.Around(text, mentions[k2].Start, line.End) is var below && below.Start - line.End <= 2 && below.IsAtStart(text, mentions[k2]));
        if (isItem)
            itemLine = line;
        return new Neighbours(before, behind, isItem);
    }

    private static bool IsAddress(Mention mention) => mention.Kind is MentionKind.Address or MentionKind.Prefix;

    private void EnterLine(int place)
    {
        if (line.Holds(place))
            return;
        line = TextLine.Around(text, place, line.End);
        isRequest = line.IsRequest(text);
        isLog = isRequest || line.IsLog(text);
        isWhois = line.IsWhois(text);
        isHop = line.IsHop(text);
        var above = line.Above(text, out _);
        if (ColumnHead.Read(above) is { } found)
            head = found;
        else if (line.Start > 1 && text[line.Start - 2] == '\n' && head.IsUsed)
            head = default;
    }

    private void ReadAddress(Mention mention, Mention? previous, Neighbours beside, int next, bool isEvidence, ref int time)
    {
        if (Take(mention) is not { } resource)
            return;
        resource.IsInEvidence &= isEvidence;
        LogLines += isLog ? 1 : 0;
        FieldLines += line.IsField(text, mention) ? 1 : 0;
        var isAlone = (line.IsAlone(text, mention) || beside.IsItem) && !isHop;
        var type = default(AbuseType);
        var part = isWhois ? Part.Other : PartOfAddress(mention, previous, beside, next, isAlone, time, out type);
        if (isAlone)
        {
            if (part == Part.Unsaid && IsNextLine(previousAlone))
                (part, type) = (previousAlonePart, type ?? previousAloneType);
            (previousAlone, previousAlonePart, previousAloneType) = (line, part, type);
        }

        // "IPs: 192.0.2.1, 192.0.2.2": what is said of the first of a list holds for all.
        var isListed = previous is { Kind: MentionKind.Address or MentionKind.Prefix }
            && text.AsSpan(previous.Value.End, mention.Start - previous.Value.End) is var between && IsListComma(between);
        if (isListed && part == Part.Unsaid)
            part = previousPart;
        isListed &= previousStandsOut;
        previousPart = part;
        resource.Type ??= type;
        previousStandsOut = isAlone || isListed || line.IsField(text, mention) || IsLogStart(mention, beside.Before, beside.Behind?.Start ?? text.Length, ref time);
        resource.StandsOut |= previousStandsOut;
        resource.IsOddlyLabelled |= !isAlone && part == Part.Unsaid && line.IsField(text, mention)
            && !RoleWords.IsPlainLabel(text.AsSpan(line.Start, mention.Start - line.Start));
        Say(resource, part);
        if (part is Part.Victim or Part.Other)
            return;
        resource.Port ??= mention.Port ?? PortBehind(mention, next);
        OfferTime(resource, mention, ref time);
    }

    private static bool IsListComma(ReadOnlySpan<char> between) =>
        between.Length < 12 && (between.Trim() is "," or ";" or "/" or "|" or "&" or "and" or "und" or "et" or "y" or "e" or "en");

    // A line that begins with a time or with the address is one of a log, whatever program wrote it; with one address it is its source.
    private bool IsLogStart(Mention mention, Mention? previous, int next, ref int time)
    {
        if (previous is not null || (next < line.End && line.Holds(next)))
            return false;
        var i = time;
        while (i < times.Count && times[i].End <= line.Start)
            i++;
        if (i >= times.Count || !line.Holds(times[i].Start))
            return false;
        return times[i].Start - line.Start < 3 || mention.Start - line.Start < 3;
    }

    private bool IsNextLine(TextLine before) => before.End > 0 && line.Start - before.End is >= 0 and <= 3;

    private Part PartOfAddress(Mention mention, Mention? previous, Neighbours beside, int next, bool isAlone, int time, out AbuseType? type)
    {
        type = null;
        var from = Math.Max(previous?.End ?? line.Start, mention.Start - 100);
        var before = text.AsSpan(Math.Min(from, mention.Start), mention.Start - Math.Min(from, mention.Start));
        // A name behind it in brackets is its own, and what follows still speaks of it.
        var reach = next < text.Length && text.AsSpan(mention.End, Math.Min(3, next - mention.End)).Trim(' ') is "(" or "[" ? beside.Behind?.Start ?? text.Length : next;
        var behind = text.AsSpan(mention.End, Math.Min(90, Math.Min(reach, line.End) - mention.End is > 0 and var room ? room : 0));
        if (mention.IsWeak || (mention.Start > footer && !isLog) || isHop)
            return Part.Other;
        if (IsInSipUri(mention.Start))
            return Part.Victim;
        if (isRequest && IsClientBehind(mention.End))
            return Part.Source;
        if (previous is { Kind: MentionKind.Url or MentionKind.Domain } && IsLink(before))
            return previousIsOurs || previousNamePart == Part.Victim ? Part.Victim : previousIsReporters ? Part.Other : Part.Site;
        if (IsArrow(behind.TrimStart()) || IsArrow(behind.TrimStart(" :0123456789")))
            return Part.Source;
        if (previous is { Kind: MentionKind.Address } && IsArrow(before.TrimStart(" :.0123456789")))
            return Part.Victim;
        var said = RoleWords.BeforeAddress(before);
        if (said != Part.Unsaid)
            return said;
        if (isRequest)
            return PartInRequest(mention, beside);
        if (head.PartAt(line.Of(text), Math.Min(mention.Start - line.Start, 2_000)) is var column && column != Part.Unsaid)
            return column;
        said = RoleWords.BehindAddress(behind);
        if (said == Part.Unsaid)
            said = PartByPort(mention, beside);
        if (said == Part.Unsaid)
            said = PartByOrder(mention, beside, time);
        if (said != Part.Unsaid || previous is not null)
            return said;
        if (!isAlone)
            return Part.Unsaid;
        // Alone in its line: the heading above speaks for it.
        var above = line.Above(text, out var aboveStart);
        if (aboveStart >= line.Start || above.IsEmpty || (previousAlone.Start == aboveStart && previousAlone.End > 0))
            return Part.Unsaid;
        type = AbuseWords.OfLine(above);
        // The end of a sentence belongs to the paragraph before.
        return above.TrimEnd() is [.., '.'] ? Part.Unsaid : RoleWords.Heading(above.TrimEnd(" :-"));
    }

    // "<sip:1001@203.0.113.7>" is where somebody tried to register.
    private bool IsInSipUri(int start)
    {
        if (start < 6 || text[start - 1] != '@')
            return false;
        var before = text.AsSpan(Math.Max(0, start - 60), Math.Min(60, start));
        return before.LastIndexOf("sip:") is >= 0 and var at && !before[at..].Contains(' ');
    }

    // Who asks stands first. In the W3C format of IIS the server does, directly before the method, and who asks comes behind.
    private Part PartInRequest(Mention mention, Neighbours beside) =>
        IsClientBehind(mention.End) ? Part.Source
        : (beside.Before is { } before && IsClientBehind(before.End)) || (beside.Behind is { } behind && IsClientBehind(behind.End)) ? Part.Other
        : beside.Before is null
            ? beside.Behind is not null && IsMethodBehind(mention.End) ? Part.Victim : Part.Source
            : IsMethodBehind(beside.Before.Value.End) && !IsMethodBehind(mention.End) ? Part.Source : Part.Other;

    // The common log format: client, identity, user. Before the client stands what was asked for, if anything.
    private bool IsClientBehind(int end) => text.AsSpan(end, Math.Min(5, text.Length - end)) is [' ', '-', ' ', '-' or (>= 'a' and <= 'z'), ..];

    private bool IsMethodBehind(int end)
    {
        var behind = text.AsSpan(end, Math.Min(10, text.Length - end));
        foreach (var method in (ReadOnlySpan<string>)[" GET ", " POST ", " HEAD ", " OPTIONS ", " PUT ", " PROPFIND "])
            if (behind.StartsWith(method))
                return true;
        return false;
    }

    // "203.0.113.7:587,192.0.2.7:61022": who came from a high port is the client of who has the low one. Services that are used for
    // reflection answer, and prove nothing.
    private static Part PartByPort(Mention mention, Neighbours beside)
    {
        if (mention.Port is not { } own || (beside.Before ?? beside.Behind) is not { Port: { } other } || IsReflecting(own) || IsReflecting(other))
            return Part.Unsaid;
        return own < 1024 && other >= 1024 ? Part.Victim : own >= 1024 && other < 1024 ? Part.Source : Part.Unsaid;
    }

    // "2024-03-05 09:00:00 Deny 192.0.2.7 203.0.113.7 rdp/tcp": logs name who came before where he went.
    private Part PartByOrder(Mention mention, Neighbours beside, int time)
    {
        if (beside.Before is null == beside.Behind is null || !BeginsWithTime(time))
            return Part.Unsaid;
        var (first, second) = beside.Before is { } before ? (before, mention) : (mention, beside.Behind!.Value);
        var between = text.AsSpan(first.End, Math.Min(20, second.Start - first.End));
        return second.Start - first.End > 12 || between.ContainsAnyInRange('a', 'z') || between.ContainsAnyInRange('A', 'Z') ? Part.Unsaid
            : beside.Before is null ? Part.Source : Part.Victim;
    }

    private bool BeginsWithTime(int time)
    {
        while (time < times.Count && times[time].End <= line.Start)
            time++;
        return time < times.Count && line.Holds(times[time].Start) && times[time].Start - line.Start < 3;
    }

    private static bool IsReflecting(int port) => port is 17 or 19 or 53 or 69 or 111 or 123 or 137 or 161 or 389 or 427 or 520;

    // "http://evil.example/ is 192.0.2.7", "evil.example (192.0.2.7)", "evil.example resolves to 192.0.2.7"
    private static bool IsLink(ReadOnlySpan<char> between)
    {
        if (between.Length > 60)
            return false;
        foreach (var range in between.SplitAny(" \t()[]=:,|-–>/\""))
        {
            var word = between[range];
            if (!word.IsEmpty && word is not ("is" or "resolves" or "resolving" or "resolved" or "to" or "at" or "on" or "IP" or "ip" or "hosted" or "hosting"
                or "the" or "address" or "Address" or "A" or "IN" or "with" or "currently" or "under" or "which" or "has" or "auf" or "liegt"
                or "gehostet" or "IP-Adresse" or "Adresse" or "and"))
                return false;
        }

        return true;
    }

    private static bool IsArrow(ReadOnlySpan<char> span) =>
        span.StartsWith("->") || span.StartsWith("-->") || span.StartsWith("=>") || span.StartsWith("\u2192") || span.StartsWith("> ")
        || span.StartsWith("==>") || span.StartsWith(">>");

    private void ReadName(Mention mention, Mention? previous, bool isEvidence, ref int time)
    {
        var from = Math.Max(previous?.End ?? line.Start, mention.Start - 100);
        var before = text.AsSpan(Math.Min(from, mention.Start), mention.Start - Math.Min(from, mention.Start));
        var part = mention.Kind == MentionKind.Mailbox ? PartOfMailbox(mention, before) : PartOfSite(mention, before, isEvidence);
        previousNamePart = part;
        previousIsOurs = !mention.IsDefanged && RoleWords.SaysOurs(before);
        previousIsReporters = IsReporters(mention.Host) || KnownHosts.IsReference(mention.Host);
        var isAlone = line.IsAlone(text, mention);
        if (isAlone && mention.Kind != MentionKind.Mailbox)
        {
            if (part == Part.Unsaid && IsNextLine(previousAloneName))
                part = previousAloneNamePart;
            (previousAloneName, previousAloneNamePart) = (line, part);
        }

        if (part is not (Part.Site or Part.Source) && !IsWorthNaming(mention, part, isAlone, isEvidence))
            return;
        if (Take(mention) is not { } resource)
            return;
        resource.IsInEvidence &= isEvidence;
        resource.IsDefanged |= mention.IsDefanged;
        resource.StandsOut |= isAlone || IsLogStart(mention, previous, int.MaxValue, ref time);
        FieldLines += line.IsField(text, mention) ? 1 : 0;
        Say(resource, part);
        OfferTime(resource, mention, ref time);
    }

    // What the signature or the form adds below "--", and who filled it in; but many put their evidence there.
    private static int FooterOf(string text)
    {
        var at = Math.Max(text.LastIndexOf("\n--\n", StringComparison.Ordinal), text.LastIndexOf("\n-- \n", StringComparison.Ordinal));
        return at > FooterBegin && text.Length - at <= FooterCharsMax ? at : int.MaxValue;
    }

    // Of names that no word accuses: URLs; mailboxes but for those of the reporter's side, of offices and of who got a mail; the name of a host
    // whose address is told; a name that has a line of its own.
    private bool IsWorthNaming(Mention mention, Part part, bool isAlone, bool isEvidence) => mention.Kind switch
    {
        MentionKind.Url => true,
        _ when isEvidence => false,
        MentionKind.Mailbox => !IsReporters(mention.Host) && !KnownHosts.IsRoleMailbox(mention.Text)
            && (part != Part.Victim || named.ContainsKey((MentionKind.Mailbox, mention.Text))),
        _ => (line.IsField(text, mention) && !IsReporters(mention.Host) && RoleWords.SaysHostName(text.AsSpan(line.Start, mention.Start - line.Start)))
            || (isAlone && part == Part.Unsaid && KnownHosts.IsUsualName(mention.Host) && HeadingIsSite()),
    };

    private bool HeadingIsSite() => RoleWords.BeforeSite(line.Above(text, out _).TrimEnd(" :.-")) is Part.Site or Part.Unsaid;

    private Part PartOfSite(Mention mention, ReadOnlySpan<char> before, bool isEvidence)
    {
        if (IsReporters(mention.Host) || KnownHosts.IsReference(mention.Host))
            return Part.Other;
        if (mention.IsDefanged)
            return Part.Site;
        if (isEvidence || isRequest || isWhois || line.IsAboutSender(text))
            return Part.Other;
        var said = RoleWords.BeforeSite(before);
        if (said != Part.Unsaid)
            return said;
        if (mention.Kind == MentionKind.Url && RoleWords.SaysYours(before))
            return Part.Site;
        if (!line.IsAlone(text, mention))
            return Part.Unsaid;
        // "… to steal the passwords of our customers:" accuses what stands below.
        return RoleWords.BeforeSite(line.Above(text, out _).TrimEnd(" :.-")) is var above and not Part.Victim ? above : Part.Unsaid;
    }

    private Part PartOfMailbox(Mention mention, ReadOnlySpan<char> before)
    {
        if (IsReporters(mention.Host) || KnownHosts.IsRoleMailbox(mention.Text) || before.Length == 0)
            return Part.Other;
        var label = before.TrimEnd(" :<=\"'(");
        // The account that somebody tries to get into.
        if (isLog && label.EndsWith("user", StringComparison.OrdinalIgnoreCase))
            return Part.Victim;
        if (RoleWords.IsRecipientField(line.LabelBefore(text, mention.Start)))
            return Part.Victim;
        if (RoleWords.SaysSender(before) || RoleWords.IsSenderField(line.LabelBefore(text, mention.Start)))
            return Part.Source;
        foreach (var word in (ReadOnlySpan<string>)["sender", "from", "spammer", "scammer", "account", "mailbox", "compromised", "dropbox", "mailfrom", "return-path", "user", "username", "sasl_username", "absender", "konto", "compte", "cuenta", "conta"])
            if (label.EndsWith(word, StringComparison.OrdinalIgnoreCase))
                return Part.Source;
        return Part.Other;
    }

    private bool IsReporters(string host) => KnownHosts.IsWithin(reporterDomains, host);

    private Named? Take(Mention mention)
    {
        var key = (mention.Kind == MentionKind.Prefix ? MentionKind.Address : mention.Kind,
            mention.Kind == MentionKind.Address ? mention.Address!.Value.ToString() : mention.Text);
        if (named.TryGetValue(key, out var known))
            return known;
        if (named.Count >= limits.Observations)
        {
            TooMany = true;
            return null;
        }

        return named[key] = new Named(mention);
    }

    private static void Say(Named resource, Part part) => resource.Said[part] = resource.Count(part) + 1;

    private int? PortBehind(Mention mention, int next)
    {
        var behind = text.AsSpan(mention.End, Math.Max(0, Math.Min(text.Length - mention.End, Math.Min(200, next - mention.End))));
        var near = behind.TrimStart(" ,()[]\t");
        if (near.StartsWith("port", StringComparison.OrdinalIgnoreCase) && PortAt(near[4..]) is { } beside)
            return beside;
        foreach (var label in (ReadOnlySpan<string>)["source port", "src port", "src_port", "source_port", "SPT=", "remote port", "sport", "IP port", "peer port"])
        {
            var at = behind.IndexOf(label, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && PortAt(behind[(at + label.Length)..]) is { } port)
                return port;
        }

        // "Port: 51413" below "IP: …", in notices about file sharing.
        var field = behind.IndexOf("\nPort", StringComparison.OrdinalIgnoreCase);
        return field is >= 0 and < 80 ? PortAt(behind[(field + 5)..]) : null;
    }

    private static int? PortAt(ReadOnlySpan<char> span)
    {
        span = span.TrimStart(" :=#\t\"");
        var length = 0;
        while (length < span.Length && length < 6 && char.IsAsciiDigit(span[length]))
            length++;
        return length is > 0 and < 6 ? Notation.Port(span[..length].ToString()) : null;
    }

    // Both lists are in order, so one pass serves all mentions.
    private void OfferTime(Named resource, Mention mention, ref int time)
    {
        while (time < times.Count && times[time].End < mention.Start - NearChars)
            time++;
        var (best, bestNearness) = (ReportedTime.Missing, int.MaxValue);
        var isField = line.IsField(text, mention) && !HasTimeInLine(time);
        for (var i = time; i < times.Count && i < time + 16 && times[i].Start < mention.End + NearChars; i++)
        {
            var distance = times[i].Start >= mention.End ? times[i].Start - mention.End : Math.Max(0, mention.Start - times[i].End);
            var isBehind = times[i].Start >= mention.End;
            var between = isBehind ? text.AsSpan(mention.End, distance) : text.AsSpan(times[i].End, distance);
            var nearness = line.Holds(times[i].Start) ? 0
                : (between.Contains("\n\n", StringComparison.Ordinal) ? 3 : 1) + (isBehind ? 0 : 1) + (distance < 120 ? 0 : 4);
            nearness = IsOfPaper(times[i], isBehind ? mention.End : 0) ? nearness + PaperDistance
                : isField && nearness is > 0 and < 7 && IsOccasion(times[i], between) ? 0 : nearness;
            if (nearness > bestNearness || (nearness == bestNearness && (best.Confidence != TimeConfidence.NoZone || times[i].Time.Confidence != TimeConfidence.Exact)))
                continue;
            (best, bestNearness) = (times[i].Time, nearness);
        }

        if (bestNearness < int.MaxValue)
            resource.Offer(best, bestNearness);
    }

    private bool HasTimeInLine(int from)
    {
        for (var i = from; i < times.Count && times[i].Start < line.End; i++)
            if (line.Holds(times[i].Start))
                return true;
        return false;
    }

    // "Report generated: 2 March", "blocked until 2 March": not when it happened, unless nothing else is said.
    // The words before a resource speak of that.
    private bool IsOfPaper(TimeMention time, int after = 0)
    {
        var from = Math.Max(after, time.Start - NearWordsChars);
        return RoleWords.SaysPaperwork(text.AsSpan(from, time.Start - from));
    }

    // "Time: …" in the same block of fields as "IP: …" is said of it.
    private bool IsOccasion(TimeMention time, ReadOnlySpan<char> between)
    {
        if (between.Contains("\n\n", StringComparison.Ordinal))
            return false;
        var from = Math.Max(0, time.Start - (2 * NearWordsChars));
        var its = new TextLine(from + text.AsSpan(from, time.Start - from).LastIndexOf('\n') + 1, time.End);
        return its.LabelBefore(text, time.Start) is { IsEmpty: false } label && RoleWords.SaysOccasion(label);
    }

    // "2 March to 5 March" is what a report covers, not when something happened.
    private void RemoveRanges()
    {
        var isEnd = new bool[times.Count];
        for (var i = 0; i + 1 < times.Count; i++)
        {
            if (times[i].Time.Confidence != TimeConfidence.Day || times[i + 1].Time.Confidence != TimeConfidence.Day)
                continue;
            var between = text.AsSpan(times[i].End, Math.Min(10, times[i + 1].Start - times[i].End)).Trim();
            if (times[i + 1].Start - times[i].End < 10 && between is "-" or "\u2013" or "to" or "until" or "through" or "bis" or "au" or "al" or "and")
                isEnd[i] = isEnd[i + 1] = true;
        }

        for (var i = times.Count - 1; i >= 0; i--)
            if (isEnd[i])
                times.RemoveAt(i);
    }

    // What has no time near it has the one of the report, when that gives one first and foremost.
    private void OfferReportTime()
    {
        var first = times.FindIndex(t => t.Time.Confidence != TimeConfidence.Day && !IsOfPaper(t));
        if (first >= 0)
            ReportTime = times[first].Time;
        else
            first = times.FindIndex(t => t.Time.Confidence != TimeConfidence.Day);
        if (times.Count == 0)
        {
            OfferForwardTime();
            return;
        }

        foreach (var resource in named.Values)
            resource.Offer(times[Math.Max(0, first)].Time, 20);
    }

    // When nothing else says when it was, the head of the forwarded mail does.
    private void OfferForwardTime()
    {
        if (Headers.Find(h => !h.HasTrace && h.SentAt is not null)?.SentAt is not { } sent)
            return;
        var read = TimeScanner.Scan(sent, context, 1);
        if (read.Count == 0)
            return;
        foreach (var resource in named.Values)
            resource.Offer(read[0].Time, 30);
    }

    // "On 5 March 2024 at 10:00, somebody wrote:"
    private bool IsOfReply(TimeMention time)
    {
        var behind = text.AsSpan(time.End, Math.Min(160, text.Length - time.End));
        var end = behind.IndexOf("\n\n", StringComparison.Ordinal);
        behind = end < 0 ? behind : behind[..end];
        return behind.Contains("wrote:", StringComparison.OrdinalIgnoreCase) || behind.Contains("schrieb", StringComparison.OrdinalIgnoreCase)
            || behind.Contains("a écrit", StringComparison.OrdinalIgnoreCase) || behind.Contains("escribió:", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>What stands around an address.</summary>
/// <param name="Before">The nearest address before it in its line.</param>
/// <param name="Behind">The next one in its line.</param>
/// <param name="IsItem">Its line begins with it, and so does the one above or below: a list.</param>
internal readonly record struct Neighbours(Mention? Before, Mention? Behind, bool IsItem);

/// <summary>The head of a table in the text: what its columns hold.</summary>
internal readonly record struct ColumnHead(char Separator, Part[]? Parts)
{
    /// <summary>Whether there is one.</summary>
    public bool IsUsed => Parts is not null;

    /// <summary>Reads a line as a head; null when it names no source or target column.</summary>
    public static ColumnHead? Read(ReadOnlySpan<char> line)
    {
        if (line.Length is < 6 or > 400)
            return null;
        foreach (var separator in "\t|;,")
        {
            // "Attacked sites: one, two" is a sentence, or a field.
            if (line.Count(separator) == 0 || (separator is ',' or ';' && line.Contains(": ", StringComparison.Ordinal)))
                continue;
            var parts = new List<Part>();
            foreach (var range in line.Trim(separator).Split(separator))
                parts.Add(RoleWords.Heading(line.Trim(separator)[range].TrimEnd()));
            if (parts.Contains(Part.Source) && parts.Count > 1)
                return new ColumnHead(separator, [.. parts]);
        }

        return null;
    }

    /// <summary>The part of the column that a place in a line lies in; a line that is not split in the same way has none.</summary>
    public Part PartAt(ReadOnlySpan<char> line, int place)
    {
        if (Parts is null || !line.Contains(Separator))
            return Part.Unsaid;
        var column = line[..Math.Min(place, line.Length)].TrimStart(Separator).Count(Separator);
        return column < Parts.Length ? Parts[column] : Part.Unsaid;
    }
}
