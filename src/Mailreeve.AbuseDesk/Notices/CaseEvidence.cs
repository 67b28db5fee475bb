using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>
/// What the accused customer may see of a report. It is derived each time from the report as received, which stays sealed: a better
/// redactor then helps old cases too. Pages, notices and downloads take what they show of a report from here and from nowhere else.
/// </summary>
public sealed class CaseEvidence(Provider provider, RedactionKey key)
{
    /// <summary>
    /// What we saw ourselves, where the case rests on that; else the redacted evidence of a case's first complaint, of the first that is proved if
    /// there is one. Empty when its report carried none.
    /// </summary>
    public async Task<string> OfCaseAsync(DbSession db, AbuseCase of, CancellationToken stop) =>
        await SeenByUsAsync(db, of, stop) is { Length: > 0 } seen ? seen
        : await AllOfCaseAsync(db, of, 1, stop) is [var first, ..] ? first.Evidence.Text : "";

    /// <summary>
    /// What we saw ourselves: of the relay test that proved the case, the last one of several, what was said and where it came out; what sensors
    /// detected; or what the mail servers of a domain said about its postmaster. Empty for nothing.
    /// </summary>
    public static Task<string> SeenByUsAsync(DbSession db, AbuseCase of, CancellationToken stop) => of.Kind switch
    {
        CaseKind.OpenRelay => RelayEvidence.OfCaseAsync(db, of, stop),
        CaseKind.NetworkAbuse => DetectionEvidence.OfCaseAsync(db, of, stop),
        CaseKind.Postmaster => PostmasterEvidence.OfCaseAsync(db, of, stop),
        _ => Task.FromResult(""),
    };

    /// <summary>The redacted evidence of a case's complaints, the proved ones first, each oldest first; those without any are in it with an empty text.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="of">The case.</param>
    /// <param name="limit">Of at most so many reports.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<ComplaintEvidence>> AllOfCaseAsync(DbSession db, AbuseCase of, int limit, CancellationToken stop)
    {
        var found = new List<ComplaintEvidence>();
        // A report may have several observations in one case; a few more rows than reports are enough for a page.
        foreach (var id in (await new EventStore(db).OfCaseProvedFirstAsync(of.Id, limit * 5L, stop)).Select(e => e.ReportId).Distinct().Take(limit))
            if (await ReadAsync(db, id, of.Resource.Name, stop) is { } report)
                found.Add(new ComplaintEvidence(report.ReceivedAt, report.Evidence()));
        return found;
    }

    /// <summary>Where something was seen, as the customer may see it: address and port, link or domain.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="of">The case.</param>
    /// <param name="rows">Observations of the case.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>One text for each, in their order; empty when nothing of it can be shown.</returns>
    public async Task<IReadOnlyList<string>> WhereSeenAsync(DbSession db, AbuseCase of, IReadOnlyList<EventRow> rows, CancellationToken stop)
    {
        var facts = new Dictionary<ReportId, RedactionFacts?>();
        var seen = new List<string>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Address is { } address)
            {
                seen.Add(row.Port is { } port ? $"{address} port {port}" : $"{address}");
                continue;
            }

            if (!facts.TryGetValue(row.ReportId, out var known))
                facts[row.ReportId] = known = (await ReadAsync(db, row.ReportId, of.Resource.Name, stop))?.Facts;
            seen.Add(known is not null && (row.Url ?? row.Domain) is { } where ? Redactor.Line(where, known) : "");
        }

        return seen;
    }

    /// <summary>What the accused may see of one report.</summary>
    /// <param name="raw">The report as received.</param>
    /// <param name="isJson">Whether it came as a document, and not as a mail.</param>
    /// <param name="envelopeFrom">Who handed it over; null or empty when nobody is known.</param>
    /// <param name="resource">What the case is about.</param>
    public RedactedEvidence Redact(byte[] raw, bool isJson, string? envelopeFrom, string resource) =>
        Read(raw, isJson, envelopeFrom, resource, default).Evidence();

    private async Task<SealedReport?> ReadAsync(DbSession db, ReportId id, string resource, CancellationToken stop)
    {
        var reports = new ReportStore(db);
        if (await reports.FindAsync(id, stop) is not { } row || await reports.RawAsync(id, stop) is not { } raw)
            return null;
        return Read(raw, row.Channel == ReportChannel.Api, row.EnvelopeFrom, resource, row.ReceivedAt);
    }

    private SealedReport Read(byte[] raw, bool isJson, string? envelopeFrom, string resource, Instant receivedAt)
    {
        var reading = isJson ? ReportReader.ReadJson(raw, ReportLimits.Default) : ReportReader.Read(raw, ReportLimits.Default);
        var marks = isJson ? new ReporterMarks() : ReporterMarks.Of(raw, ReportLimits.Default);
        var mailboxes = new[] { reading.Reporter?.Mailbox, reading.Sender?.Mailbox, envelopeFrom }.OfType<string>().Concat(marks.Mailboxes)
            .Where(m => m.Length > 0 && !provider.Owns(DomainOf(m))).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var hosts = mailboxes.Select(DomainOf)
            .Concat(new[] { reading.Reporter?.Domain, reading.Sender?.Domain }.OfType<string>())
            .Concat(marks.Hosts)
            .Where(h => h.Length > 0 && !provider.Owns(h) && !h.Equals(DomainOf(resource), StringComparison.OrdinalIgnoreCase));
        var facts = new RedactionFacts
        {
            Key = SaltFor(mailboxes.FirstOrDefault() ?? ""),
            ReporterMailboxes = mailboxes,
            ReporterNames = [.. new[] { reading.Reporter?.Organisation, reading.Sender?.Organisation }.OfType<string>().Concat(marks.Names).Distinct()],
            ReporterHosts = [.. hosts.Distinct(StringComparer.OrdinalIgnoreCase)],
            Recipients = reading.OriginalRecipients,
            OwnHosts = [provider.HostName, .. provider.Domains],
            KeepHeaders = [TraceMark.FieldName],
            Resource = resource,
        };
        return new SealedReport(raw, isJson, reading, facts, receivedAt);
    }

    // One salt for each reporter: a customer can tell the recipients of one reporter apart, and cannot follow one from reporter to reporter.
    private byte[] SaltFor(string reporter) =>
        HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"reporter {reporter.ToLowerInvariant()}"));

    private static string DomainOf(string mailbox) => mailbox[(mailbox.LastIndexOf('@') + 1)..];

    private sealed record SealedReport(byte[] Raw, bool IsJson, ReportReading Reading, RedactionFacts Facts, Instant ReceivedAt)
    {
        public RedactedEvidence Evidence() =>
            Reading.Original is { } original ? Redactor.Redact(original.Bytes, Facts) : ReportExcerpt.Of(Raw, IsJson, Facts);
    }
}

/// <summary>The redacted evidence of one complaint.</summary>
/// <param name="ReceivedAt">When we received it.</param>
/// <param name="Evidence">What may be seen of it.</param>
public sealed record ComplaintEvidence(Instant ReceivedAt, RedactedEvidence Evidence);

/// <summary>The secret of this installation with which recipients are hashed (RFC 6590 §2).</summary>
public sealed record RedactionKey(byte[] Bytes);

/// <summary>The secret of this installation that signs the bounce addresses of its notices.</summary>
public sealed record BounceKey(byte[] Bytes);
