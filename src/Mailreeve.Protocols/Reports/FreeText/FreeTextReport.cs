using Mailreeve.Protocols.Dmarc;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>
/// Reports without a part made for machines: written by people, or by programs for people, with the evidence in the text, quoted or
/// attached. One reader for all of them: it takes everything that the text names and tells the parts from structure and words.
/// </summary>
/// <remarks>
/// What it cannot tell gets the role Other, and an address behind which only the words of a quoted header stand is a candidate. Nobody is
/// accused by guessing: the caller looks which of these are his.
/// </remarks>
internal static class FreeTextReport
{
    private const int OriginalsMax = 100;
    private const int UnsaidMax = 200;

    /// <summary>Reads it; <see langword="null"/> when neither the text names anything nor an original is there.</summary>
    public static ReportReading? Read(MailParts mail, Findings findings)
    {
        var originals = ForwardedOriginal.Find(mail);
        var text = ReportText.Of(mail, findings);
        var reporter = ReporterDomains(mail);
        var story = Story.Read(text, reporter, findings.Limits);
        if (story.Resources.All(r => r.IsInEvidence) && story.Headers.TrueForAll(h => !h.HasTrace) && originals.Count > 0
            && ReportText.OfAttached(mail, originals[0], findings) is var inner && AbuseWords.Decide(inner.Subject, inner.Body) is { Score: >= 12 }
            && (text.Body.Length < 2_000 || inner.Subject.Length > 0))
        {
            // A report that somebody passed on whole says more than the words above it.
            var passedOn = Story.Read(inner, reporter, findings.Limits);
            if (passedOn.LogLines + passedOn.FieldLines > 0 || passedOn.Resources.Any(r => r.IsInSubject))
                (text, story) = (inner, passedOn);
        }

        var verdict = VerdictOf(text, story);
        var traced = story.Headers.Where(h => h.HasTrace).ToList();
        var hasProof = originals.Count > 0 || traced.Count > 0 || story.LogLines > 0;
        var isSaid = story.Resources.Any(r => r.Count(Part.Source) + r.Count(Part.Site) > 0);
        var namesAddress = story.Resources.Any(r => IsAddress(r) || r.IsDefanged);
        var signs = new NotAReport.Signs(hasProof, originals.Count > 0 || TextLine.AnyLog(text.Own), hasProof || (verdict is not null && story.HasTime && isSaid), namesAddress || isSaid, story.Headers.Count > 0);
        if (NotAReport.ReasonOfText(mail, text, verdict?.Score ?? 0, signs) is { } reason)
            return new ReportReading { NeedsPerson = new Attention(AttentionReason.NotAReport, reason) };

        var format = FormatOf(text, story, verdict, originals.Count, traced.Count);
        var kind = KindOf(verdict, story, hasMail: originals.Count + traced.Count > 0);
        var messages = Messages(mail, originals, traced, findings);
        AddNamed(story, kind, verdict, messages, findings);
        var (original, recipients) = AddEvidence(messages, kind, verdict, findings);
        if (story.TooMany)
            findings.Problem($"The text names more than {findings.Limits.Observations} resources; the rest was left out.");
        return findings.Observations.Count == 0 ? null : new ReportReading
        {
            Format = format,
            Original = original,
            OriginalRecipients = recipients,
        };
    }

