using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Access;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Access;

/// <summary>From a block to the end of the session that has its address, with an access server of the test's own.</summary>
public sealed class SessionOrderClerkTests
{
    private static readonly RadiusSecret Secret = new("a shared secret"u8.ToArray());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_session_of_a_blocked_address_is_over_when_the_accounting_says_so(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.BeginAsync("s1", "192.0.2.7");
        await desk.BeginAsync("s2", "192.0.2.8");
        var block = await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        var asked = Assert.Single(desk.Nas.Asked);
        Assert.Equal(RadiusCode.DisconnectRequest, asked.Code);
        Assert.Equal("s1"u8, asked.Find(RadiusType.AcctSessionId)!.Value.Span);
        Assert.Equal("nas1"u8, asked.Find(RadiusType.NasIdentifier)!.Value.Span);
        Assert.Equal([192, 0, 2, 7], asked.Find(RadiusType.FramedIpAddress)!.Value.ToArray());
        Assert.Equal((uint)Some.Time.ToUnixTimeSeconds(), asked.FindNumber(RadiusType.EventTimestamp));
        Assert.Null(asked.Find(RadiusType.UserName));
        var order = await desk.OrderAsync(block);
        Assert.Equal((SessionOrderState.Acknowledged, null), (order.State, order.ProvenAt));
        Assert.Contains("no Accounting-Stop yet", SessionOrderText.Of(order), StringComparison.Ordinal);

        desk.Clock.AdvanceSeconds(2);
        await desk.EndAsync("s1");
        await desk.WorkAsync();

        order = await desk.OrderAsync(block);
        Assert.Equal((SessionOrderState.Done, desk.Clock.GetCurrentInstant(), "Accounting-Stop"), (order.State, order.ProvenAt, order.Detail));
        desk.Clock.AdvanceHours(2);
        await desk.WorkAsync();
        Assert.Single(desk.Nas.Asked);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C6_the_sessions_of_a_service_that_is_blocked_are_ended_and_so_is_each_that_comes(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var line = await desk.AddServiceAsync("kim@dsl.provider.example");
        await desk.BeginAsync("s1", "192.0.2.7", line);
        await desk.BeginAsync("s2", "192.0.2.8");
        await desk.WorkAsync();
        var block = await desk.SuspendAsync(line);

        await desk.WorkAsync();

        Assert.Equal("s1"u8, Assert.Single(desk.Nas.Asked).Find(RadiusType.AcctSessionId)!.Value.Span);
        Assert.Equal(RadiusCode.DisconnectRequest, desk.Nas.Asked.First().Code);
        await desk.EndAsync("s1");
        await desk.BeginAsync("s3", "192.0.2.10", line);
        await desk.WorkAsync();
        Assert.Equal(["s1", "s3"], desk.Nas.Asked.Select(a => System.Text.Encoding.ASCII.GetString(a.Find(RadiusType.AcctSessionId)!.Value.Span)));

        await desk.ResumeAsync(block);
        await desk.BeginAsync("s4", "192.0.2.11", line);
        desk.Clock.AdvanceHours(2);
        await desk.WorkAsync();

        Assert.Equal(2, desk.Nas.Asked.Count);
        Assert.Equal([SessionOrderState.Dropped, SessionOrderState.Done], (await desk.OrdersAsync(block)).Select(o => o.State));
    }

    [Fact]
    public async Task An_acknowledgement_without_a_stop_proves_nothing_and_it_is_asked_again()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();

        desk.Clock.AdvanceSeconds(29);
        await desk.WorkAsync();
        Assert.Single(desk.Nas.Asked);
        desk.Clock.AdvanceSeconds(1);
        await desk.WorkAsync();
        Assert.Equal(2, desk.Nas.Asked.Count);
        for (var i = 0; i < 30; i++)
        {
            desk.Clock.AdvanceHours(1);
            await desk.WorkAsync();
        }

        var order = await desk.OrderAsync(block);
        Assert.Equal((SessionOrderState.GivenUp, 20L, null), (order.State, order.Attempts, order.ProvenAt));
        Assert.Equal(20, desk.Nas.Asked.Count);
    }

