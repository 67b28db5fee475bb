using System.Collections.Immutable;
using Mailreeve.Policy;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Live;

/// <summary>The read-mostly facts that every node keeps in memory, each an immutable snapshot that is swapped whole.</summary>
/// <remarks>
/// They follow the <c>change</c> table. A write on this node brings them up to date before it returns; those of other nodes, and of
/// the command line, arrive with <see cref="FollowAsync"/>.
/// </remarks>
public sealed class LiveViews : IDisposable
{
    // SQLite tells nobody; a look is a read of one row that is not there, and a block placed by command must not wait for a second.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SqlitePollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Database database;
    private readonly SemaphoreSlim turn = new(1, 1);
    private ImmutableArray<Action<IReadOnlyList<BlockId>>> blockFollowers = [];
    private ImmutableArray<Action> nameFollowers = [];
    private long seen;

    private LiveViews(Database database) => this.database = database;

    /// <summary>Blocks in force.</summary>
    public BlockView Blocks { get; private set; } = BlockView.Empty;

    /// <summary>Customers and what is theirs.</summary>
    public Directory Directory { get; private set; } = Directory.Empty;

    /// <summary>Mailboxes, their addresses and the mail domains of customers.</summary>
    public MailboxDirectory Mailboxes { get; private set; } = MailboxDirectory.Empty;

    /// <summary>What outgoing mail is signed with.</summary>
    public SigningKeys SigningKeys { get; private set; } = SigningKeys.Empty;

    /// <summary>Open holds on what customers send.</summary>
    public HoldView Holds { get; private set; } = HoldView.Empty;

    /// <summary>Mailboxes and services that are suspended by a block.</summary>
    public ServiceBlockView ServiceBlocks { get; private set; } = ServiceBlockView.Empty;

    /// <summary>Names that are blocked, with everything below them, of any time; by name.</summary>
    public IReadOnlyList<NameBlockRow> Names { get; private set; } = [];

    /// <summary>Loads the views and makes the database keep them up to date.</summary>
    public static async Task<LiveViews> LoadAsync(Database database, CancellationToken stop)
    {
        var views = new LiveViews(database);
        await views.LoadAsync(stop);
        database.Views = views;
        // Whoever wrote between the two could not tell us.
        await views.CatchUpAsync(stop);
        return views;
    }

    /// <summary>Asks to be told which blocks have changed, each time after <see cref="Blocks"/> has.</summary>
    /// <param name="tell">Must not wait: whoever wrote the change does.</param>
    public void FollowBlocks(Action<IReadOnlyList<BlockId>> tell) =>
        ImmutableInterlocked.Update(ref blockFollowers, static (followers, tell) => followers.Add(tell), tell);

    /// <summary>Ends what <see cref="FollowBlocks"/> began.</summary>
    public void UnfollowBlocks(Action<IReadOnlyList<BlockId>> tell) =>
        ImmutableInterlocked.Update(ref blockFollowers, static (followers, tell) => followers.Remove(tell), tell);

    /// <summary>Asks to be told that blocked names have changed, each time after <see cref="Names"/> has.</summary>
    /// <param name="tell">Must not wait: whoever wrote the change does.</param>
    public void FollowNames(Action tell) => ImmutableInterlocked.Update(ref nameFollowers, static (followers, tell) => followers.Add(tell), tell);

    /// <summary>Ends what <see cref="FollowNames"/> began.</summary>
    public void UnfollowNames(Action tell) => ImmutableInterlocked.Update(ref nameFollowers, static (followers, tell) => followers.Remove(tell), tell);

