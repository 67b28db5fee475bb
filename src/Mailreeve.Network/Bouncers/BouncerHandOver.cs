using System.Collections.Concurrent;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Bouncers;

/// <summary>
/// Works out what is new for a bouncer, and writes that down before it is told. What a bouncer was told is in the database, so neither a
/// restart of ours nor a bouncer that was away loses anything.
/// </summary>
/// <param name="database">Where it is written down.</param>
/// <param name="views">Has the blocks.</param>
/// <param name="never">What is never blocked: bouncers are not told of it.</param>
/// <param name="clock">The time.</param>
public sealed class BouncerHandOver(Database database, LiveViews views, IReadOnlyList<NeverBlockEntry> never, IClock clock)
{
    // Who has lost entries, because somebody emptied its packet filter, has them again so soon. No bouncer notices by itself.
    private static readonly Duration WholeEvery = Duration.FromMinutes(10);

    private const int NeverTellings = 3;
    private const int AttemptsMax = 5;
    private const int ClientLengthMax = 200;

    private readonly DesiredBlocks desired = new(never);
    private readonly string neverText = string.Join(' ', never.Select(n => n.Prefix).Distinct().OrderBy(p => p.First).ThenBy(p => p.Length));
    private readonly ConcurrentDictionary<long, Known> bouncers = new();
    private WantedEntries? wanted;

    /// <summary>What should be the entries of every bouncer now.</summary>
    internal WantedEntries Wanted()
    {
        var (blocks, now) = (views.Blocks, clock.GetCurrentInstant());
        if (Volatile.Read(ref wanted) is { } kept && kept.IsOf(blocks, now))
            return kept;
        var made = new WantedEntries(blocks, desired, now);
        Volatile.Write(ref wanted, made);
        return made;
    }

