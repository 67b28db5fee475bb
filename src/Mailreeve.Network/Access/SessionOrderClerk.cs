using Mailreeve.Network.Who;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Access;

/// <summary>
/// Has access servers end or change the sessions whose addresses are blocked (RFC 5176). An acknowledgement is no proof: a session is over when
/// the accounting says so.
/// </summary>
/// <remarks>
/// Each pair of a block and a session is a row, written before anything is asked. So a restart asks again at most, and to ask twice does no harm.
/// At the start all open sessions are looked at, later those that begin and those of blocks that change.
/// </remarks>
public sealed class SessionOrderClerk : IClerk, IDisposable
{
    private const long Batch = 500;
    private const long AskedAtOnce = 32;
    private const long AttemptsMax = 20;

    // Then it is looked again what is new: as long as one that is silent is waited for.
    private const long RoundMilliseconds = 10_000;

    private static readonly Duration AgainFirst = Duration.FromSeconds(30);
    private static readonly Duration AgainMax = Duration.FromHours(1);

    private readonly Database database;
    private readonly LiveViews views;
    private readonly IReadOnlyList<RadiusClient> clients;
    private readonly IReadOnlyList<NeverBlockEntry> never;
    private readonly IClock clock;
    private readonly ChangedBlocks changed;
    private ServiceBlockView services = ServiceBlockView.Empty;
    private long lastSession;

    /// <summary>For these access servers; those without a <see cref="RadiusClient.Control"/> are left alone.</summary>
    public SessionOrderClerk(Database database, LiveViews views, AccountingOptions options, IReadOnlyList<NeverBlockEntry> never, IClock clock)
    {
        (this.database, this.views, this.never, this.clock) = (database, views, never, clock);
        clients = [.. options.Clients.Where(c => c.Control is not null)];
        changed = new ChangedBlocks(views, beginsWithAll: false);
    }

    /// <inheritdoc/>
    public string Name => "session-orders";

