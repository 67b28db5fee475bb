using System.Diagnostics;
using Mailreeve.Network.Enforcement;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>From the decision to block until the kernel drops, with many blocks present; and how long it takes to start, and to repair. Needs root.</summary>
internal sealed class EnforcementBench(Dialect dialect, int blocks, int decisions)
{
    private const int Warm = 50;

    private static readonly NeverBlockEntry[] Never = [new(Prefix.Parse("192.0.2.1"), "the router"), new(Prefix.Parse("::1"), "loopback")];

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var network = NetworkNamespace.Make();
        await using var test = await TestDatabase.OpenAsync(dialect);
        var database = test.Database;
        // 10.0.0.0/8 for what is there, 11.0.0.0/8 for what comes.
        for (var at = 0; at < blocks; at += 10_000)
        {
            var some = Enumerable.Range(at, Math.Min(10_000, blocks - at)).Select(i => Block(i + 1, 0x0A00_0000u + (uint)(i * 7))).ToList();
            await database.WriteAsync(db => new BlockStore(db).PlaceAsync(some, stop), stop);
        }

        using var views = await LiveViews.LoadAsync(database, stop);
        using var watched = new Watched(network.In(NftablesBackEnd.TryOpen)!);
        var options = new EnforcementOptions { Node = "bench" };
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Cpu);
        using (var first = new Reconciler(watched, database, views, Never, options, new EnforcementFigures(), SystemClock.Instance, NullLogger.Instance))
            await first.StartAsync(stop);
        Console.WriteLine(
            $"cold start, {blocks} blocks, {dialect}: in force after {Ms(begun, watched.Replaced)} ms, read back after {Ms(begun, watched.ReadBack)} ms, rows written after {Ms(begun, Stopwatch.GetTimestamp())} ms; processor {(Cpu - cpu).TotalMilliseconds:0} ms");

        (begun, cpu) = (Stopwatch.GetTimestamp(), Cpu);
        using (var again = new Reconciler(watched, database, views, Never, options, new EnforcementFigures(), SystemClock.Instance, NullLogger.Instance))
            await again.StartAsync(stop);
        Console.WriteLine($"start with all of them in the kernel: {Ms(begun, watched.ReadBack)} ms to know it; processor {(Cpu - cpu).TotalMilliseconds:0} ms");

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var figures = new EnforcementFigures();
        using var reconciler = new Reconciler(watched, database, views, Never, options, figures, SystemClock.Instance, NullLogger.Instance);
        var running = reconciler.RunAsync(ending.Token);
        await Until(() => figures.Comparisons > 0);
        await MeasureDecisionsAsync(database, views, watched, stop);
        await MeasureRepairAsync(network, watched, figures);
        await ending.CancelAsync();
        await running.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task MeasureDecisionsAsync(Database database, LiveViews views, Watched watched, CancellationToken stop)
    {
        var committed = 0L;
        views.FollowBlocks(_ => committed = Stopwatch.GetTimestamp());
        List<double> whole = [], sinceCommit = [];
        for (var i = 0; i < Warm + decisions; i++)
        {
            var block = Block(blocks + 1 + i, 0x0B00_0000u + (uint)i);
            var before = watched.Applied;
            var begun = Stopwatch.GetTimestamp();
            await database.WriteAsync(db => new BlockStore(db).PlaceAsync([block], stop), stop);
            await Until(() => watched.Applied != before);
            if (i < Warm)
                continue;
            whole.Add(Stopwatch.GetElapsedTime(begun, watched.Applied).TotalMilliseconds);
            sinceCommit.Add(Stopwatch.GetElapsedTime(committed, watched.Applied).TotalMilliseconds);
        }

        Console.WriteLine($"decision to drop, {decisions} of them: {Quantiles(whole)}; of which since the commit: {Quantiles(sinceCommit)}");
    }

    private static async Task MeasureRepairAsync(NetworkNamespace network, Watched watched, EnforcementFigures figures)
    {
        var nft = Required.Program("nft", "nftables");
        foreach (var change in new[] { "flush ruleset", "flush set inet mailreeve all_4", "insert rule inet mailreeve deciding_4 accept" })
        {
            var (before, cpu) = (figures.Drift, Cpu);
            watched.Arm();
            var begun = Stopwatch.GetTimestamp();
            network.Run(nft, change);
            // It may also be found out without the kernel's word, when everything is compared just then.
            await Until(() => figures.Drift > before && Math.Max(watched.Replaced, watched.Applied) is var changed && changed > begun && watched.ReadBack > changed);
            var told = watched.Told > 0 ? Math.Min(watched.Told, watched.ReadBack) : begun;
            Console.WriteLine($"repair after '{change}': {Ms(told, watched.ReadBack)} ms from the kernel's word to the read-back; processor {(Cpu - cpu).TotalMilliseconds:0} ms");
        }
    }

    private static TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1);
    }

    private static string Quantiles(List<double> values)
    {
        values.Sort();
        return $"p50 {values[values.Count / 2]:0.00} ms, p99 {values[values.Count * 99 / 100]:0.00} ms, most {values[^1]:0.00} ms";
    }

    private static string Ms(long from, long to) => $"{Stopwatch.GetElapsedTime(from, to).TotalMilliseconds:0}";

    private static NewBlock Block(long id, uint address) => Some.Block with
    {
        Id = new BlockId(id),
        Prefix = Prefix.Single(new Address(Address.Parse("0.0.0.0").Bits + address)),
        StartsAt = SystemClock.Instance.GetCurrentInstant(),
        ExpiresAt = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(30),
    };

    /// <summary>Knows when what was done.</summary>
    private sealed class Watched(NftablesBackEnd filter) : IBlockBackEnd
    {
        private long applied;
        private long replaced;
        private long readBack;
        private long told;

        public long Applied => Volatile.Read(ref applied);

        public long Replaced => Volatile.Read(ref replaced);

        public long ReadBack => Volatile.Read(ref readBack);

        public long Told => Volatile.Read(ref told);

        /// <summary>From now on the first word of a foreign change counts.</summary>
        public void Arm() => Volatile.Write(ref told, 0);

        public string Name => filter.Name;

        public bool HoldsNever => filter.HoldsNever;

        public BlockReach ReachOf(BlockTarget block) => filter.ReachOf(block);

        public HashSet<EnforcedElement>? Read()
        {
            var read = filter.Read();
            Volatile.Write(ref readBack, Stopwatch.GetTimestamp());
            return read;
        }

        public bool TryApply(IReadOnlyCollection<EnforcedElement> removed, IReadOnlyCollection<EnforcedElement> added)
        {
            var done = filter.TryApply(removed, added);
            Volatile.Write(ref applied, Stopwatch.GetTimestamp());
            return done;
        }

        public void Replace(IReadOnlyCollection<EnforcedElement> elements)
        {
            filter.Replace(elements);
            Volatile.Write(ref replaced, Stopwatch.GetTimestamp());
        }

        public bool Has(EnforcedElement single) => filter.Has(single);

        public bool TryRenew(Duration lease) => filter.TryRenew(lease);

        public async Task ForeignChangeAsync(CancellationToken stop)
        {
            await filter.ForeignChangeAsync(stop);
            Interlocked.CompareExchange(ref told, Stopwatch.GetTimestamp(), 0);
        }

        public void Dispose() => filter.Dispose();
    }
}
