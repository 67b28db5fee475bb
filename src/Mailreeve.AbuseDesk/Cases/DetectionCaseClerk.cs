using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>
/// What detections of our own addresses mean for cases (C5): who had the address is found out, and when enough was seen, a case is opened or goes
/// on. What may follow without a person, <see cref="DetectionRules"/> says; what does follow, the ladder of network abuse.
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
                await TakeAsync(db, same, holder, views.Directory.ChainIdsOf(holder)[^1], now, stop);
            else
                await store.ToldAsync(same, new DetectionOutcome($"It cannot be told whose it was. {theirs.First().Who.Why}"), now, stop);
        }
    }

    private static CustomerId? HolderOf(WhoAnswer who) =>
        who is { Verdict: AttributionVerdict.Certain or AttributionVerdict.Bounded, Chain: [var holder, ..] } ? holder : null;

    private async Task TakeAsync(DbSession db, IReadOnlyList<DetectionRow> rows, CustomerId holder, CustomerId direct, Instant now, CancellationToken stop)
    {
        var store = new DetectionStore(db);
        var address = rows[0].Address;
        // What somebody else did with the address before is not theirs.
        var since = now - terms.Window;
        var seen = (await store.SeenAsync(address, holder, since, stop)).Concat(rows.Where(d => d.LastAt >= since).Select(d => d.Seen)).ToList();
        var verdict = DetectionRules.Judge(books.Policy.Terms.Trust, terms.TargetsAtLeast, seen);
        if (verdict.Sensors == 0)
        {
            await store.ToldAsync(rows, new DetectionOutcome("Too little for a case.", holder), now, stop);
            return;
        }

        var clause = books.Policy.LadderOf(CaseKind.NetworkAbuse).Clause;
        var book = books.Open(db, now);
        var open = (await new CaseStore(db).OpenAsync([direct], [$"{address}"], stop)).FirstOrDefault(c => c.Kind == CaseKind.NetworkAbuse);
        var id = await book.TakeOrOpenAsync(
            open,
            new CaseEvent.Opened(
                direct, direct == holder ? null : holder, CaseKind.NetworkAbuse, new Resource(ResourceKind.Address, $"{address}"), DetectionRules.TypeOf(seen)),
            clause, stop);
        if (open is null || verdict.Level > open.Trust || !await WasSaidAsync(db, id, now - SaidAgainAfter, stop))
        {
            book.Record(id, new CaseEvent.Detected(verdict.Level, verdict.Points, DetectionWords.Of(verdict, seen)), Actor.Policy, clause);
            await book.DecideAsync(id, new CaseFacts(), stop);
        }

        await store.ToldAsync(rows, new DetectionOutcome($"Case {id}.", holder, id), now, stop);
        await book.SaveAsync(stop);
    }

    private static async Task<bool> WasSaidAsync(DbSession db, CaseId id, Instant since, CancellationToken stop) =>
        (await new CaseStore(db).EventsAsync(id, stop)).Any(e => e.At > since && e.Happened is CaseEvent.Detected);

    private static WhoQuestion QuestionOf(DetectionRow row) =>
        new(row.Address, (int?)row.Port, new Interval(row.FirstAt - Doubt, row.LastAt + Doubt));
}