    /// <summary>
    /// Adds what the text around the tables of a report says: when it happened, if the rows do not tell, and who else is accused.
    /// </summary>
    public static void AddBesideTables(MailParts mail, Findings findings)
    {
        var whole = ReportText.Of(mail, findings);
        var (beside, rows) = Table.Split(whole.Body);
        var story = Story.Read(whole.With(beside), ReporterDomains(mail), findings.Limits);
        if (story.ReportTime is { } time)
            findings.Complete(o => o.Time == ReportedTime.Missing ? o with { Time = time } : o);

        // Rows with two addresses do not say which is which; the text may.
        var said = story.Resources.Where(r => r.Address is not null && r.Count(Part.Source) > r.Count(Part.Victim) + r.Count(Part.Other))
            .Select(r => r.Address!.Value).ToHashSet();
        findings.Complete(o => o is { Role: ObservationRole.Other, Address: { } address } && said.Contains(address) ? o with { Role = ObservationRole.Source } : o);

        var inTables = MentionScanner.Scan(rows, findings.Limits.Mentions).Select(KeyOf).ToHashSet();
        var verdict = AbuseWords.Decide(whole.Subject, whole.Body);
        var kind = KindOf(verdict, story, hasMail: false);
        // Rows and headings without a word for it: then what the rest of the text speaks of.
        findings.Complete(o => o.Type == "other" && o.ReportedType.Length == 0 && verdict is not null && kind.Role == (o.Role == ObservationRole.Site ? ObservationRole.Site : ObservationRole.Source)
            ? o with { Category = kind.Category, Type = kind.Type, ReportedType = verdict.Word }
            : o);
        // A table says whom it accuses better than words do; of its words only those count that leave no doubt.
        AddNamed(story, kind, verdict, [], findings, r => !inTables.Contains(KeyOf(r.First))
            && (IsAddress(r) ? r.Count(Part.Source) + r.Count(Part.Site) > r.Count(Part.Victim) + r.Count(Part.Other) : r.IsDefanged));
    }

    private static (MentionKind, string) KeyOf(Mention mention) =>
        (mention.Kind, mention.Kind == MentionKind.Address ? mention.Address.ToString()! : mention.Text);

    // What a person writes above a mail that he passes on is the charge; the words of that mail are its own.
    private static AbuseWords.Verdict? VerdictOf(ReportText text, Story story)
    {
        var whole = AbuseWords.Decide(text.Subject, text.Body);
        if (whole is null || story.Headers.Count == 0 || story.LogLines > 0 || story.FieldLines > 2)
            return whole;
        // Who passes a mail on keeps its subject.
        var isOwn = !text.Subject.Contains(':', StringComparison.Ordinal) && text.Subject.Length > 0
            && !text.Body.AsSpan(story.Headers[0].Start).Contains(text.Subject, StringComparison.OrdinalIgnoreCase);
        var above = AbuseWords.Decide(isOwn ? text.Subject : "", text.Body[..story.Headers[0].Start]);
        return above is { Score: > 0 } ? above with { Score = Math.Max(above.Score, whole.Score) } : whole;
    }

    private static AbuseType KindOf(AbuseWords.Verdict? verdict, Story story, bool hasMail)
    {
        if (verdict is null)
            return hasMail ? AbuseType.Spam
                : story.LogLines == 0 && story.Resources.Any(r => r is { First.Kind: MentionKind.Url, StandsOut: true } && r.Count(Part.Other) == 0)
                    && !story.Resources.Any(r => IsAddress(r) && r.Count(Part.Source) > 0) ? new AbuseType("content", "other", ObservationRole.Site)
                : story.Resources.Any(r => r.Count(Part.Site) > 0) ? new AbuseType("content", "other", ObservationRole.Site)
                : new AbuseType("connection", "other");
        // The words of attacks stand in headers too; a pasted mail is about mail unless more than a word says otherwise.
        return hasMail && verdict.Type.Category is "connection" or "vulnerability" or "infrastructure" && verdict.Score < 15 && story.LogLines == 0
            ? AbuseType.Spam
            : verdict.Type;
    }

    private static ReportFormat FormatOf(ReportText text, Story story, AbuseWords.Verdict? verdict, int originals, int traced)
    {
        if (text.Subject.StartsWith("[SpamCop", StringComparison.OrdinalIgnoreCase)
            || text.Body.AsSpan(0, Math.Min(text.Body.Length, 4_000)).Contains("[ SpamCop V", StringComparison.OrdinalIgnoreCase)
            || text.Body.Contains("[ Offending message ]", StringComparison.OrdinalIgnoreCase))
            return ReportFormat.SpamCop;
        if (originals > 0)
            return ReportFormat.ForwardedOriginal;
        if (traced > 0)
            return ReportFormat.QuotedHeader;
        if (verdict is { Type: { Category: "reputation", Type: "blocklist" } })
            return ReportFormat.BlocklistNotice;
        return story.LogLines > 0 ? ReportFormat.LogExcerpt : story.FieldLines >= 3 ? ReportFormat.FieldList : ReportFormat.FreeText;
    }