    /// <summary>What is new for a bouncer; on disk when this returns.</summary>
    /// <param name="bouncer">The bouncer.</param>
    /// <param name="isStart">Whether it says that it begins with nothing.</param>
    /// <param name="takesRanges">Whether it takes prefixes.</param>
    /// <param name="client">What it calls itself.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Null when it was removed meanwhile, or others answer for it all the time.</returns>
    public async Task<BouncerNews<BlockEntry>?> PullAsync(BouncerRow bouncer, bool isStart, bool takesRanges, string? client, CancellationToken stop)
    {
        var known = bouncers.GetOrAdd(bouncer.Id, static _ => new Known());
        await known.Turn.WaitAsync(stop);
        try
        {
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                if (known.Pulls != bouncer.Pulls)
                {
                    var since = bouncer.RepeatFrom ?? Instant.MinValue;
                    known.Load(await database.ReadAsync(db => new BouncerStore(db).ToldAsync(bouncer.Name, since, stop), stop), bouncer.Pulls);
                }

                if (await TryPullAsync(bouncer, known, isStart, takesRanges, Shortened(client), stop) is { } news)
                    return news;
                known.Pulls = -1;
                if (await database.ReadAsync(db => new BouncerStore(db).FindAsync(bouncer.Id, stop), stop) is not { } again)
                    return null;
                bouncer = again;
            }

            return null;
        }
        finally
        {
            known.Turn.Release();
        }
    }

    private async Task<BouncerNews<BlockEntry>?> TryPullAsync(
        BouncerRow bouncer, Known known, bool isStart, bool takesRanges, string? client, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var should = Wanted();
        var entries = should.Entries(takesRanges);
        // The clock may have been set back.
        var isWhole = isStart || bouncer.WholeAt is not { } wholeAt || now - wholeAt >= WholeEvery || wholeAt > now;
        var isOtherNever = bouncer.Never != neverText;
        var news = !isWhole && !isOtherNever && known.IsSettled(should, takesRanges, bouncer.RepeatFrom)
            ? new BouncerNews<BlockEntry>([], [])
            : BouncerRules.Decide(
                entries,
                new ToldBouncer(
                    isOtherNever ? new DesiredBlocks(NeverOf(bouncer.Never)) : desired, known.Told(bouncer.RepeatFrom, should, now), bouncer.RepeatFrom, takesRanges),
                isWhole);
        var rows = known.Changes(should, desired, takesRanges, bouncer.Name, now);
        var isNeverDone = !isOtherNever || bouncer.NeverTold + 1 >= NeverTellings || bouncer.PulledAt is null;
        var pull = new BouncerPull(bouncer, now, client, entries.Count)
        {
            // What is told now or was told the last time is told again the next time.
            RepeatFrom = bouncer.PulledAt,
            WholeAt = isWhole ? now : bouncer.WholeAt,
            Never = isNeverDone ? neverText : bouncer.Never,
            NeverTold = isNeverDone ? 0 : bouncer.NeverTold + 1,
        };
        if (!await database.WriteAsync(db => new BouncerStore(db).TryRecordAsync(pull, rows, stop), stop))
            return null;
        known.Written(rows, should, takesRanges, bouncer.Pulls + 1);
        return news;
    }

    private static IEnumerable<NeverBlockEntry> NeverOf(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => new NeverBlockEntry(Prefix.Parse(p), ""));

    private static string? Shortened(string? client) => client is { Length: > ClientLengthMax } ? client[..ClientLengthMax] : client;

    // What one bouncer was told, as it is in the database. Used by one request at a time.
    private sealed class Known
    {
        private const string PortOnly = "A bouncer stops all traffic or none.";
        private const string TooWide = "It takes no ranges, and this one has too many addresses to list: see 'mailreeve bouncer add --takes-ranges'.";
        private const string NeverBlocked = "All of it is on the never-block list: it stops nothing.";
        private const string TakenBack = "It was told that it is over, and proves nothing.";

        private readonly Dictionary<BlockId, EnforcementState> states = [];
        private readonly Dictionary<BlockId, ToldBlock> told = [];
        private WantedEntries? toldOf;
        private bool toldRanges;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public long Pulls { get; set; } = -1;

        public void Load(IEnumerable<(EnforcementState State, ToldBlock Block)> rows, long pulls)
        {
            states.Clear();
            told.Clear();
            foreach (var (state, block) in rows)
            {
                if (state != EnforcementState.Removed)
                    states[block.Id] = state;
                if (state is EnforcementState.HandedOver or EnforcementState.Removed)
                    told[block.Id] = block;
            }

            (Pulls, toldOf) = (pulls, null);
        }

        // Nothing has changed since the last answer, and nothing is to be said again.
        public bool IsSettled(WantedEntries should, bool takesRanges, Instant? repeatFrom) =>
            ReferenceEquals(should, toldOf) && toldRanges == takesRanges && repeatFrom is { } from && told.Values.All(b => !b.IsTakenBack && b.ToldAt < from);

        // Those that are over count as taken back, for they will be with this answer.
        public IReadOnlyCollection<ToldBlock> Told(Instant? repeatFrom, WantedEntries should, Instant now)
        {
            foreach (var old in told.Values.Where(b => b.IsTakenBack && b.ToldAt < repeatFrom).ToList())
                told.Remove(old.Id);
            return [.. told.Values.Select(b => should.Blocks.Find(b.Id)?.IsInForce(now) == true ? b : b with { IsTakenBack = true })];
        }

        public List<EnforcementRow> Changes(WantedEntries should, DesiredBlocks desired, bool takesRanges, string name, Instant now)
        {
            var rows = new List<EnforcementRow>();
            if (ReferenceEquals(should, toldOf) && toldRanges == takesRanges)
                return rows;
            var inForce = new HashSet<BlockId>(should.InForce.Count);
            foreach (var block in should.InForce)
            {
                inForce.Add(block.Id);
                var (state, detail) = StateOf(block, desired, takesRanges);
                // One that was prolonged is told like a new one, or its old end would be news in each answer.
                if (!states.TryGetValue(block.Id, out var before) || before != state
                    || (state == EnforcementState.HandedOver && told.TryGetValue(block.Id, out var was) && was.ExpiresAt != block.ExpiresAt))
                    rows.Add(Row(block.Id, state, detail));
            }

            rows.AddRange(states.Keys.Where(id => !inForce.Contains(id)).Select(id => Row(id, EnforcementState.Removed, told.ContainsKey(id) ? TakenBack : null)));
            return rows;

            EnforcementRow Row(BlockId id, EnforcementState state, string? detail) =>
                new() { BlockId = id, Node = name, BackEnd = BouncerStore.BackEnd, State = state, Since = now, Detail = detail };
        }

        public void Written(List<EnforcementRow> rows, WantedEntries should, bool takesRanges, long pulls)
        {
            foreach (var row in rows)
            {
                if (row.State == EnforcementState.Removed)
                    states.Remove(row.BlockId);
                else
                    states[row.BlockId] = row.State;
                if (row.State == EnforcementState.HandedOver && should.Blocks.Find(row.BlockId) is { } block)
                    told[row.BlockId] = ToldOf(block, row.Since);
                else if (told.TryGetValue(row.BlockId, out var over))
                    told[row.BlockId] = over with { ToldAt = row.Since, IsTakenBack = true };
            }

            (toldOf, toldRanges, Pulls) = (should, takesRanges, pulls);
        }

        private static (EnforcementState State, string? Detail) StateOf(BlockEntry block, DesiredBlocks desired, bool takesRanges)
        {
            if (block.Scope != BlockScope.All)
                return (EnforcementState.Pending, PortOnly);
            if (desired.IsNever(block.Prefix))
                return (EnforcementState.Pending, NeverBlocked);
            return BouncerEntries.CanTake(desired, block, takesRanges) ? (EnforcementState.HandedOver, null) : (EnforcementState.Pending, TooWide);
        }

        private static ToldBlock ToldOf(BlockEntry block, Instant at) => new()
        {
            Id = block.Id,
            Clause = block.Clause,
            Scope = block.Scope,
            Prefix = block.Prefix,
            StartsAt = block.StartsAt,
            ExpiresAt = block.ExpiresAt,
            ToldAt = at,
        };
    }
}
