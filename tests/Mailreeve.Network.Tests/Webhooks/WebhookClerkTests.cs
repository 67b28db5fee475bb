using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mailreeve.Network.Webhooks;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Webhooks;

/// <summary>A system that is told about blocks, on a web server of the test's own.</summary>
public sealed class WebhookClerkTests
{
    private const string Secret = "a secret of the two";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_it_says_is_so_is_proven_and_so_is_its_end(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        var block = await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        var told = Assert.Single(desk.Receiver.Told);
        Assert.Equal("block-1-on", told.IdempotencyKey);
        Assert.Equal(("active", "192.0.2.7", "all", "C4"), (Text(told, "wanted"), Text(told, "target"), Text(told, "scope"), Text(told, "clause")));
        Assert.Equal(Some.Customer.RegNumber, Assert.Single(told.Body.GetProperty("customers").EnumerateArray()).GetString());
        Assert.Equal("irc.alder.example", Assert.Single(told.Body.GetProperty("services").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal((EnforcementState.Active, desk.Clock.GetCurrentInstant(), null), await desk.StateAsync(block));

        desk.Clock.AdvanceSeconds(5);
        await desk.LiftAsync(block);
        await desk.WorkAsync();

        Assert.Equal(["active", "removed"], desk.Receiver.Told.Select(t => Text(t, "wanted")));
        Assert.Equal((EnforcementState.Removed, desk.Clock.GetCurrentInstant(), null), await desk.StateAsync(block));
        desk.Clock.AdvanceDays(1);
        await desk.WorkAsync();
        Assert.Equal(2, desk.Receiver.Told.Count);
    }

    [Fact]
    public async Task Who_is_at_it_is_asked_again_with_the_same_key_until_it_is_so()
    {
        await using var desk = await Desk.OpenAsync();
        desk.Receiver.Answer = http => Task.FromResult(Results.StatusCode(202));
        var block = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        Assert.Equal((EnforcementState.Pending, null, "It has taken it, and is at it."), await desk.StateAsync(block));
        await desk.WorkAsync();
        Assert.Single(desk.Receiver.Told);

        desk.Clock.AdvanceSeconds(5);
        desk.Receiver.Answer = http => Task.FromResult(Results.Json(new { state = "pending", detail = "3 of 4 exchanges" }));
        await desk.WorkAsync();
        Assert.Equal((EnforcementState.Pending, null, "3 of 4 exchanges"), await desk.StateAsync(block));

        desk.Clock.AdvanceSeconds(10);
        desk.Receiver.Answer = null;
        await desk.WorkAsync();

        Assert.Equal(EnforcementState.Active, (await desk.StateAsync(block)).State);
        Assert.Single(desk.Receiver.Told.Select(t => t.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task Failures_are_told_redirects_are_not_followed_and_a_wish_to_wait_is_heeded()
    {
        await using var desk = await Desk.OpenAsync();
        var block = await desk.PlaceAsync("192.0.2.7");
        await SaysAsync(http => Results.Redirect("/elsewhere"), "It answers 302, and is not followed.");
        await SaysAsync(http => Results.StatusCode(500), "It answers 500.");
        await SaysAsync(http => Results.Text("fine"), "It answers 200, and does not say what is so.");
        await SaysAsync(http => Results.Json(new { state = "removed" }), "It says that it is removed.");
        await SaysAsync(http => Results.Text(new string(' ', 70_000)), "It answers with more than 65536 octets.");
        var before = desk.Receiver.Told.Count;
        await SaysAsync(
            http =>
            {
                http.Response.Headers.RetryAfter = "1800";
                return Results.StatusCode(503);
            },
            "It answers 503.");
        desk.Receiver.Answer = null;
        desk.Clock.AdvanceSeconds(1799);
        await desk.WorkAsync();
        Assert.Equal(before + 1, desk.Receiver.Told.Count);
        desk.Clock.AdvanceSeconds(1);
        await desk.WorkAsync();
        Assert.Equal(EnforcementState.Active, (await desk.StateAsync(block)).State);

        async Task SaysAsync(Func<HttpContext, IResult> answer, string detail)
        {
            desk.Receiver.Answer = http => Task.FromResult(answer(http));
            desk.Clock.AdvanceHours(1);
            await desk.WorkAsync();
            Assert.Equal((EnforcementState.Pending, null, detail), await desk.StateAsync(block));
        }
    }

    [Fact]
    public async Task One_that_does_not_answer_or_is_not_there_is_told_later()
    {
        await using var desk = await Desk.OpenAsync();
        var never = new TaskCompletionSource();
        desk.Receiver.Answer = async http =>
        {
            await never.Task.WaitAsync(http.RequestAborted);
            return Results.Ok();
        };
        desk.Change(w => w with { Timeout = TimeSpan.FromMilliseconds(200) });
        var block = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        Assert.Equal((EnforcementState.Pending, null, "It did not answer within 0 s."), await desk.StateAsync(block));

        await desk.Receiver.DisposeAsync();
        desk.Clock.AdvanceHours(1);
        await desk.WorkAsync();

        var (state, _, detail) = await desk.StateAsync(block);
        Assert.Equal(EnforcementState.Pending, state);
        Assert.Contains("refused", detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Only_blocks_of_customers_with_such_a_service_are_told_and_all_when_none_is_named()
    {
        await using var desk = await Desk.OpenAsync();
        var other = await desk.PlaceAsync("203.0.113.66");
        await desk.PlaceAsync("192.0.2.0/28");
        await desk.WorkAsync();
        Assert.Equal(["192.0.2.0/28"], desk.Receiver.Told.Select(t => Text(t, "target")));

        desk.Change(w => w with { Name = "all", Services = [] });
        await desk.WorkAsync();

        Assert.Equal(["192.0.2.0/28", "192.0.2.0/28", "203.0.113.66"], desk.Receiver.Told.Select(t => Text(t, "target")).Order());
        Assert.Equal(EnforcementState.Active, (await desk.StateAsync(other)).State);
    }

    [Fact]
    public async Task After_a_restart_what_ended_meanwhile_is_told_and_nothing_twice()
    {
        await using var desk = await Desk.OpenAsync();
        var block = await desk.PlaceAsync("192.0.2.7");
        await desk.WorkAsync();
        desk.Stopped();
        await desk.LiftAsync(block);
        await desk.PlaceAsync("192.0.2.8");

        desk.Change(w => w);
        await desk.WorkAsync();

        Assert.Equal(["192.0.2.7 active", "192.0.2.7 removed", "192.0.2.8 active"], desk.Receiver.Told.Select(t => $"{Text(t, "target")} {Text(t, "wanted")}").Order());
    }

    [Fact]
    public async Task A_block_is_told_when_it_begins_and_when_its_time_is_over()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.WorkAsync();
        await desk.PlaceAsync("192.0.2.7", Duration.FromHours(1));
        await desk.WorkAsync();
        Assert.Empty(desk.Receiver.Told);

        desk.Clock.AdvanceHours(1);
        await desk.WorkAsync();
        Assert.Single(desk.Receiver.Told);
        desk.Clock.Reset(Some.Block.ExpiresAt);
        await desk.WorkAsync();

        Assert.Equal(["active", "removed"], desk.Receiver.Told.Select(t => Text(t, "wanted")));
    }

    [Fact]
    public async Task A_customer_is_told_of_whose_the_address_is_by_a_session()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.PlaceAsync("203.0.113.7", customer: Some.Customer.Id);

        await desk.WorkAsync();

        var told = Assert.Single(desk.Receiver.Told);
        Assert.Equal(Some.Customer.RegNumber, Assert.Single(told.Body.GetProperty("customers").EnumerateArray()).GetString());
        Assert.Equal("irc.alder.example", Assert.Single(told.Body.GetProperty("services").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task What_failed_half_way_is_begun_anew()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.WorkAsync();
        await desk.PlaceAsync("192.0.2.7");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.WorkAsync(new CancellationToken(canceled: true)));

        await desk.WorkAsync();

        Assert.Single(desk.Receiver.Told);
    }

    [Fact]
    public async Task One_that_does_not_answer_keeps_no_other_waiting()
    {
        await using var desk = await Desk.OpenAsync();
        await using var silent = await Receiver.StartAsync();
        var answered = new TaskCompletionSource();
        silent.Answer = async _ =>
        {
            await answered.Task;
            return Results.StatusCode(500);
        };
        desk.Change(w => w, w => w with { Name = "a-silent-one", Url = silent.Url });
        for (var i = 1; i <= 20; i++)
            await desk.PlaceAsync($"192.0.2.{i}", customer: Some.Customer.Id);

        var working = desk.WorkAsync();

        await Eventually.TrueAsync(() => desk.Receiver.Told.Count == 20);
        Assert.False(working.IsCompleted);
        answered.SetResult();
        await working;
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C6_who_runs_a_service_is_told_that_it_is_blocked_and_who_runs_others_is_not(Dialect dialect)
    {
        await using var desk = await Desk.OpenAsync(dialect);
        await desk.WorkAsync();
        var block = await desk.SuspendAsync("irc.alder.example");
        await desk.SuspendAsync("line");

        await desk.WorkAsync();

        var told = Assert.Single(desk.Receiver.Told);
        Assert.Equal("block-1-on", told.IdempotencyKey);
        Assert.Equal(("active", "irc/irc.alder.example", "service", "C6"), (Text(told, "wanted"), Text(told, "target"), Text(told, "scope"), Text(told, "clause")));
        Assert.Equal(Some.Customer.RegNumber, Assert.Single(told.Body.GetProperty("customers").EnumerateArray()).GetString());
        Assert.Equal("irc.alder.example", Assert.Single(told.Body.GetProperty("services").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal((EnforcementState.Active, desk.Clock.GetCurrentInstant(), null), await desk.StateAsync(block));
        await desk.WorkAsync();
        Assert.Single(desk.Receiver.Told);

        // What ends while nobody is there is told all the same.
        desk.Stopped();
        await desk.ResumeAsync(block);
        desk.Change(w => w);
        await desk.WorkAsync();

        Assert.Equal(["active", "removed"], desk.Receiver.Told.Select(t => Text(t, "wanted")));
        Assert.Equal(EnforcementState.Removed, (await desk.StateAsync(block)).State);
        await desk.WorkAsync();
        Assert.Equal(2, desk.Receiver.Told.Count);
    }

    [Fact]
    public async Task C6_a_block_of_a_service_that_is_lifted_is_told_at_once()
    {
        await using var desk = await Desk.OpenAsync();
        var block = await desk.SuspendAsync("irc.alder.example");
        await desk.WorkAsync();
        await desk.ResumeAsync(block);

        await desk.WorkAsync();

        Assert.Equal(["block-1-on", "block-1-off"], desk.Receiver.Told.Select(t => t.IdempotencyKey));
    }

    [Fact]
    public async Task C6_that_a_service_is_back_is_told_when_the_last_of_its_blocks_is_over()
    {
        await using var desk = await Desk.OpenAsync();
        var (first, second) = (await desk.SuspendAsync("irc.alder.example"), await desk.SuspendAsync("irc.alder.example"));
        await desk.WorkAsync();
        await desk.ResumeAsync(first);
        await desk.WorkAsync();
        Assert.All(desk.Receiver.Told, t => Assert.Equal("active", Text(t, "wanted")));

        await desk.ResumeAsync(second);
        await desk.WorkAsync();

        Assert.Equal(["block-1-off", "block-1-on", "block-2-off", "block-2-on"], desk.Receiver.Told.Select(t => t.IdempotencyKey).Order(StringComparer.Ordinal));
    }

    // A block may be prolonged, and then the same request would say something else.
    [Fact]
    public async Task It_is_told_no_end_that_may_not_come()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.PlaceAsync("192.0.2.7");

        await desk.WorkAsync();

        Assert.False(Assert.Single(desk.Receiver.Told).Body.TryGetProperty("expires_at", out _));
    }

    private static string? Text(Told told, string key) => told.Body.GetProperty(key).GetString();

    private sealed record Told(string? IdempotencyKey, JsonElement Body);

    // Takes nothing that is not signed, as the documentation asks of it.
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication app;

        private Receiver(WebApplication app) => this.app = app;

        public Uri Url => new(app.Urls.Single() + "/mailreeve");

        public ConcurrentQueue<Told> Told { get; } = new();

        public Func<HttpContext, Task<IResult>>? Answer { get; set; }

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver.app.MapPost("/mailreeve", (Delegate)receiver.TakeAsync);
            await receiver.app.StartAsync(Stop);
            return receiver;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task<IResult> TakeAsync(HttpContext http)
        {
            using var copy = new MemoryStream();
            await http.Request.Body.CopyToAsync(copy, Stop);
            var timestamp = http.Request.Headers["X-Mailreeve-Timestamp"].ToString();
            byte[] whole = [.. Encoding.ASCII.GetBytes($"{timestamp}."), .. copy.ToArray()];
            var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), whole);
            if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes($"sha256={Convert.ToHexStringLower(signed)}"), Encoding.ASCII.GetBytes(http.Request.Headers["X-Mailreeve-Signature"].ToString())))
                return Results.StatusCode(401);
            using var body = JsonDocument.Parse(copy.ToArray());
            var told = new Told(http.Request.Headers["Idempotency-Key"], body.RootElement.Clone());
            Told.Enqueue(told);
            return Answer is { } answer ? await answer(http) : Results.Json(new { state = Text(told, "wanted") });
        }
    }

    private sealed class Desk : IAsyncDisposable
    {
        private readonly TestDatabase database;
        private readonly LiveViews views;
        private Webhook webhook;
        private Webhook? second;
        private WebhookClerk clerk;
        private long next;

        private Desk(TestDatabase database, LiveViews views, Receiver receiver)
        {
            (this.database, this.views, Receiver) = (database, views, receiver);
            webhook = new Webhook { Name = "irc", Url = receiver.Url, Secret = Encoding.UTF8.GetBytes(Secret), Services = [ServiceKind.Irc], Timeout = TimeSpan.FromMinutes(1) };
            clerk = Make();
        }

        public FakeClock Clock { get; } = Some.Clock();

        public Receiver Receiver { get; }

        public static async Task<Desk> OpenAsync(Dialect dialect = Dialect.Sqlite)
        {
            var database = await TestDatabase.OpenAsync(dialect);
            await database.Database.WriteAsync(async db =>
            {
                var store = new CustomerStore(db);
                await store.AddAsync([Some.Customer], Some.Time, Stop);
                await store.AssignAsync([Some.Assignment], Some.Time, Stop);
                await store.PutServicesAsync(
                    [
                        new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.Irc, Name = "irc.alder.example", State = ServiceState.Active },
                        new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.NetAccess, Name = "line", State = ServiceState.Active },
                    ], Stop);
            }, Stop);
            return new Desk(database, await LiveViews.LoadAsync(database.Database, Stop), await Receiver.StartAsync());
        }

        public async Task<BlockId> SuspendAsync(string name)
        {
            var services = await database.Database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(Some.Customer.Id, Stop), Stop);
            var block = new NewServiceBlock
            {
                Id = new BlockId(++next),
                Target = new SuspensionTarget.OfService(services.Single(s => s.Name == name)),
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

        // Starts it anew, with another configuration.
        public void Change(Func<Webhook, Webhook> change, Func<Webhook, Webhook>? another = null)
        {
            webhook = change(webhook);
            second = another?.Invoke(webhook);
            clerk.Dispose();
            clerk = Make();
        }

        public void Stopped() => clerk.Dispose();

        public async Task WorkAsync(CancellationToken? stop = null)
        {
            while (await clerk.WorkAsync(stop ?? Stop) > 0)
            {
            }
        }

        public async Task<BlockId> PlaceAsync(string prefix, Duration? after = null, CustomerId? customer = null)
        {
            var block = Some.Block with { Id = new BlockId(++next), Prefix = Prefix.Parse(prefix), StartsAt = Some.Time + (after ?? Duration.Zero), Customer = customer };
            await database.Database.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);
            return block.Id;
        }

        public Task<bool> LiftAsync(BlockId id) =>
            database.Database.WriteAsync(db => new BlockStore(db).LiftAsync(id, Actor.Policy, "over", Clock.GetCurrentInstant(), Stop), Stop);

        public async Task<(EnforcementState State, Instant? ProvenAt, string? Detail)> StateAsync(BlockId id)
        {
            var row = Assert.Single(await database.Database.ReadAsync(db => new EnforcementStore(db).OfAsync([id], Stop), Stop));
            return (row.State, row.ProvenAt, row.Detail);
        }

        public async ValueTask DisposeAsync()
        {
            clerk.Dispose();
            await Receiver.DisposeAsync();
            views.Dispose();
            await database.DisposeAsync();
        }

        private WebhookClerk Make() => new(database.Database, views, second is null ? [webhook] : [webhook, second], Clock);
    }
}
