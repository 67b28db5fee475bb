using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
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

    // Then it is looked again what is new: as long as most wait for one answer.
    private const long RoundMilliseconds = 10_000;

    // A removal is not asked for any longer than that: for some four days.
    private const long RemovalAttemptsMax = 100;

    private static readonly Duration AgainFirst = Duration.FromSeconds(5);
    private static readonly Duration AgainMax = Duration.FromHours(1);

    private readonly ChangedBlocks changed = new(views, beginsWithAll: true);
    private readonly WebhookCaller caller = new();
    private ServiceBlockView services = ServiceBlockView.Empty;
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
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var ordered = await OrderAsync(stop);
        // Side by side: one that does not answer keeps no other waiting for longer than one answer is waited for.
        return ordered + (await Task.WhenAll(webhooks.Select(w => TellAsync(w, stop)))).Sum();
    }

    private async Task<int> OrderAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var (before, after) = (services, views.ServiceBlocks);
        var ids = changed.Take(now);
        if (ids.Count == 0 && ReferenceEquals(before, after) && hasBegun)
            return 0;
        var begun = ids.Select(views.Blocks.Find).OfType<BlockEntry>().Where(b => b.IsInForce(now)).ToList();
        // At the start also those that have ended while nobody was there, which no view has; and of services those that waited for another's end.
        var (standing, known) = await database.ReadAsync(async db => (
            hasBegun && ReferenceEquals(before, after) ? await new WebhookStore(db).StandingAsync(ids, stop) : await new WebhookStore(db).StandingAsync(stop),
            begun.Count > 0 && webhooks.Any(w => w.Services.Count > 0) ? await new CustomerStore(db).AllServicesAsync(stop) : []), stop);
        var over = standing.Where(o => (views.Blocks.Find(o.BlockId)?.IsInForce(now) ?? after.Find(o.BlockId)?.IsInForce(now)) != true).ToList();
        await LeaveSuspendedAsync(over, after, now, stop);
        var orders = New(begun, after.All, standing, known.Where(s => s.State != ServiceState.Ended).ToLookup(s => s.Customer), now);
        var added = orders.Count + over.Count == 0 ? 0 : await database.WriteAsync(async db =>
        {
            var store = new WebhookStore(db);
            await store.SaveAsync([.. over.Select(o => o with { IsBlock = 0, Attempts = 0, NextAt = now })], stop);
            await new EnforcementStore(db).RecordAsync([.. over.Select(o => RowOf(o, EnforcementState.Removing, null, null, now))], stop);
            return await store.AddAsync(orders, stop);
        }, stop);
        hasBegun = true;
        services = after;
        changed.Done();
        return added + over.Count;
    }

    // Who is told that a block is over brings the service back: that is told when the last one is.
    private async Task LeaveSuspendedAsync(List<WebhookOrder> over, ServiceBlockView blocks, Instant now, CancellationToken stop)
    {
        if (over.Count == 0 || blocks.All.Count == 0)
            return;
        var ended = await database.ReadAsync(db => new ServiceBlockStore(db).FindAsync([.. over.Select(o => o.BlockId)], stop), stop);
        var left = ended.Where(b => b.ServiceId is { } service && blocks.Of(service, now) is not null).Select(b => b.Id).ToHashSet();
        over.RemoveAll(o => left.Contains(o.BlockId));
    }

    private List<WebhookOrder> New(
        List<BlockEntry> begun, IReadOnlyList<ServiceBlockRow> suspended, IReadOnlyList<WebhookOrder> standing, ILookup<CustomerId, Service> services, Instant now)
    {
        var known = standing.Select(o => (o.Webhook, o.BlockId)).ToHashSet();
        return
        [
            .. webhooks.SelectMany(w => begun.Where(b => Concerns(w, b, services, now)).Select(b => b.Id)
                .Concat(suspended.Where(b => b.ServiceKind is { } kind && b.IsInForce(now) && w.Runs(kind)).Select(b => b.Id))
                .Where(b => !known.Contains((w.Name, b)))
                .Select(b => new WebhookOrder { Webhook = w.Name, BlockId = b, IsBlock = 1, Attempts = 0, NextAt = now })),
        ];
    }

    // All that one is to be told now, for as long as it says that anything is so.
    private async Task<int> TellAsync(Webhook webhook, CancellationToken stop)
    {
        var begun = Environment.TickCount64;
        for (var told = 0; ;)
        {
            var now = clock.GetCurrentInstant();
            var due = await database.ReadAsync(db => new WebhookStore(db).DueAsync(webhook.Name, now, AtOnce, stop), stop);
            if (due.Count == 0)
                return told;
            var messages = await database.ReadAsync(db => MessagesAsync(db, webhook, due, now, stop), stop);
            var answers = await Task.WhenAll(messages.Select(m => caller.TellAsync(webhook, m, now, stop)));
            var outcomes = due.Zip(answers).Select(d => OutcomeOf(d.First, d.Second, now)).ToList();
            await database.WriteAsync(async db =>
            {
                // A block that has ended meanwhile is a matter of the next round.
                await new WebhookStore(db).SaveAsync([.. outcomes.Select(o => o.Order)], stop);
                await new EnforcementStore(db).RecordAsync([.. outcomes.Select(o => o.Row)], stop);
            }, stop);
            told += due.Count;
            if (outcomes.TrueForAll(o => o.Row.ProvenAt is null) || Environment.TickCount64 - begun > RoundMilliseconds)
                return told;
        }
    }

    private async Task<List<WebhookMessage>> MessagesAsync(DbSession db, Webhook webhook, IReadOnlyList<WebhookOrder> due, Instant now, CancellationToken stop)
    {
        var messages = new List<WebhookMessage>();
        foreach (var order in due)
        {
            if (await new ServiceBlockStore(db).FindAsync(order.BlockId, stop) is { } suspended)
            {
                messages.Add(await MessageAsync(db, suspended, order.IsBlock != 0, stop));
                continue;
            }

            var block = await new BlockStore(db).FindAsync(order.BlockId, stop) ?? throw new InvalidOperationException($"Block {order.BlockId.Value} is gone.");
            var customers = HoldersOf(block.CustomerId, block.Prefix, now);
            var services = new List<Service>();
            foreach (var customer in customers)
                services.AddRange((await new CustomerStore(db).ServicesOfAsync(customer, stop)).Where(s => s.State != ServiceState.Ended && webhook.Services.Contains(s.Kind)));
            messages.Add(new WebhookMessage(
                block.Id, order.IsBlock != 0, $"{block.Prefix}", EnumText.Of(block.Scope), block,
                [.. customers.Select(views.Directory.Find).OfType<CustomerFact>().Select(c => c.RegNumber)], services));
        }

        return messages;
    }

    private static async Task<WebhookMessage> MessageAsync(DbSession db, ServiceBlockRow block, bool isBlock, CancellationToken stop)
    {
        var service = (await new CustomerStore(db).ServicesOfAsync(block.CustomerId, stop)).Where(s => s.Id == block.ServiceId).ToList();
        return new WebhookMessage(
            block.Id, isBlock, ServiceWords.Typed(block.ServiceKind!.Value, block.ServiceName!), WebhookMessage.OfService, block, [block.RegNumber], service);
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

    private bool Concerns(Webhook webhook, BlockEntry block, ILookup<CustomerId, Service> services, Instant now) =>
        webhook.Services.Count == 0 || HoldersOf(block.Customer, block.Prefix, now).Exists(c => services[c].Any(s => webhook.Services.Contains(s.Kind)));

    // The one whom the block is meant for, who may have the address by a session and not by assignment; and those whose the addresses are now.
    private List<CustomerId> HoldersOf(CustomerId? meant, Prefix prefix, Instant now) =>
        [.. (meant is { } customer ? [customer] : Array.Empty<CustomerId>()).Union(views.Directory.HoldersIn(prefix, now))];
}
