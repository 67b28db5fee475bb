using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>
/// Keeps one back end as the blocks say: at the start, when blocks change, begin or end, when somebody else has changed what is ours, and now and
/// then. Nothing counts as done before it was read back.
/// </summary>
/// <remarks>
/// One address more or less is a change of one element; everything else is a comparison of the whole, which makes what differs the same and
/// needs no memory of how it came to differ. So a process that is killed at any moment leaves nothing that the next one would not put right.
/// Rows are written after the fact: they say what is proven, and never what is only hoped for.
/// </remarks>
public sealed class Reconciler : IDisposable
{
    // As many single addresses are changed and read back one by one; of more, the whole is compared.
    private const int ChangesMax = 64;
    private const int RepairsMax = 3;

    // The lease is renewed long before its end; and the whole is compared although nothing is known to have changed.
    private const long RenewEveryMilliseconds = 60_000;
    private const long CompareEveryMilliseconds = 30_000;

    private readonly IBlockBackEnd backEnd;
    private readonly Database database;
    private readonly LiveViews views;
    private readonly DesiredBlocks desired;
    private readonly EnforcementOptions options;
    private readonly IClock clock;
    private readonly ILogger log;
    private readonly EnforcementFigures figures;
    private readonly EnforcementRecord record;
    private readonly ChangedBlocks changed;
    private readonly SemaphoreSlim wake = new(0, 1);
    private HashSet<EnforcedElement>? enforced;
    private BlockView seen = BlockView.Empty;

    /// <summary>For one back end, which stays the caller's to dispose of. From here on it is told which blocks change.</summary>
    public Reconciler(
        IBlockBackEnd backEnd, Database database, LiveViews views, IReadOnlyList<NeverBlockEntry> never, EnforcementOptions options,
        EnforcementFigures figures, IClock clock, ILogger log)
    {
        (this.backEnd, this.database, this.views, this.options, this.clock, this.log, this.figures) = (backEnd, database, views, options, clock, log, figures);
        desired = new DesiredBlocks(never);
        record = new EnforcementRecord(options.Node, backEnd, desired);
        // At the start all are looked at, so that it need not be told of them.
        changed = new ChangedBlocks(views, beginsWithAll: false, Wake);
    }

    /// <summary>Is told no more.</summary>
    public void Dispose()
    {
        changed.Dispose();
        wake.Dispose();
    }

