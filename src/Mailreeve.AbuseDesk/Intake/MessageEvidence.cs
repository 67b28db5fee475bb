using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>Compares the message complained about with our own records of what was sent.</summary>
internal sealed class MessageEvidence(Provider provider, Directory directory, MailboxDirectory mailboxes, OwnRecords records)
{
    /// <summary>What they say about it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="mailbox">The sender according to the report itself; null when it names none.</param>
    /// <param name="now">The time.</param>
    public MessageFacts FactsOf(UnderstoodReport report, string? mailbox, Instant now) => new()
    {
        Logged = TracedIn(report.Clues, now) ?? LoggedAs(report),
        Signed = SignedBy(report),
        Sender = SenderOf(report, mailbox),
    };

    private LoggedMessage? TracedIn(Clues clues, Instant now)
    {
        if (clues.Trace is not { } trace || !records.ById.TryGetValue(trace.Id, out var submission))
            return null;
        LogMatch? match = TraceRules.Decide(TracedSubmission.FactsOf(trace, submission), now) switch
        {
            TraceVerdict.Genuine => LogMatch.Proven,
            TraceVerdict.GenuineChanged => LogMatch.Altered,
            TraceVerdict.GenuineHeader => LogMatch.Fits,
            TraceVerdict.Replayed => LogMatch.Contradicted,
            _ => null,
        };
        return match is { } m ? Logged(submission, AttributionBasis.Traced, m) : null;
    }

    // The best of those that bear one of its ids; a Message-ID may be that of many.
    private LoggedMessage? LoggedAs(UnderstoodReport report)
    {
        var clues = report.Clues;
        // A forged trace is one that says our id and lies: it does not become better by its id alone.
        var ids = clues.HandOvers.Select(h => h.Id).Where(id => clues.Trace?.Mark is null || id != clues.Trace.Id);
        var candidates = ids.Select(id => records.ById.GetValueOrDefault(id)).OfType<TracedSubmission>()
            .Concat(clues.MessageId is { } messageId ? records.ByMessageId[messageId] : [])
            .DistinctBy(s => s.Id);
        LoggedMessage? best = null;
        foreach (var submission in candidates)
        {
            if (LogRules.Decide(CluesTo(report, submission)) is { } match && (best is null || match < best.Match))
                best = Logged(submission, AttributionBasis.QueueId, match);
        }

        return best;
    }

    private static LogClues CluesTo(UnderstoodReport report, TracedSubmission submission)
    {
        var clues = report.Clues;
        var original = report.Reading.Original!;
        var handOver = clues.HandOvers.FirstOrDefault(h => h.Id == submission.TraceId);
        var time = handOver?.Time.Confidence == TimeConfidence.Exact ? handOver.Time.Utc : null;
        return new LogClues
        {
            HasQueueId = handOver is not null,
            SameMessageId = clues.MessageId is { } id ? id == submission.MessageId.Trim('<', '>') : null,
            SameAuthor = original.From is { Length: > 0 } ? submission.HeaderFrom.Equals(original.Author, StringComparison.OrdinalIgnoreCase) : null,
            SameClient = handOver?.Client is { } client ? client == submission.ClientAddress : null,
            SameTime = time is { } at ? IsNear(at, submission.At)
                // Date is when it was written; a message that waited in the sender's outbox is none the less that message.
                : original.Date.Utc is { } written && IsNear(written, submission.At) ? true : null,
            SameBody = clues.Body is { } body ? submission.HasBody(body) : null,
        };
    }

    private static bool IsNear(Instant a, Instant b) => (a > b ? a - b : b - a) <= LogRules.TimeTolerance;

    private static LoggedMessage Logged(TracedSubmission submission, AttributionBasis basis, LogMatch match) => new(
        submission.Id,
        submission.CustomerId,
        submission.Mailbox is { } mailbox
            ? new Resource(ResourceKind.Mailbox, mailbox)
            : new Resource(ResourceKind.Address, submission.ClientAddress.ToString()),
        basis,
        match,
        submission.At);

    private SignedMessage? SignedBy(UnderstoodReport report)
    {
        if (report.Clues.Signatures is not { } signatures || !signatures.Wanted.Any(records.Keys.ContainsKey))
            return null;
        // An end that has passed since takes nothing from the proof: it was signed.
        // Mail of a customer's domain is signed for that and for us: the one that names somebody is the better.
        SignedMessage? best = null;
        foreach (var verdict in signatures.Judge(AnswerFor, Instant.MinValue))
        {
            if (!verdict.Passes || verdict.IsPartial || verdict.Signature is not { } signature || !records.Keys.TryGetValue(signature.Key, out var key))
                continue;
            var author = report.Reading.Original!.Author ?? "";
            var resource = provider.Owns(key.Domain) && author.EndsWith($"@{key.Domain}", StringComparison.OrdinalIgnoreCase)
                ? new Resource(ResourceKind.Mailbox, author.ToLowerInvariant())
                : new Resource(ResourceKind.Domain, key.Domain);
            var signed = new SignedMessage(resource, key.Selector, key.RetiredAt is not null, CandidatesOf(resource), signature.SignedAt);
            if (best is null || best.Candidates.Count == 0)
                best = signed;
        }

        return best;
    }

    private DkimKeyAnswer AnswerFor(DkimKeyName name) =>
        records.Keys.TryGetValue(name, out var key)
            ? new DkimKeyAnswer.Found([DkimSigningKey.From(name, key.Algorithm, key.PrivateKey).RecordText])
            : new DkimKeyAnswer.Missing();

    private SenderFacts? SenderOf(UnderstoodReport report, string? mailbox)
    {
        foreach (var address in new[] { report.Reading.Original?.Author ?? "", mailbox ?? "" })
        {
            var at = address.LastIndexOf('@');
            if (at < 0 || address.Length > 320)
                continue;
            var domain = address[(at + 1)..].TrimEnd('.').ToLowerInvariant();
            var resource = mailboxes.Find(address) is { } own
                ? new Resource(ResourceKind.Mailbox, own.Address)
                : new Resource(ResourceKind.Domain, domain);
            var candidates = CandidatesOf(resource);
            if (candidates.Count > 0 || provider.Owns(domain))
                return new SenderFacts(resource, candidates, report.Clues.PassedDomains.Contains(domain));
        }

        return null;
    }

    private IReadOnlyList<Candidate> CandidatesOf(Resource resource)
    {
        if (resource.Kind == ResourceKind.Domain)
            return directory.CandidatesOf(resource.Name);
        if (mailboxes.Find(resource.Name) is not { } mailbox)
            return [];
        // A mailbox stays with its customer; what is closed is not given to another.
        var held = new Assignment { Id = 0, Customer = mailbox.CustomerId, ValidFrom = Instant.MinValue };
        return [new Candidate(held, directory.ChainIdsOf(mailbox.CustomerId))];
    }
}