    /// <summary>Takes in what was committed since the last time.</summary>
    public async Task CatchUpAsync(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            await database.ReadAsync(async db =>
            {
                var changes = await db.QueryAsync<Change>("""
                    SELECT seq, kind, key
                    FROM   change
                    WHERE  seq > @seen
                    ORDER  BY seq
                    """, new { seen }, stop);
                await TakeInAsync(db, changes, stop);
                return true;
            }, stop);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Follows what other processes commit, until stopped: by notification on PostgreSQL, and by looking every second, on SQLite 20 times a second.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        using var stopBoth = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var listening = database is PostgreSqlDatabase server ? server.ListenAsync(() => CatchUpAsync(stop), stopBoth.Token) : Task.CompletedTask;
        try
        {
            using var timer = new PeriodicTimer(database is PostgreSqlDatabase ? PollInterval : SqlitePollInterval);
            while (await timer.WaitForNextTickAsync(stop))
                await CatchUpAsync(stop);
        }
        finally
        {
            await stopBoth.CancelAsync();
            await listening.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private Task<bool> LoadAsync(CancellationToken stop) =>
        database.ReadAsync(async db =>
        {
            // The number first: what is committed while we load is then taken in a second time, which does no harm.
            seen = await db.SingleAsync<long>("SELECT COALESCE(MAX(seq), 0) FROM change", null, stop);
            Blocks = BlockView.From(await new BlockStore(db).InForceAsync(stop));
            Directory = await new CustomerStore(db).DirectoryAsync(stop);
            Mailboxes = await new MailboxViewStore(db).AllAsync(stop);
            SigningKeys = await SigningKeys.LoadAsync(db, stop);
            Holds = HoldView.From(await new SendingHoldStore(db).OpenAsync(stop));
            Names = await new NameBlockStore(db).InForceAsync(stop);
            ServiceBlocks = new ServiceBlockView(await new ServiceBlockStore(db).InForceAsync(stop));
            return true;
        }, stop);

    private async Task TakeInAsync(DbSession db, IReadOnlyList<Change> changes, CancellationToken stop)
    {
        if (changes.Count == 0)
            return;

        await TakeInBlocksAsync(db, changes, stop);
        if (changes.Any(c => c.Kind == ChangeKind.Directory))
            Directory = await new CustomerStore(db).DirectoryAsync(stop);
        // Few are open at any time: a person is to look at each.
        if (changes.Any(c => c.Kind == ChangeKind.Hold))
            Holds = HoldView.From(await new SendingHoldStore(db).OpenAsync(stop));
        if (changes.Any(c => c.Kind == ChangeKind.ServiceBlock))
            ServiceBlocks = new ServiceBlockView(await new ServiceBlockStore(db).InForceAsync(stop));
        if (changes.Any(c => c.Kind == ChangeKind.NameBlock))
        {
            Names = await new NameBlockStore(db).InForceAsync(stop);
            foreach (var tell in nameFollowers)
                tell();
        }

        await TakeInMailboxesAsync(db, changes, stop);
        if (changes.Any(c => c.Kind == ChangeKind.SigningKey))
            SigningKeys = await SigningKeys.LoadAsync(db, stop);
        seen = changes[^1].Seq;
    }

    private async Task TakeInBlocksAsync(DbSession db, IReadOnlyList<Change> changes, CancellationToken stop)
    {
        var changed = changes.Where(c => c.Kind == ChangeKind.Block).Select(c => new BlockId(c.Key)).Distinct().ToList();
        if (changed.Count == 0)
            return;
        var blocks = Blocks;
        foreach (var some in changed.Chunk(DbSession.ListMax))
        {
            var inForce = (await new BlockStore(db).InForceAsync(some, stop)).ToDictionary(b => b.Id);
            foreach (var id in some)
                blocks = blocks.With(id, inForce.GetValueOrDefault(id));
        }

        Blocks = blocks;
        foreach (var tell in blockFollowers)
            tell(changed);
    }

    private async Task TakeInMailboxesAsync(DbSession db, IReadOnlyList<Change> changes, CancellationToken stop)
    {
        var mailboxes = Mailboxes;
        foreach (var id in changes.Where(c => c.Kind == ChangeKind.Mailbox).Select(c => new MailboxId(c.Key)).Distinct())
            mailboxes = mailboxes.With(id, await new MailboxViewStore(db).FindAsync(id, stop));
        if (changes.Any(c => c.Kind == ChangeKind.MailDomain))
            mailboxes = mailboxes.WithDomains(await new MailDomainStore(db).AllAsync(stop));
        Mailboxes = mailboxes;
    }

    private sealed record Change
    {
        public required long Seq { get; init; }

        public required ChangeKind Kind { get; init; }

        public required long Key { get; init; }
    }
}