    /// <inheritdoc/>
    public void Dispose() => changed.Dispose();

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        if (clients.Count == 0)
            return 0;
        return await FindAsync(stop) + await SettleAsync(stop) + await AskAsync(stop);
    }

    private async Task<int> FindAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        // Those that have begun, and at the start all.
        var (last, begun) = await database.ReadAsync(async db =>
        {
            var store = new SessionStore(db);
            // First this: what is written meanwhile has a higher number, and comes the next time if not now.
            return (await store.LastAsync(stop), await store.OpenAfterAsync(SessionSource.Radius, lastSession, Batch, stop));
        }, stop);
        var suspended = views.ServiceBlocks;
        var found = await OrderAsync(
            [
                .. begun.SelectMany(s => views.Blocks.Overlapping(s.Prefix).Select(b => OrderOf(b, s, now)).OfType<NewSessionOrder>()),
                .. begun.Select(s => s.Service is { } service && suspended.Of(service, now) is { } block ? OrderOf(block, s, now) : null).OfType<NewSessionOrder>(),
            ], now, stop);
        found += await OrderSuspendedAsync(suspended, now, stop);

        foreach (var block in changed.Take(now).Select(views.Blocks.Find).OfType<BlockEntry>().Where(b => b.IsInForce(now)))
        {
            for (long after = 0, count = Batch; count == Batch;)
            {
                var from = after;
                var sessions = await database.ReadAsync(db => new SessionStore(db).OpenWithinAsync(SessionSource.Radius, block.Prefix, from, Batch, stop), stop);
                found += await OrderAsync([.. sessions.Select(s => OrderOf(block, s, now)).OfType<NewSessionOrder>()], now, stop);
                count = sessions.Count;
                after = count == 0 ? after : sessions[^1].Id;
            }
        }

        changed.Done();
        // Those of other sources, and those that are over, are passed over once.
        lastSession = Math.Max(begun.Count == 0 ? 0 : begun[^1].Id, begun.Count == Batch ? 0 : last);
        return begun.Count == Batch ? begun.Count : found;
    }

    // Of services there are few at any time: those that were not there the last time are looked at, and at the start all.
    private async Task<int> OrderSuspendedAsync(ServiceBlockView suspended, Instant now, CancellationToken stop)
    {
        var found = 0;
        foreach (var block in suspended.All.Where(b => b.ServiceId is not null && services.Find(b.Id) is null && b.IsInForce(now)))
        {
            var sessions = await database.ReadAsync(
                db => new SessionStore(db).OpenOfServiceAsync(SessionSource.Radius, block.CustomerId, block.ServiceId!.Value, Batch, stop), stop);
            found += await OrderAsync([.. sessions.Select(s => OrderOf(block, s, now)).OfType<NewSessionOrder>()], now, stop);
        }

        services = suspended;
        return found;
    }

    // In turns: the one writer is not kept from mail by a block of many sessions.
    private async Task<int> OrderAsync(List<NewSessionOrder> orders, Instant now, CancellationToken stop)
    {
        foreach (var some in orders.Chunk((int)Batch))
        {
            await database.WriteAsync(async db =>
            {
                var store = new SessionOrderStore(db);
                var before = await store.CountAsync(some, now - SessionOrderRules.Memory, stop);
                return await store.AddAsync([.. some.Select(o => o with { NextAt = now + SessionOrderRules.WaitAfter(before.GetValueOrDefault((o.Block, o.Session))) })], now, stop);
            }, stop);
        }

        return orders.Count;
    }

    private NewSessionOrder? OrderOf(BlockEntry block, AddressSession session, Instant now) =>
        ActionOf(block, session.Nas, session.Prefix, now) is { } action && ClientOf(session.Nas) is { } client
            ? new NewSessionOrder(block.Id, session.Id, IsLift: false, client.Name, action, now)
            : null;

    // A service that is suspended has no session, whatever filter there is for addresses.
    private NewSessionOrder? OrderOf(ServiceBlockRow block, AddressSession session, Instant now) =>
        ClientOf(session.Nas) is { } client && !never.Any(n => n.Prefix.Overlaps(session.Prefix))
            ? new NewSessionOrder(block.Id, session.Id, IsLift: false, client.Name, SessionAction.Disconnect, now)
            : null;

    // What a block does to a session with this prefix; null when nothing.
    private SessionAction? ActionOf(BlockEntry block, string nas, Prefix prefix, Instant now)
    {
        // ::/0 says nothing about IPv4.
        if (!block.IsInForce(now) || block.Prefix.IsIPv4 != prefix.IsIPv4 || !block.Prefix.Overlaps(prefix) || never.Any(n => n.Prefix.Overlaps(prefix)))
            return null;
        return ClientOf(nas)?.Control?.ActionFor(block.Scope);
    }

    // Another block that has the session changed, the strictest first. A session has one filter, whatever the number of blocks.
    private BlockEntry? OtherOf(SessionOrder order, Instant now) =>
        views.Blocks.Overlapping(order.Prefix)
            .Where(b => b.Id != order.BlockId && ActionOf(b, order.Nas, order.Prefix, now) == SessionAction.Change)
            .OrderBy(b => b.Scope != BlockScope.All)
            .FirstOrDefault();

    // Sessions name the client, and behind a stroke the server as it names itself.
    private RadiusClient? ClientOf(string nas) =>
        clients.Where(c => nas == c.Name || nas.StartsWith($"{c.Name}/", StringComparison.Ordinal)).MaxBy(c => c.Name.Length);

    private async Task<int> SettleAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var (over, lifted) = await database.ReadAsync(async db =>
        {
            var store = new SessionOrderStore(db);
            return (await store.OverAsync(Batch, stop), await store.LiftedAsync(now, Batch, stop));
        }, stop);
        if (over.Count + lifted.Count == 0)
            return 0;
        var ended = over.Select(o => o.Id).ToHashSet();
        var open = lifted.Where(o => !ended.Contains(o.Id)).ToList();
        var (back, anew) = (new List<NewSessionOrder>(), new List<NewSessionOrder>());
        // What was changed, or may have been, is changed back; unless another block wants it changed as well, which then has its own filter set.
        foreach (var order in open.Where(o => o.Action == SessionAction.Change && o.Attempts > 0 && o.EndReason is null))
        {
            if (OtherOf(order, now) is { } other)
                anew.Add(new NewSessionOrder(other.Id, order.SessionId, IsLift: false, order.Client, SessionAction.Change, now));
            else
                back.Add(new NewSessionOrder(order.BlockId, order.SessionId, IsLift: true, order.Client, ActionBack(order), now));
        }

        await database.WriteAsync(async db =>
        {
            var store = new SessionOrderStore(db);
            await store.SaveAsync([.. over.Select(o => Over(o, now)), .. open.Select(o => o with { State = SessionOrderState.Dropped, NextAt = null, Detail = "The block was over." })], stop);
            await store.AddAsync([.. back, .. anew], now, stop);
            await store.AskAnewAsync(anew, now, stop);
        }, stop);
        return over.Count + open.Count;
    }

    private SessionAction ActionBack(SessionOrder order) =>
        ClientOf(order.Nas)?.Control?.LiftedFilterId is null ? SessionAction.Disconnect : SessionAction.Change;

    private static SessionOrder Over(SessionOrder order, Instant now)
    {
        var (isProven, how) = order.EndReason switch
        {
            SessionEnd.Stopped => (true, "Accounting-Stop"),
            SessionEnd.Replaced => (true, "its address was given to another session"),
            SessionEnd.NasRestarted => (true, "the access server began anew"),
            _ => (false, "nothing was heard of it any more"),
        };
        return order with { State = SessionOrderState.Done, NextAt = null, ProvenAt = isProven ? now : null, Detail = how };
    }

    private async Task<int> AskAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var due = await database.ReadAsync(db => new SessionOrderStore(db).DueClientsAsync(now, stop), stop);
        // Side by side: one that does not answer keeps no other waiting for longer than it is waited for once.
        return (await Task.WhenAll(due.Select(c => AskAsync(c, stop)))).Sum();
    }

    // All that one is to be asked now, for as long as it says anything.
    private async Task<int> AskAsync(string client, CancellationToken stop)
    {
        var begun = Environment.TickCount64;
        for (var asked = 0; ;)
        {
            var now = clock.GetCurrentInstant();
            var due = await database.ReadAsync(db => new SessionOrderStore(db).DueAsync(client, now, AskedAtOnce, stop), stop);
            if (due.Count == 0)
                return asked;
            // Noted first: one that is lost with us on its way is asked again.
            await database.WriteAsync(db => new SessionOrderStore(db).AskingAsync(due, o => now + AgainAfter(o), now, stop), stop);
            var outcomes = await Task.WhenAll(due.Select(o => AskAsync(o, now, stop)));
            await database.WriteAsync(db => new SessionOrderStore(db).SaveAsync(outcomes, stop), stop);
            asked += due.Count;
            if (Array.TrueForAll(outcomes, o => o.State == SessionOrderState.Unanswered) || Environment.TickCount64 - begun > RoundMilliseconds)
                return asked;
        }
    }

    private async Task<SessionOrder> AskAsync(SessionOrder order, Instant now, CancellationToken stop)
    {
        if (ClientOf(order.Nas) is not { Control: { } control } client)
            return order with { State = SessionOrderState.GivenUp, NextAt = null, Detail = "The access server has no coa in the configuration any more." };
        var other = OtherOf(order, now);
        // One that began since has it changed, and is not undone.
        if (order.IsLift != 0 && other is not null)
            return order with { State = SessionOrderState.Dropped, NextAt = null, Detail = "Another block is in force." };
        CoaAnswer answer;
        try
        {
            answer = await CoaClient.AskAsync(control, client.Secret, RequestOf(order, other?.Scope == BlockScope.All ? BlockScope.All : order.Scope, client, control, now), stop);
        }
        catch (ArgumentException)
        {
            // A name of letters of several octets each may be too long for an attribute. To ask again would help nothing, and the others are to be asked.
            return order with { State = SessionOrderState.GivenUp, NextAt = null, Detail = "A name of it is longer than RADIUS can say (253 octets)." };
        }

        // It says yes, but only the accounting says that the session is over; of another filter nothing ever does.
        var next = answer is CoaAnswer.Acknowledged && order.Action == SessionAction.Change ? (Instant?)null : now + AgainAfter(order);
        var outcome = answer switch
        {
            CoaAnswer.Acknowledged => order with { State = SessionOrderState.Acknowledged, NextAt = next, Detail = null },
            CoaAnswer.Refused refused => order with { State = SessionOrderState.Refused, NextAt = next, Detail = refused.Why },
            _ => order with { State = SessionOrderState.Unanswered, NextAt = next, Detail = null },
        };
        return order.Attempts + 1 >= AttemptsMax && next is not null
            ? outcome with { State = SessionOrderState.GivenUp, NextAt = null, Detail = $"Asked {AttemptsMax} times: {EnumText.Of(outcome.State)} {outcome.Detail}".TrimEnd() }
            : outcome;
    }

    private static CoaRequest RequestOf(SessionOrder order, BlockScope scope, RadiusClient client, SessionControl control, Instant now) => new()
    {
        Code = order.Action == SessionAction.Change ? RadiusCode.CoaRequest : RadiusCode.DisconnectRequest,
        Session = order.Session,
        Nas = order.Nas.Length > client.Name.Length ? order.Nas[(client.Name.Length + 1)..] : null,
        Prefix = order.Prefix,
        // Two things at least tell which session is meant.
        UserName = control.SendsUserName || !order.Prefix.IsSingle ? order.Login : null,
        CallingStation = control.SendsStation ? order.Station : null,
        FilterId = order.Action != SessionAction.Change ? null : order.IsLift != 0 ? control.LiftedFilterId : control.FilterFor(scope),
        More = control.More,
        At = now,
    };

    private static Duration AgainAfter(SessionOrder order) => Duration.Min(AgainFirst * Math.Pow(2, Math.Min(order.Attempts, 10)), AgainMax);
}
