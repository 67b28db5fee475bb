using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Webhooks;

/// <summary>Tells webhooks of blocks that begin and end, until each has said that it is so.</summary>
/// <remarks>
/// What one is to be told is a row, written before it is told; so a restart tells it again at most. It is told by one request that says all,
/// and asked again ever more rarely while it says something else or nothing.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="views">Has the blocks and the customers.</param>
/// <param name="webhooks">Whom to tell.</param>
/// <param name="clock">The time.</param>
public sealed class WebhookClerk(Database database, LiveViews views, IReadOnlyList<Webhook> webhooks, IClock clock) : IClerk, IDisposable
{
    private const long AtOnce = 16;

    // A removal is not asked for any longer than that: for some four days.
    private const long RemovalAttemptsMax = 100;

    private static readonly Duration AgainFirst = Duration.FromSeconds(5);
    private static readonly Duration AgainMax = Duration.FromHours(1);

    private readonly ChangedBlocks changed = new(views, beginsWithAll: true);
    private readonly WebhookCaller caller = new();
    private bool hasBegun;

    /// <inheritdoc/>
    public string Name => "webhooks";

    /// <inheritdoc/>
    public void Dispose()
    {
        changed.Dispose();
        caller.Dispose();
    }

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop) => await OrderAsync(stop) + await TellAsync(stop);

    private async Task<int> OrderAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var ids = changed.Take(now);
        if (ids.Count == 0 && hasBegun)
            return 0;
        // At the start also those that have ended while nobody was there, which no view has.
        var standing = await database.ReadAsync(db => hasBegun ? new WebhookStore(db).StandingAsync(ids, stop) : new WebhookStore(db).StandingAsync(stop), stop);
        var over = standing.Where(o => views.Blocks.Find(o.BlockId)?.IsInForce(now) != true).ToList();
        var begun = ids.Select(views.Blocks.Find).OfType<BlockEntry>().Where(b => b.IsInForce(now)).ToList();
        var written = await database.WriteAsync(async db =>
        {
            var store = new WebhookStore(db);
            var services = (await new CustomerStore(db).AllServicesAsync(stop)).Where(s => s.State != ServiceState.Ended).ToLookup(s => s.Customer);
            var orders = new List<WebhookOrder>();
            foreach (var webhook in webhooks)
            {
                orders.AddRange(begun.Where(b => Concerns(webhook, b.Prefix, services, now)).Select(b => new WebhookOrder { Webhook = webhook.Name, BlockId = b.Id, IsBlock = 1, Attempts = 0, NextAt = now }));
            }

            var added = await store.AddAsync(orders, stop);
            await store.SaveAsync([.. over.Select(o => o with { IsBlock = 0, Attempts = 0, NextAt = now })], stop);
            await new EnforcementStore(db).RecordAsync([.. over.Select(o => RowOf(o, EnforcementState.Removing, null, null, now))], stop);
            return added + over.Count;
        }, stop);
        hasBegun = true;
        changed.Done();
        return written;
    }

    private async Task<int> TellAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var names = webhooks.Select(w => w.Name).ToArray();
        var due = await database.ReadAsync(db => new WebhookStore(db).DueAsync(names, now, AtOnce, stop), stop);
        if (due.Count == 0)
            return 0;
        var messages = await database.ReadAsync(db => MessagesAsync(db, due, now, stop), stop);
        var answers = await Task.WhenAll(due.Zip(messages).Select(d => caller.TellAsync(WebhookOf(d.First), d.Second, now, stop)));
        var outcomes = due.Zip(answers).Select(d => OutcomeOf(d.First, d.Second, now)).ToList();
        await database.WriteAsync(async db =>
        {
            // A block that has ended meanwhile is a matter of the next round.
            await new WebhookStore(db).SaveAsync([.. outcomes.Select(o => o.Order)], stop);
            await new EnforcementStore(db).RecordAsync([.. outcomes.Select(o => o.Row)], stop);
        }, stop);
        return due.Count;
    }

    private async Task<List<WebhookMessage>> MessagesAsync(DbSession db, IReadOnlyList<WebhookOrder> due, Instant now, CancellationToken stop)
    {
        var messages = new List<WebhookMessage>();
        foreach (var order in due)
        {
            var block = await new BlockStore(db).FindAsync(order.BlockId, stop) ?? throw new InvalidOperationException($"Block {order.BlockId.Value} is gone.");
            var customers = HoldersOf(block.Prefix, now);
            var services = new List<Service>();
            foreach (var customer in customers)
                services.AddRange((await new CustomerStore(db).ServicesOfAsync(customer, stop)).Where(s => s.State != ServiceState.Ended && WebhookOf(order).Services.Contains(s.Kind)));
            messages.Add(new WebhookMessage(block, order.IsBlock != 0, [.. customers.Select(views.Directory.Find).OfType<CustomerFact>().Select(c => c.RegNumber)], services));
        }

        return messages;
    }

    private static (WebhookOrder Order, EnforcementRow Row) OutcomeOf(WebhookOrder order, WebhookAnswer answer, Instant now)
    {
        var isBlock = order.IsBlock != 0;
        var attempts = order.Attempts + 1;
        if (answer.State == (isBlock ? "active" : "removed"))
            return (order with { Attempts = attempts, NextAt = null }, RowOf(order, isBlock ? EnforcementState.Active : EnforcementState.Removed, now, answer.Detail, now));
        var detail = answer.Detail ?? $"It says that it is {answer.State}.";
        var isOver = !isBlock && attempts >= RemovalAttemptsMax;
        var again = answer.RetryAfter is { } after ? Duration.Max(after, Duration.FromSeconds(1)) : Duration.Min(AgainFirst * Math.Pow(2, Math.Min(order.Attempts, 12)), AgainMax);
        return (
            order with { Attempts = attempts, NextAt = isOver ? null : now + again },
            RowOf(order, isBlock ? EnforcementState.Pending : EnforcementState.Removing, null, isOver ? $"{detail} It is not asked any more." : detail, now));
    }

    private static EnforcementRow RowOf(WebhookOrder order, EnforcementState state, Instant? provenAt, string? detail, Instant now) =>
        new() { BlockId = order.BlockId, Node = order.Webhook, BackEnd = WebhookStore.BackEnd, State = state, Since = now, ProvenAt = provenAt, Detail = detail };

    private bool Concerns(Webhook webhook, Prefix prefix, ILookup<CustomerId, Service> services, Instant now) =>
        webhook.Services.Count == 0 || HoldersOf(prefix, now).Exists(c => services[c].Any(s => webhook.Services.Contains(s.Kind)));

    // Those whose the addresses are now.
    private List<CustomerId> HoldersOf(Prefix prefix, Instant now) => prefix.IsSingle
        ? views.Directory.HolderOf(prefix.First, now) is { } holder ? [holder] : []
        : [.. views.Directory.Overlapping(prefix).Where(a => a.HeldAt(now)).Select(a => a.Customer).Distinct()];

    private Webhook WebhookOf(WebhookOrder order) => webhooks.First(w => w.Name == order.Webhook);
}