    /// <summary>Works until stopped.</summary>
    /// <exception cref="EnforcementException">The back end fails; what is in force there stays until its lease is over.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await StartAsync(stop);
            await FollowAllAsync(stop);
        }
        catch (EnforcementException e)
        {
            // What waits says why, where it is looked for.
            var rows = record.Failed(views.Blocks, e.Message, clock.GetCurrentInstant());
            await database.WriteAsync(db => new EnforcementStore(db).RecordAsync(rows, stop), stop);
            throw;
        }
    }

    /// <summary>Makes everything as it should be, whatever is there, and records what is proven.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        // Before the blocks are looked at: what changes meanwhile is told once more.
        var ids = changed.Take(clock.GetCurrentInstant());
        Compare(isStart: true);
        if (!backEnd.TryRenew(options.Lease))
            Compare(isStart: true);
        record.Load(await database.ReadAsync(db => new EnforcementStore(db).StandingAsync(options.Node, backEnd.Name, stop), stop));
        await RecordAsync(seen.All.Select(b => b.Id).Concat(record.Standing).Concat(ids).ToHashSet(), isWhole: true, stop);
        log.Enforcing(backEnd.Name, figures.Elements);
    }

    /// <summary>Compares the whole with what should be, makes it the same, and records what is proven.</summary>
    public async Task CompareAsync(CancellationToken stop)
    {
        var ids = changed.Take(clock.GetCurrentInstant());
        Compare(isStart: false);
        await RecordAsync(ids, isWhole: true, stop);
    }

    /// <summary>Takes in which blocks have changed, begun or ended since.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        var ids = changed.Take(clock.GetCurrentInstant());
        if (ids.Count == 0)
            return;

        var before = seen;
        seen = views.Blocks;
        var prefixes = ids.SelectMany(id => new[] { before.Find(id)?.Prefix, seen.Find(id)?.Prefix }).OfType<Prefix>().Distinct().ToList();
        if (prefixes.Count > ChangesMax || !prefixes.TrueForAll(p => p.IsSingle) || !TryChange(prefixes))
            Compare(isStart: false);
        await RecordAsync(ids, isWhole: false, stop);
    }

    private async Task FollowAllAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var foreign = backEnd.ForeignChangeAsync(ending.Token);
        var told = wake.WaitAsync(options.Tick, ending.Token);
        var (comparedAt, renewedAt) = (Environment.TickCount64, Environment.TickCount64);
        try
        {
            while (true)
            {
                await Task.WhenAny(told, foreign);
                stop.ThrowIfCancellationRequested();
                if (told.IsCompleted)
                    told = wake.WaitAsync(options.Tick, ending.Token);
                var isForeign = foreign.IsCompleted;
                if (isForeign)
                {
                    await foreign;
                    foreign = backEnd.ForeignChangeAsync(ending.Token);
                }

                // These go by the kernel's time, which nobody sets: so does the lease.
                var isStranger = false;
                if (Environment.TickCount64 - renewedAt >= RenewEveryMilliseconds)
                {
                    isStranger = !backEnd.TryRenew(options.Lease);
                    renewedAt = Environment.TickCount64;
                }

                if (isForeign || isStranger || Environment.TickCount64 - comparedAt >= CompareEveryMilliseconds)
                {
                    await CompareAsync(stop);
                    comparedAt = Environment.TickCount64;
                }

                await FollowAsync(stop);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(foreign, told).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already told.
        }
    }

    private bool TryChange(List<Prefix> singles)
    {
        if (enforced is null)
            return false;
        var now = clock.GetCurrentInstant();
        List<EnforcedElement> removed = [], added = [];
        foreach (var single in singles)
        {
            var covering = seen.Covering(single.First).Where(b => backEnd.ReachOf(b).IsAny).ToList();
            foreach (var scope in Enum.GetValues<BlockScope>())
            {
                var element = new EnforcedElement(DesiredBlocks.ListOf(scope), single);
                if (desired.HasSingle(single.First, scope, covering, now) is { } wanted && wanted != enforced.Contains(element))
                    (wanted ? added : removed).Add(element);
            }
        }

        if (!backEnd.TryApply(removed, added) || !added.TrueForAll(backEnd.Has) || removed.Exists(backEnd.Has))
            return false;
        enforced.ExceptWith(removed);
        enforced.UnionWith(added);
        figures.Elements = enforced.Count;
        return true;
    }

    private void Compare(bool isStart)
    {
        seen = views.Blocks;
        var wanted = desired.At(seen.All.Where(b => backEnd.ReachOf(b).IsAny), clock.GetCurrentInstant(), backEnd.HoldsNever);
        for (var attempt = 0; ; attempt++)
        {
            var actual = backEnd.Read();
            if (attempt == 0 && !isStart)
                CountDrift(actual);
            if (actual is not null && actual.SetEquals(wanted))
                break;
            if (attempt == RepairsMax)
                throw new EnforcementException($"{backEnd.Name} was set right {RepairsMax} times, and still is not as it should be: does another program change it?");
            if (actual is null || !backEnd.TryApply([.. actual.Where(e => !wanted.Contains(e))], [.. wanted.Where(e => !actual.Contains(e))]))
                backEnd.Replace(wanted);
        }

        enforced = wanted;
        figures.Elements = wanted.Count;
        figures.Compared();
    }

    // What differs from what was proven last was not us.
    private void CountDrift(HashSet<EnforcedElement>? actual)
    {
        if (enforced is null)
            return;
        var drift = actual is null
            ? Math.Max(1, enforced.Count)
            : actual.Count(e => !enforced.Contains(e)) + enforced.Count(e => !actual.Contains(e));
        if (drift == 0)
            return;
        figures.Drifted(drift);
        log.Drifted(backEnd.Name, drift);
    }

    private async Task RecordAsync(IReadOnlySet<BlockId> ids, bool isWhole, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var rows = record.Proven(ids, seen, now);
        var node = isWhole
            ? new EnforcementNode { Node = options.Node, BackEnd = backEnd.Name, ComparedAt = now, Elements = figures.Elements, Drift = figures.Drift }
            : null;
        if (rows.Count > 0 || node is not null)
        {
            await database.WriteAsync(async db =>
            {
                var store = new EnforcementStore(db);
                await store.RecordAsync(rows, stop);
                if (node is not null)
                    await store.RecordAsync(node, stop);
            }, stop);
            record.Written(rows);
        }

        changed.Done();
    }
}
