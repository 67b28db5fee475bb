using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>
/// What detections of our own addresses mean for cases (C5): who had the address is found out, and when enough was seen, a case is opened, goes on,
/// or is opened again. What may follow without a person, <see cref="DetectionRules"/> says; what does follow, the ladder of network abuse.
/// </summary>
public sealed class DetectionCaseClerk(Database database, CaseBooks books, Provider provider, LiveViews views, DetectionTerms terms, IClock clock) : IClerk
{
    private const long Batch = 200;

    // Clocks of sensors and access servers differ a little.
    private static readonly Duration Doubt = Duration.FromSeconds(30);

    // An attack that goes on is told again and again; its case hears of it once an hour.
    private static readonly Duration SaidAgainAfter = Duration.FromHours(1);

    /// <inheritdoc/>
    public string Name => "detection-cases";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var untold = await database.ReadAsync(db => new DetectionStore(db).UntoldAsync(ours: true, Batch, stop), stop);
        await WorkItems.EachAsync(
            [.. untold.GroupBy(d => d.Address)], rows => database.WriteAsync(db => TakeAsync(db, [.. rows], stop), stop));
        return untold.Count;
    }

    private async Task TakeAsync(DbSession db, IReadOnlyList<DetectionRow> rows, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var store = new DetectionStore(db);
        if (provider.IsServer(rows[0].Address))
        {
            await store.ToldAsync(rows, new DetectionOutcome("A mail server of ours: no customer's."), now, stop);
            return;
        }

        var records = await AddressRecords.FindAsync(db, [.. rows.Select(QuestionOf)], provider, null, stop);
        foreach (var theirs in rows.Select(r => (Row: r, Who: WhoRules.Decide(records.FactsOf(QuestionOf(r), views.Directory, provider)))).GroupBy(r => HolderOf(r.Who)))
        {
            IReadOnlyList<DetectionRow> same = [.. theirs.Select(t => t.Row)];
            if (theirs.Key is { } holder)
                await TakeAsync(db, same, holder, now, stop);
            else
                await store.ToldAsync(same, new DetectionOutcome($"It cannot be told whose it was. {theirs.First().Who.Why}"), now, stop);
        }
    }

    private static CustomerId? HolderOf(WhoAnswer who) =>
        who is { Verdict: AttributionVerdict.Certain or AttributionVerdict.Bounded, Chain: [var holder, ..] } ? holder : null;

    private async Task TakeAsync(DbSession db, IReadOnlyList<DetectionRow> rows, CustomerId holder, Instant now, CancellationToken stop)
    {
        var store = new DetectionStore(db);
        var address = rows[0].Address;
        var (direct, downstream) = views.Directory.AnswerableFor(holder);
        var known = await KnownAsync(db, direct, downstream, address, now, stop);
        // What somebody else did with the address before is not theirs; and their answer spoke to all that was seen before it.
        var since = now - terms.Window;
        var begun = known?.AnsweredAt ?? Instant.FromUnixTimeMilliseconds(0);
        var seen = (await store.SeenAsync(address, holder, since, begun, stop))
            .Concat(rows.Where(d => d.LastAt >= since && d.FirstAt >= begun).Select(d => d.Seen)).ToList();
        var verdict = DetectionRules.Judge(books.Policy.Terms.Trust, terms.TargetsAtLeast, seen);
        if (verdict.Sensors == 0)
        {
            var little = known?.AnsweredAt is null ? "Too little for a case." : $"Too little since the customer's answer in case {known.Id}.";
            await store.ToldAsync(rows, new DetectionOutcome(little, holder), now, stop);
            return;
        }

        var opening = new CaseEvent.Opened(
            direct, downstream, CaseKind.NetworkAbuse, new Resource(ResourceKind.Address, $"{address}"), DetectionRules.TypeOf(seen));
        var book = books.Open(db, now);
        var id = await book.TakeOrOpenAsync(known, opening, books.Policy.LadderOf(CaseKind.NetworkAbuse).Clause, stop);
        await TellAsync(db, book, id, known, verdict, seen, now, stop);
        await store.ToldAsync(rows, new DetectionOutcome($"Case {id}.", holder, id), now, stop);
        await book.SaveAsync(stop);
    }

    // An open one goes first. One that was resolved not long ago is still about the same thing, as long as the same customer has the address.
    private async Task<AbuseCase?> KnownAsync(DbSession db, CustomerId direct, CustomerId? downstream, Address address, Instant now, CancellationToken stop)
    {
        var store = new CaseStore(db);
        if ((await store.OpenAsync([direct], [$"{address}"], stop)).FirstOrDefault(c => c.Kind == CaseKind.NetworkAbuse) is { } open)
            return open;
        var resolved = await store.ResolvedAsync([direct], [$"{address}"], now - books.Policy.Terms.ReopenWithin.Value, stop);
        return resolved.FirstOrDefault(c => c.Kind == CaseKind.NetworkAbuse && c.AnsweredAt is not null && c.Downstream == downstream);
    }

    private async Task TellAsync(
        DbSession db, CaseBook book, CaseId id, AbuseCase? known, DetectionVerdict verdict, IReadOnlyList<Detection> seen, Instant now, CancellationToken stop)
    {
        var clause = books.Policy.LadderOf(CaseKind.NetworkAbuse).Clause;
        var earliest = seen.Min(d => d.FirstAt);
        var isSaid = known is not null && await WasSaidAsync(db, id, now - SaidAgainAfter, stop);
        var step = DetectionRules.StepOn(books.Policy, known, verdict, earliest, isSaid, now);
        if (step == DetectionStep.Keep)
            return;
        if (step == DetectionStep.Reopen)
            await book.ReopenAsync(id, earliest, clause, stop);
        var detected = new CaseEvent.Detected(verdict.Level, verdict.Points, DetectionWords.Of(verdict, seen))
        {
            WentOn = known?.AnsweredAt is not null && verdict.Level >= TrustLevel.Notice,
        };
        book.Record(id, detected, Actor.Policy, clause);
        await book.DecideAsync(id, new CaseFacts { SaysItWentOn = step == DetectionStep.AskToReopen }, stop);
    }

    private static async Task<bool> WasSaidAsync(DbSession db, CaseId id, Instant since, CancellationToken stop) =>
        (await new CaseStore(db).EventsAsync(id, stop)).Any(e => e.At > since && e.Happened is CaseEvent.Detected);

    private static WhoQuestion QuestionOf(DetectionRow row) =>
        new(row.Address, (int?)row.Port, new Interval(row.FirstAt - Doubt, row.LastAt + Doubt));
}