    private static void AddNamed(
        Story story, AbuseType kind, AbuseWords.Verdict? verdict, List<(OriginalMessage Message, bool IsQuoted)> messages, Findings findings,
        Func<Named, bool>? isWanted = null)
    {
        var hasMail = messages.Count > 0;
        var isSaid = story.Resources.Any(r => r.Address is not null && r.First.Kind != MentionKind.Url && !r.First.IsWeak
            && (r.IsInSubject || r.Count(Part.Source) + r.Count(Part.Site) > r.Count(Part.Victim)));
        var unsaid = story.Resources.Count(IsUnsaid);
        // A report that speaks of abuse accuses somebody: when its words say of nobody that he did it, all count of whom they say nothing.
        if (verdict is not null && !isSaid && unsaid <= UnsaidMax
            && !story.Resources.Any(r => IsUnsaid(r) && r.StandsOut) && !story.Resources.Any(r => !IsAddress(r) && r.Count(Part.Site) > 0))
            unsaid = 1;
        var unsaidHosts = story.Resources.Where(r => !IsAddress(r) && !r.IsInEvidence && r.Said.Keys.All(p => p == Part.Unsaid))
            .Select(r => r.First.Host).Distinct().Take(2).Count();
        var spokenSites = story.Resources.Any(r => r.Count(Part.Site) > 0 && !IsAddress(r));
        var spokenHosts = story.Resources
            .Where(r => (r.Count(Part.Site) > 0 || r.IsInSubject) && r.First.Kind != MentionKind.Mailbox && r.Count(Part.Victim) + r.Count(Part.Other) == 0)
            .Select(r => IsAddress(r) ? KeyOf(r.First).Item2 : r.First.Host).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // "192.0.2.0/24 was listed because of 192.0.2.7 and 192.0.2.9"
        var spokenBlocks = story.Resources.Where(r => r is { First.Kind: MentionKind.Prefix, IsInSubject: true })
            .Select(r => Net.AddressBlock.TryParse(r.First.Text, out var block) ? block : default).Where(b => b != default).ToList();
        foreach (var resource in story.Resources.Where(r => isWanted?.Invoke(r) != false))
        {
            var type = resource.Type ?? kind;
            var role = resource.Address is { } address && resource.Count(Part.Victim) == 0 && spokenBlocks.Exists(b => b.First <= address && address <= b.Last) ? ObservationRole.Source
                : IsAddress(resource) ? RoleOfAddress(resource, type, isSaid, unsaid, hasMail, spokenSites)
                : RoleOfName(resource, type, spokenSites, unsaidHosts == 1, spokenHosts);
            if (type.Category == "messaging" && role == ObservationRole.Site && !IsAddress(resource))
                type = new AbuseType("content", "spamvertised", ObservationRole.Site);
            var isUrl = resource.First.Kind == MentionKind.Url;
            findings.Add(new Observation
            {
                Category = type.Category,
                Type = type.Type,
                ReportedType = verdict?.Word ?? "",
                Role = role,
                Address = resource.Address,
                Port = resource.Port,
                Url = isUrl ? findings.Keep(resource.First.Text) : null,
                Domain = resource.First.Kind == MentionKind.Domain ? resource.First.Text : null,
                Mailbox = resource.First.Kind == MentionKind.Mailbox ? resource.First.Text : null,
                Block = resource.First.Kind == MentionKind.Prefix && Net.AddressBlock.TryParse(resource.First.Text, out var block) ? block : null,
                AlsoNamed = resource.First.Kind == MentionKind.Prefix ? [resource.First.Text] : [],
                Time = role is ObservationRole.Source && type.Category is "messaging" or "content" ? TimeOf(resource, messages) : resource.Time,
            });
        }
    }

