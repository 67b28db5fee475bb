using System.Runtime.CompilerServices;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>
/// Runs the present reader over the kept originals and tells what it reads differently. With <c>apply</c>, what waits for a person is
/// given back to the intake; what made a case stays as it is, since customers were told of it.
/// </summary>
public static class ReportReparse
{
    private const long BatchReports = 200;
    private const long BatchBytes = 16 << 20;

    /// <summary>Reads the reports again, oldest first, and gives those that are read differently.</summary>
    /// <param name="database">Where they are.</param>
    /// <param name="filter">Which.</param>
    /// <param name="apply">Whether to give back what may be.</param>
    /// <param name="stop">Stops the work; what was given back by then stays so.</param>
    public static async IAsyncEnumerable<ReparsedReport> RunAsync(
        Database database, ReparseFilter filter, bool apply, [EnumeratorCancellation] CancellationToken stop)
    {
        var after = new ReportId(0);
        while (true)
        {
            var (kept, events) = await database.ReadAsync(async db =>
            {
                var store = new ReparseStore(db);
                var some = await store.ConcludedAsync(filter, after, BatchReports, BatchBytes, stop);
                return (some, await store.EventsAsync([.. some.Select(k => k.Id)], stop));
            }, stop);
            if (kept.Count == 0)
                yield break;

            var differing = kept.Select(k => ReparsedReport.Of(k, [.. events[k.Id]])).Where(r => r.Differs).ToList();
            var returned = apply ? await ReturnAsync(database, differing, stop) : [];
            foreach (var one in differing)
                yield return one with { IsReturned = returned.Contains(one.Id) };
            after = kept[^1].Id;
        }
    }

    private static async Task<HashSet<ReportId>> ReturnAsync(Database database, List<ReparsedReport> differing, CancellationToken stop)
    {
        var safe = differing.Where(r => r.MayBeReturned).Select(r => r.Id).ToList();
        return safe.Count == 0 ? [] : [.. await database.WriteAsync(db => new ReparseStore(db).ReturnAsync(safe, stop), stop)];
    }
}

/// <summary>A kept report, and what the present reader makes of it otherwise than the one that read it first.</summary>
public sealed record ReparsedReport
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>What became of it.</summary>
    public required ReportOutcome? Outcome { get; init; }

    /// <summary>The format it was read as.</summary>
    public required string FormatBefore { get; init; }

    /// <summary>The format it is read as now.</summary>
    public required string FormatNow { get; init; }

    /// <summary>Why a person has to read it now; <see langword="null"/> when none has.</summary>
    public required string? NeedsPersonNow { get; init; }

    /// <summary>Observations that differ.</summary>
    public required IReadOnlyList<ObservationChange> Changes { get; init; }

    /// <summary>It waits for a person and made no case, so that the intake may have it again.</summary>
    public required bool MayBeReturned { get; init; }

    /// <summary>The intake has it again.</summary>
    public bool IsReturned { get; init; }

    /// <summary>Whether anything is read differently.</summary>
    public bool Differs => FormatBefore != FormatNow || Changes.Count > 0;

    /// <summary>Compares what is stored of a report with what is read out of it now. Pure.</summary>
    public static ReparsedReport Of(KeptReport kept, IReadOnlyList<EventRow> events)
    {
        var reading = kept.Channel == ReportChannel.Api
            ? ReportReader.ReadJson(kept.Raw, ReportLimits.Default)
            : ReportReader.Read(kept.Raw, ReportLimits.Default);
        return new ReparsedReport
        {
            Id = kept.Id,
            Outcome = kept.Outcome,
            FormatBefore = kept.Format ?? ReportFormat.None.Name(),
            FormatNow = reading.Format.Name(),
            NeedsPersonNow = reading.NeedsPerson?.Detail,
            Changes = Compare([.. events.Select(ObservationFacts.Of)], [.. reading.Observations.Select(ObservationFacts.Of)]),
            MayBeReturned = kept.State == ReportState.NeedsPerson && events.All(e => e.CaseId is null),
        };
    }

    // What is on both sides goes first; of the rest, what names the same resource has changed, and what is left was added or removed.
    private static List<ObservationChange> Compare(IReadOnlyList<ObservationFacts> before, IReadOnlyList<ObservationFacts> now)
    {
        var counts = before.GroupBy(f => f).ToDictionary(g => g.Key, g => g.Count());
        List<ObservationFacts> added = [];
        foreach (var facts in now)
        {
            if (counts.GetValueOrDefault(facts) > 0)
                counts[facts]--;
            else
                added.Add(facts);
        }

        var removed = counts.SelectMany(c => Enumerable.Repeat(c.Key, c.Value)).GroupBy(f => f.Named).ToDictionary(g => g.Key, g => new Queue<ObservationFacts>(g));
        var changes = added.Select(f => new ObservationChange(removed.GetValueOrDefault(f.Named)?.TryDequeue(out var old) == true ? old : null, f)).ToList();
        changes.AddRange(removed.Values.SelectMany(q => q).Select(f => new ObservationChange(f, null)));
        return changes;
    }
}

/// <summary>One observation before and now.</summary>
/// <param name="Before">As it is stored; <see langword="null"/> when it is new.</param>
/// <param name="Now">As it is read now; <see langword="null"/> when it is no longer there.</param>
public sealed record ObservationChange(ObservationFacts? Before, ObservationFacts? Now);

/// <summary>What is stored of an observation, as far as the reader decides it.</summary>
/// <param name="Type">XARF v4 <c>category/type</c>.</param>
/// <param name="Role">source, site, victim, other.</param>
/// <param name="Named">Address, URL, domain and mailbox, as far as there are.</param>
/// <param name="Port">The source port.</param>
/// <param name="At">When it happened.</param>
/// <param name="Confidence">How far that may be trusted.</param>
public sealed record ObservationFacts(string Type, string Role, string Named, long? Port, Instant? At, string Confidence)
{
    internal static ObservationFacts Of(EventRow row) =>
        new(row.Type, row.Role, Name(row.Address, row.Url, row.Domain, row.Mailbox), row.Port, row.OccurredAt, row.TimeConfidence);

    internal static ObservationFacts Of(Observation o) => new(
        DbText.Clean($"{o.Category}/{o.Type}"), EnumText.Of(o.Role), Name(o.Address, o.Url, o.Domain, o.Mailbox), o.Port,
        // As far as the database keeps it.
        o.Time.Utc is { } utc ? Instant.FromUnixTimeMilliseconds(utc.ToUnixTimeMilliseconds()) : null, EnumText.Of(o.Time.Confidence));

    private static string Name(Address? address, string? url, string? domain, string? mailbox) =>
        DbText.Clean(string.Join(' ', new[] { address?.ToString(), url, domain, mailbox }.OfType<string>()));
}