    [Fact]
    public async Task A_refusal_is_told_in_words_and_asked_again()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Nas.Answer = asked => AccessServer.Make(asked, RadiusCode.DisconnectNak, Secret, 503);
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        var order = await desk.OrderAsync(block);
        Assert.Equal((SessionOrderState.Refused, "it does not know the session (503)"), (order.State, order.Detail));
        Assert.Equal(desk.Clock.GetCurrentInstant() + Duration.FromSeconds(30), order.NextAt);
    }

    [Fact]
    public async Task One_that_is_silent_gets_the_same_octets_three_times()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Nas.Answer = _ => null;
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        await Eventually.TrueAsync(() => desk.Nas.Asked.Count == 3);
        Assert.Single(desk.Nas.Asked.Select(a => Convert.ToHexString(a.Octets.Span)).Distinct());
        Assert.Equal(SessionOrderState.Unanswered, (await desk.OrderAsync(block)).State);
    }

    [Fact]
    public async Task Answers_that_its_secret_did_not_make_or_that_are_for_another_request_are_no_answers()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Nas.Answer = asked => desk.Nas.Asked.Count switch
        {
            1 => AccessServer.Make(asked, RadiusCode.DisconnectAck, new RadiusSecret("another secret"u8.ToArray())),
            2 => new RadiusWriter(RadiusCode.DisconnectAck, (byte)(asked.Identifier + 1)).ToAnswer(Secret, asked.Authenticator.Span),
            _ => AccessServer.Make(asked, RadiusCode.CoaAck, Secret),
        };
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        Assert.Equal(SessionOrderState.Unanswered, (await desk.OrderAsync(block)).State);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_session_that_begins_on_a_blocked_address_is_ended_each_time_a_little_later(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var block = await desk.PlaceAsync("192.0.2.0/24");
        await desk.WorkAsync();
        Assert.Empty(desk.Nas.Asked);

        await desk.BeginAsync("s1", "192.0.2.7");
        await desk.WorkAsync();
        await desk.EndAsync("s1");
        await desk.BeginAsync("s2", "192.0.2.7");
        await desk.WorkAsync();
        Assert.Single(desk.Nas.Asked);
        desk.Clock.AdvanceSeconds(5);
        await desk.WorkAsync();

        Assert.Equal(["s1", "s2"], desk.Nas.Asked.Select(a => System.Text.Encoding.UTF8.GetString(a.Find(RadiusType.AcctSessionId)!.Value.Span)));
        Assert.Equal([SessionOrderState.Acknowledged, SessionOrderState.Done], (await desk.OrdersAsync(block)).Select(o => o.State));
    }

    [Fact]
    public async Task What_is_inside_a_delegated_prefix_ends_the_session_and_what_is_never_blocked_does_not()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.BeginAsync("s1", "2001:db8:1:100::/56");
        await desk.BeginAsync("s2", "192.0.2.9");
        var inside = await desk.PlaceAsync("2001:db8:1:123::5");
        var never = await desk.PlaceAsync("192.0.2.0/24");

        await desk.WorkAsync();

        // A prefix does not tell how it was given; the name does.
        Assert.Equal("s1@dsl.provider.example"u8, Assert.Single(desk.Nas.Asked).Find(RadiusType.UserName)!.Value.Span);
        await desk.OrderAsync(inside);
        Assert.Empty(await desk.OrdersAsync(never));
    }

    [Fact]
    public async Task A_session_is_changed_and_changed_back()
    {
        await using var desk = await Desk.OpenAsync(change: c => c with
        {
            OnBlock = SessionAction.Change, FilterId = "quarantine", Port25FilterId = "no-smtp", LiftedFilterId = "default",
            SendsUserName = true, More = [new RadiusAttribute((RadiusType)6, new byte[] { 0, 0, 0, 2 })],
        });
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7", BlockScope.Port25);
        await desk.WorkAsync();

        var changed = Assert.Single(desk.Nas.Asked);
        Assert.Equal(RadiusCode.CoaRequest, changed.Code);
        Assert.Equal("no-smtp"u8, changed.Find(RadiusType.FilterId)!.Value.Span);
        Assert.Equal("s1@dsl.provider.example"u8, changed.Find(RadiusType.UserName)!.Value.Span);
        Assert.Equal(2u, changed.FindNumber((RadiusType)6));
        var order = await desk.OrderAsync(block);
        Assert.Equal((SessionOrderState.Acknowledged, null), (order.State, order.NextAt));

        await desk.LiftAsync(block);
        await desk.WorkAsync();

        Assert.Equal("default"u8, desk.Nas.Asked.ElementAt(1).Find(RadiusType.FilterId)!.Value.Span);
        Assert.Equal([SessionOrderState.Acknowledged, SessionOrderState.Dropped], (await desk.OrdersAsync(block)).Select(o => o.State));
    }

    [Fact]
    public async Task Without_a_filter_to_go_back_to_a_changed_session_is_ended_when_the_block_is_over()
    {
        await using var desk = await Desk.OpenAsync(change: c => c with { OnBlock = SessionAction.Change, FilterId = "quarantine" });
        await desk.BeginAsync("s1", "192.0.2.7");
        await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();

        desk.Clock.Reset(Some.Block.ExpiresAt);
        await desk.WorkAsync();

        Assert.Equal([RadiusCode.CoaRequest, RadiusCode.DisconnectRequest], desk.Nas.Asked.Select(a => a.Code));
    }

    [Fact]
    public async Task Port_25_alone_ends_no_session_and_a_block_that_is_over_asks_nothing()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Nas.Answer = asked => AccessServer.Make(asked, RadiusCode.DisconnectNak, Secret);
        await desk.BeginAsync("s1", "192.0.2.7");
        Assert.Empty(await desk.OrdersAsync(await desk.PlaceAsync("192.0.2.7", BlockScope.Port25)));
        var block = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        Assert.Single(desk.Nas.Asked);
        await desk.LiftAsync(block);
        desk.Clock.AdvanceHours(1);

        await desk.WorkAsync();

        Assert.Single(desk.Nas.Asked);
        Assert.Equal(SessionOrderState.Dropped, (await desk.OrderAsync(block)).State);
    }

    [Fact]
    public async Task After_a_restart_nothing_is_ordered_twice_and_what_came_meanwhile_is_found()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.BeginAsync("s1", "192.0.2.7");
        var first = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        desk.Restart();
        await desk.BeginAsync("s2", "192.0.2.8");
        var second = await desk.PlaceAsync("192.0.2.8");
        desk.Restart();

        await desk.WorkAsync();

        Assert.Equal(2, desk.Nas.Asked.Count);
        await desk.OrderAsync(first);
        await desk.OrderAsync(second);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_session_that_another_block_covers_is_not_changed_back(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect, Filters);
        await desk.BeginAsync("s1", "192.0.2.7");
        var whole = await desk.PlaceAsync("192.0.2.0/24");
        await desk.WorkAsync();

        // As a block of all that is a customer's does when part of it goes to another.
        await desk.LiftAsync(whole);
        var part = await desk.PlaceAsync("192.0.2.0/25");
        await desk.WorkAsync();
        Assert.All(desk.FiltersAsked(), f => Assert.Equal("quarantine", f));

        await desk.LiftAsync(part);
        await desk.WorkAsync();
        Assert.Equal("default", desk.FiltersAsked()[^1]);
        Assert.Single(desk.FiltersAsked(), "default");
    }

    [Fact]
    public async Task The_strictest_block_decides_the_filter_and_when_it_is_over_the_other()
    {
        await using var desk = await Desk.OpenAsync(change: Filters);
        await desk.BeginAsync("s1", "192.0.2.7");
        var all = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        var port25 = await desk.PlaceAsync("192.0.2.7", BlockScope.Port25);
        await desk.WorkAsync();
        Assert.Equal("quarantine", desk.FiltersAsked()[^1]);

        await desk.LiftAsync(all);
        await desk.WorkAsync();
        Assert.Equal("no-smtp", desk.FiltersAsked()[^1]);

        await desk.LiftAsync(port25);
        await desk.WorkAsync();
        Assert.Equal("default", desk.FiltersAsked()[^1]);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_given_up_is_changed_back_for_it_may_have_been_changed(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect, Filters);
        desk.Nas.Answer = asked => AccessServer.Make(asked, RadiusCode.CoaNak, Secret);
        await desk.BeginAsync("s1", "192.0.2.7");
        var block = await desk.PlaceAsync("192.0.2.7");
        for (var i = 0; i < 21; i++)
        {
            await desk.WorkAsync();
            desk.Clock.AdvanceHours(1);
        }

        Assert.Equal(SessionOrderState.GivenUp, (await desk.OrderAsync(block)).State);

        await desk.LiftAsync(block);
        await desk.WorkAsync();

        Assert.Equal("default", desk.FiltersAsked()[^1]);
    }

    [Fact]
    public async Task One_that_cannot_be_said_is_given_up_and_the_others_are_asked()
    {
        await using var desk = await Desk.OpenAsync();
        // As many letters as are kept, and twice as many octets.
        var name = new string('é', 130);
        await desk.BeginAsync(name, "192.0.2.7");
        await desk.BeginAsync("s2", "192.0.2.8");
        var block = await desk.PlaceAsync("192.0.2.0/24");

        await desk.WorkAsync();

        Assert.Equal("s2"u8, Assert.Single(desk.Nas.Asked).Find(RadiusType.AcctSessionId)!.Value.Span);
        var unsaid = Assert.Single(await desk.OrdersAsync(block), o => o.Session == name);
        Assert.Equal(SessionOrderState.GivenUp, unsaid.State);
        Assert.Contains("253", unsaid.Detail, StringComparison.Ordinal);
    }

    private static SessionControl Filters(SessionControl control) =>
        control with { OnBlock = SessionAction.Change, FilterId = "quarantine", Port25FilterId = "no-smtp", LiftedFilterId = "default" };

    private sealed class Desk : IAsyncDisposable
    {
        private readonly TestDatabase database;
        private readonly LiveViews views;
        private readonly AccountingOptions options;
        private SessionOrderClerk clerk;
        private long next;

        private Desk(TestDatabase database, LiveViews views, Func<SessionControl, SessionControl>? change)
        {
            (this.database, this.views) = (database, views);
            var control = new SessionControl { At = Nas.At, Patience = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 3)] };
            options = new AccountingOptions(
                [], [new RadiusClient { Name = "bras", From = [], Secret = Secret, Control = change?.Invoke(control) ?? control }, new RadiusClient { Name = "other", From = [], Secret = Secret }]);
            clerk = Make();
        }

        public FakeClock Clock { get; } = Some.Clock();

        public AccessServer Nas { get; } = new();

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite, Func<SessionControl, SessionControl>? change = null)
        {
            var database = await TestDatabase.OpenAsync(dialect);
            return new Desk(database, await LiveViews.LoadAsync(database.Database, Stop), change);
        }

        public void Restart()
        {
            clerk.Dispose();
            clerk = Make();
        }

        public Task<int> BeginAsync(string session, string prefix, Service? service = null) => TakeAsync(session, SightingKind.Start, [Prefix.Parse(prefix)], service);

        public async Task<Service> AddServiceAsync(string login)
        {
            await database.Database.WriteAsync(
                async db =>
                {
                    await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
                    await new CustomerStore(db).PutServicesAsync(
                        [new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.NetAccess, Name = "line", State = ServiceState.Active, Login = login }], Stop);
                }, Stop);
            return Assert.Single(await database.Database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(Some.Customer.Id, Stop), Stop));
        }

        public async Task<BlockId> SuspendAsync(Service service)
        {
            var block = new NewServiceBlock
            {
                Id = new BlockId(++next),
                Target = new SuspensionTarget.OfService(service),
                Clause = new ClauseId("C6"),
                PolicyRevision = Some.Revision,
                Reason = "Serves spam.",
                PlacedBy = Actor.Operator("olga"),
                StartsAt = Clock.GetCurrentInstant(),
                ExpiresAt = Clock.GetCurrentInstant() + Duration.FromDays(7),
            };
            await database.Database.WriteAsync(db => new ServiceBlockStore(db).PlaceAsync([block], Stop), Stop);
            return block.Id;
        }

        public Task<bool> ResumeAsync(BlockId block) =>
            database.Database.WriteAsync(db => new ServiceBlockStore(db).LiftAsync(block, Actor.Policy, "over", Clock.GetCurrentInstant(), Stop), Stop);

        public Task<int> EndAsync(string session) => TakeAsync(session, SightingKind.Stop, []);

        public async Task WorkAsync()
        {
            while (await clerk.WorkAsync(Stop) > 0)
            {
            }
        }

        public async Task<BlockId> PlaceAsync(string prefix, BlockScope scope = BlockScope.All)
        {
            var block = Some.Block with { Id = new BlockId(++next), Prefix = Prefix.Parse(prefix), Scope = scope };
            await database.Database.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);
            return block.Id;
        }

        public Task<bool> LiftAsync(BlockId id) =>
            database.Database.WriteAsync(db => new BlockStore(db).LiftAsync(id, Actor.Policy, "over", Clock.GetCurrentInstant(), Stop), Stop);

        public List<string> FiltersAsked() => [.. Nas.Asked.Select(a => System.Text.Encoding.UTF8.GetString(a.Find(RadiusType.FilterId)!.Value.Span))];

        public Task<IReadOnlyList<SessionOrder>> OrdersAsync(BlockId block) =>
            database.Database.ReadAsync(db => new SessionOrderStore(db).OfAsync([block], 100, Stop), Stop);

        public async Task<SessionOrder> OrderAsync(BlockId block) => Assert.Single(await OrdersAsync(block));

        public async ValueTask DisposeAsync()
        {
            clerk.Dispose();
            Nas.Dispose();
            views.Dispose();
            await database.DisposeAsync();
        }

        private SessionOrderClerk Make() => new(database.Database, views, options, [new(Prefix.Parse("192.0.2.9"), "management")], Clock);

        private Task<int> TakeAsync(string session, SightingKind kind, IReadOnlyList<Prefix> prefixes, Service? service = null)
        {
            var now = Clock.GetCurrentInstant();
            return database.Database.WriteAsync(
                db => SessionIntake.TakeAsync(
                    db,
                    [
                        new SessionNews.Sighting
                        {
                            Source = SessionSource.Radius, Nas = "bras/nas1", Session = session, Kind = kind, At = now, Login = $"{session}@dsl.provider.example", Prefixes = prefixes,
                            Customer = service?.Customer, Service = service?.Id,
                        },
                    ],
                    now, Stop), Stop);
        }
    }

    // Answers as it is told to, in the order in which it is asked.
    private sealed class AccessServer : IDisposable
    {
        private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));

        public AccessServer()
        {
            Answer = asked => Make(asked, asked.Code == RadiusCode.CoaRequest ? RadiusCode.CoaAck : RadiusCode.DisconnectAck, Secret);
            _ = ServeAsync();
        }

        public IPEndPoint At => (IPEndPoint)socket.Client.LocalEndPoint!;

        public ConcurrentQueue<RadiusPacket> Asked { get; } = new();

        public Func<RadiusPacket, byte[]?> Answer { get; set; }

        public static byte[] Make(RadiusPacket asked, RadiusCode code, RadiusSecret secret, uint? cause = null)
        {
            var answer = new RadiusWriter(code, asked.Identifier).AddMessageAuthenticator();
            if (cause is { } number)
                answer.Add(RadiusType.ErrorCause, number);
            return answer.ToAnswer(secret, asked.Authenticator.Span);
        }

        public void Dispose() => socket.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var datagram = await socket.ReceiveAsync(Stop);
                    // As a strict server does: what has no good Message-Authenticator it has not seen.
                    if (!RadiusPacket.TryRead(datagram.Buffer, out var asked) || !Secret.IsGenuineRequest(asked) || Secret.Check(asked, default) != MessageAuthenticity.Genuine)
                        continue;
                    Asked.Enqueue(asked);
                    if (Answer(asked) is { } answer)
                        await socket.SendAsync(answer, datagram.RemoteEndPoint, Stop);
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }
    }
}