    private static bool IsUnsaid(Named resource) =>
        IsAddress(resource) && !resource.First.IsWeak && resource.Said.Keys.All(p => p == Part.Unsaid);

    // "I got this from 192.0.2.7": when, the header of the message says.
    private static ReportedTime TimeOf(Named resource, List<(OriginalMessage Message, bool IsQuoted)> messages)
    {
        if (messages.Count == 0 || resource.Time.Confidence is TimeConfidence.Exact or TimeConfidence.NoZone || resource.Address is not { } address)
            return resource.Time;
        var hops = messages.SelectMany(m => m.Message.Hops).Where(h => h.Time.Utc is not null).ToList();
        var times = hops.Where(h => h.Address == address).Concat(hops).Select(h => h.Time).Append(messages[0].Message.Date);
        return times.FirstOrDefault(t => t.Utc is not null) ?? resource.Time;
    }

    // The messages complained about: attached, or their header in the text.
    private static List<(OriginalMessage Message, bool IsQuoted)> Messages(
        MailParts mail, List<MailPart> attached, List<QuotedHeader> quoted, Findings findings) =>
        [
            .. attached.Take(OriginalsMax).Select(p => (Evidence.FromPart(mail, p, findings), false)),
            .. quoted.Select(h => (h.ToOriginal(findings.Limits, findings), true)),
        ];

    private static bool IsAddress(Named resource) => resource.First.Kind is MentionKind.Address or MentionKind.Prefix;

    private static ObservationRole RoleOfAddress(Named resource, AbuseType type, bool isSaid, int unsaid, bool hasMail, bool spokenSites)
    {
        var (source, site, victim, other) =
            (resource.Count(Part.Source), resource.Count(Part.Site), resource.Count(Part.Victim), resource.Count(Part.Other));
        var isServing = spokenSites || site > 0 || source == 0;
        var accused = type.Role == ObservationRole.Site && !hasMail && isServing ? ObservationRole.Site : ObservationRole.Source;
        if (resource.IsInSubject && victim == 0)
            return accused;
        if (source + site > 0 || victim > 0)
            return victim > source + site ? ObservationRole.Victim
                : victim == source + site ? ObservationRole.Other
                : site > source && type.Role == ObservationRole.Site ? ObservationRole.Site
                : accused;
        if (other > 0 || resource.First.IsWeak || resource.IsInEvidence)
            return ObservationRole.Other;
        // A line or a field of its own says it as well as a word does. In a sentence it must be the only one.
        return (resource.StandsOut && !(isSaid && resource.IsOddlyLabelled)) || (!isSaid && unsaid == 1) ? accused : ObservationRole.Other;
    }

    private static ObservationRole RoleOfName(
        Named resource, AbuseType type, bool spokenSites, bool isOnlyHost, HashSet<string> spokenHosts)
    {
        if (resource.First.Kind == MentionKind.Mailbox)
            return resource.Count(Part.Victim) == 0 && (resource.Count(Part.Source) > 0 || (resource.StandsOut && type.Category is "messaging" or "content"))
                ? ObservationRole.Source
                : ObservationRole.Other;
        // In a report of an attack a name is that of the victim, or the one that the address has in the DNS.
        if (type.Category == "connection" && !resource.IsDefanged)
            return resource.Count(Part.Site) + resource.Count(Part.Victim) > 0 && resource.Count(Part.Other) == 0
                ? ObservationRole.Victim
                : ObservationRole.Other;
        if (resource.IsDefanged || (resource.IsInSubject && resource.Count(Part.Other) == 0))
            return ObservationRole.Site;
        var (site, victim, other) = (resource.Count(Part.Site), resource.Count(Part.Victim), resource.Count(Part.Other));
        // Pages of a site that is accused, or of its address.
        if (resource.First.Kind == MentionKind.Url && victim == 0 && KnownHosts.IsWithin(spokenHosts, resource.First.Host))
            return ObservationRole.Site;
        if (site + victim > 0 && other == 0)
            return site > victim ? ObservationRole.Site : victim > site ? ObservationRole.Victim : ObservationRole.Other;
        if (other > 0 || resource.IsInEvidence)
            return ObservationRole.Other;
        // What spam advertises has a line of its own.
        if (resource.StandsOut && type.Category == "messaging")
            return ObservationRole.Site;
        // "https://192.0.2.7:10443 is vulnerable"
        if (isOnlyHost && resource.Address is not null && !resource.First.IsWeak && type.Category is "vulnerability" or "infrastructure")
            return ObservationRole.Source;
        return (resource.StandsOut || isOnlyHost) && type.Role == ObservationRole.Site && !spokenSites ? ObservationRole.Site : ObservationRole.Other;
    }

    // The message itself, attached or by its pasted header: where it came from are candidates, except for those that the text states.
    private static (OriginalMessage? First, IReadOnlyList<string> Recipients) AddEvidence(
        List<(OriginalMessage Message, bool IsQuoted)> messages, AbuseType kind, AbuseWords.Verdict? verdict, Findings findings)
    {
        var stated = findings.Observations.Where(o => o.Address is not null && o.Role is ObservationRole.Source or ObservationRole.Site)
            .Select(o => o.Address!.Value).ToHashSet();
        OriginalMessage? first = null;
        var recipients = new List<string>();
        foreach (var (original, isQuoted) in messages)
        {
            first ??= original;
            var readers = Evidence.Recipients(original, findings.Limits).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (recipients.Count < 200)
                recipients.AddRange(readers);
            // Who advertises by spam need not be who sends it.
            if (kind.Type == "spamvertised")
                continue;
            var hops = isQuoted ? original.Hops : [.. original.Hops, .. Stated(original, findings.Limits)];
            var candidates = hops.Where(h => !stated.Contains(h.Address)).ToList();
            if (stated.Count > 0 && candidates.Count == 0)
                continue;
            var type = kind.Category is "messaging" or "content" ? kind : AbuseType.Spam;
            findings.Add(new Observation
            {
                Category = type.Category,
                Type = type.Type,
                ReportedType = verdict?.Word ?? "",
                Candidates = candidates,
                // Blackmail shows its reader's own mailbox as its sender.
                Mailbox = isQuoted && original.Author is { } author && !readers.Contains(author) ? author : null,
                Time = ReportedTime.Missing,
            });
        }

        return (first, [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    private static IEnumerable<Hop> Stated(OriginalMessage original, ReportLimits limits)
    {
        var head = MailParts.Read(original.Bytes[..Math.Min(original.Bytes.Length, limits.HeaderBytes)], limits).Root;
        return head.Headers.SelectMany(h => SenderStatement.Addresses(h.Field, h.Value)).Where(a => original.Hops.All(h => h.Address != a))
            .Distinct().Take(limits.Hops).Select(a => new Hop(a, null, ReportedTime.Missing));
    }

    // Whose links and mailboxes are contacts and not accusations. A big mail service's domain says nothing about who writes from it.
    private static HashSet<string> ReporterDomains(MailParts mail)
    {
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in (ReadOnlySpan<string>)["From", "Reply-To", "Sender", "Return-Path", "Errors-To", "Message-ID"])
            foreach (var value in mail.Root.AllHeaders(field).Take(3))
                foreach (var mailbox in Evidence.Mailboxes(value).Take(5))
                    if (PublicSuffixList.BuiltIn.OrganizationalDomain(mailbox[(mailbox.LastIndexOf('@') + 1)..].Trim('>')) is { Length: > 3 } domain
                        && !KnownHosts.IsPublicMailer(domain))
                        domains.Add(domain);
        return domains;
    }
}
