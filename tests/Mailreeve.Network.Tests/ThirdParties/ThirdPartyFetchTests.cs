using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using Mailreeve.Network.Commands;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Feeds;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Network.Tests.ThirdParties;

public sealed class ThirdPartyFetchTests
{
    private static readonly ThirdPartyList Drop = new()
    {
        Name = "drop", Source = "https://lists.example/drop.json", Format = FeedFormat.Drop, Reason = "Listed in DROP.",
    };

    private static readonly Provider Provider = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24")],
        NeverBlock = [],
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Blocks_are_what_the_list_says_and_a_bad_one_leaves_them(Dialect dialect)
    {
        await using var host = await Host.OpenAsync(dialect);
        host.Publisher.Says("198.51.100.0/24", "203.0.113.7", "2001:db8:66::/48");

        await host.WorkAsync();
        Assert.Equal(["198.51.100.0/24", "2001:db8:66::/48", "203.0.113.7"], host.InForce());
        Assert.True(host.Views.Blocks.TryFind(Address.Parse("198.51.100.9"), host.Clock.GetCurrentInstant(), out var block));
        Assert.Equal((BlockScope.Port25, new ClauseId("C8")), (block.Scope, block.Clause));

        // One goes, one comes; not before a day has passed.
        host.Publisher.Says("198.51.100.0/24", "2001:db8:66::/48", "203.0.113.8");
        host.Clock.Advance(Duration.FromHours(23));
        await host.WorkAsync();
        Assert.Contains("203.0.113.7", host.InForce());
        host.Clock.Advance(Duration.FromHours(1));
        await host.WorkAsync();
        Assert.Equal(["198.51.100.0/24", "2001:db8:66::/48", "203.0.113.8"], host.InForce());

        // Nothing, a tenth, half of it, too much: what was taken last stays, an hour after an hour.
        foreach (var bad in (string[])["", "{\"type\":\"metadata\",\"records\":0}\n", "<html>down for maintenance</html>", "{\"cidr\":\"0.0.0.0/0\"}\n{\"type\":\"metadata\",\"records\":1}\n"])
        {
            host.Publisher.Body = bad;
            host.Clock.Advance(Duration.FromDays(1));
            await host.WorkAsync();
            Assert.Equal(3, host.InForce().Count);
            Assert.NotNull(Assert.Single(host.Clerk.Seen).Problem);
        }

        using var said = new StringWriter();
        Assert.Equal(1, await ThirdPartyListCommand.RunAsync(host.Test.Database, said, Stop));
        Assert.Contains("drop  3 entries", said.ToString(), StringComparison.Ordinal);
        host.Publisher.Says("198.51.100.0/24");
        host.Clock.Advance(Duration.FromHours(1));
        await host.WorkAsync();
        Assert.Equal(3, host.InForce().Count);

        // A person has looked at why.
        var known = Assert.Single(host.Clerk.Seen);
        Assert.Null((await host.Fetch.RunAsync(Drop, known, acceptsShrunken: true, Stop)).Problem);
        Assert.Equal(["198.51.100.0/24"], host.InForce());
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again_and_goes_on()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite);
        host.Publisher.Says("198.51.100.0/24");
        host.Publisher.Tag = "\"v1\"";
        await host.WorkAsync();
        var until = Until();

        for (var day = 0; day < 8; day++)
        {
            host.Clock.Advance(Duration.FromDays(1));
            await host.WorkAsync();
        }

        Assert.Equal((9, 8), (host.Publisher.Asked, host.Publisher.Unchanged));
        Assert.True(Until() > until);
        // Whoever lifts one gets it back with the next fetch, changed or not.
        await host.Test.Database.WriteAsync(db => new BlockStore(db).LiftAsync(host.Views.Blocks.All.Single().Id, Actor.Operator("olga"), "By mistake.", host.Clock.GetCurrentInstant(), Stop), Stop);
        host.Clock.Advance(Duration.FromDays(1));
        await host.WorkAsync();
        Assert.Equal(["198.51.100.0/24"], host.InForce());

        Instant Until() => host.Views.Blocks.All.Single().ExpiresAt;
    }

    [Fact]
    public async Task What_is_fetched_as_seldom_as_can_be_does_not_end_in_between()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite, Drop with { Every = Duration.FromDays(7) });
        host.Publisher.Says("198.51.100.0/24");
        await host.WorkAsync();

        for (var week = 0; week < 4; week++)
        {
            host.Clock.Advance(Duration.FromDays(7));
            Assert.True(host.Views.Blocks.TryFind(Address.Parse("198.51.100.9"), host.Clock.GetCurrentInstant(), out _));
            await host.WorkAsync();
        }
    }

    [Fact]
    public async Task Another_configuration_holds_although_the_list_has_not_changed()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite);
        host.Publisher.Says("198.51.100.0/24");
        host.Publisher.Tag = "\"v1\"";
        await host.WorkAsync();

        // As after a restart: the tag is on record, and its blocks are of another configuration.
        host.Clock.Advance(Duration.FromDays(1));
        await host.Restarted(Drop with { Scope = BlockScope.All }).WorkAsync(Stop);
        Assert.Equal(BlockScope.All, host.Views.Blocks.All.Single().Scope);
        host.Clock.Advance(Duration.FromDays(1));
        await host.Restarted(Drop with { Scope = BlockScope.All, Reason = "Listed." }).WorkAsync(Stop);

        var block = Assert.Single(await host.Test.Database.ReadAsync(db => new BlockStore(db).OfListAsync("drop", Stop), Stop));
        Assert.Equal((BlockScope.All, "Listed."), (block.Scope, block.Reason));
        Assert.Equal(0, host.Publisher.Unchanged);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_given_up_and_one_that_is_damaged_is_not_taken()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite);
        host.Publisher.Says("198.51.100.0/24");
        await host.WorkAsync();

        host.Publisher.Broken = new GZipStream(new MemoryStream("no such thing"u8.ToArray()), CompressionMode.Decompress);
        host.Clock.Advance(Duration.FromDays(1));
        await host.WorkAsync();
        Assert.NotNull(Assert.Single(host.Clerk.Seen).Problem);

        // Its head comes at once, and nothing behind it.
        host.Publisher.Broken = new Pipe().Reader.AsStream();
        var hasty = host.Restarted(TimeSpan.FromMilliseconds(50), Drop);
        host.Clock.Advance(Duration.FromHours(1));
        await hasty.WorkAsync(Stop);
        Assert.Equal("It did not answer in time.", Assert.Single(hasty.Seen).Problem);
        Assert.Equal(["198.51.100.0/24"], host.InForce());
    }

    [Fact]
    public async Task Keys_in_an_address_are_used_and_not_shown()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite, Drop with { Source = "https://kim:pass@lists.example:8443/drop.json?key=secret" });
        host.Publisher.Says("198.51.100.0/24");

        await host.WorkAsync();
        host.Clock.Advance(Duration.FromHours(1));
        await host.WorkAsync();

        Assert.Equal("https://lists.example:8443/drop.json", Assert.Single(host.Clerk.Seen).Source);
        Assert.Equal("?key=secret", host.Publisher.Last!.Query);
        Assert.Equal(1, host.Publisher.Asked);
    }

    [Fact]
    public async Task A_server_that_fails_is_asked_again_in_an_hour_and_its_entries_end_in_time()
    {
        await using var host = await Host.OpenAsync(Dialect.Sqlite);
        host.Publisher.Says("198.51.100.0/24");
        await host.WorkAsync();
        host.Publisher.Status = HttpStatusCode.BadGateway;

        host.Clock.Advance(Duration.FromDays(1));
        await host.WorkAsync();
        host.Clock.Advance(Duration.FromMinutes(59));
        await host.WorkAsync();
        Assert.Equal(2, host.Publisher.Asked);
        host.Clock.Advance(Duration.FromMinutes(1));
        await host.WorkAsync();

        Assert.Equal(3, host.Publisher.Asked);
        Assert.Equal("Its server answered 502.", Assert.Single(host.Clerk.Seen).Problem);
        Assert.True(host.Views.Blocks.TryFind(Address.Parse("198.51.100.9"), host.Clock.GetCurrentInstant(), out _));
        Assert.False(host.Views.Blocks.TryFind(Address.Parse("198.51.100.9"), Some.Time + Drop.KeptFor, out _));
    }

    [Fact]
    public async Task A_file_does_as_well_and_a_subscription_that_ends_lifts_all_of_it()
    {
        var path = Path.Combine(RunFolder.NewFolder("list"), "list.txt");
        await File.WriteAllTextAsync(path, "203.0.113.0/24 # ours to test\n", Stop);
        var list = new ThirdPartyList { Name = "mine", Source = path, Reason = "Listed.", Scope = BlockScope.All };
        await using var host = await Host.OpenAsync(Dialect.Sqlite, list);

        await host.WorkAsync();
        Assert.Equal(BlockScope.All, host.Views.Blocks.All.Single().Scope);
        File.Delete(path);
        host.Clock.Advance(Duration.FromDays(1));
        await host.WorkAsync();
        Assert.Contains("Could not find file", Assert.Single(host.Clerk.Seen).Problem, StringComparison.Ordinal);
        Assert.Equal(["203.0.113.0/24"], host.InForce());

        await host.With().WorkAsync(Stop);
        Assert.Empty(host.InForce());
        Assert.Empty(await host.Test.Database.ReadAsync(db => new ThirdPartyStore(db).AllAsync(Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Entries_of_our_own_are_listed_and_lifted_by_their_prefix(Dialect dialect)
    {
        await using var host = await Host.OpenAsync(dialect);
        var desk = new BlockDesk(host.Test.Database, host.Views, ShippedPolicy.Policy, Provider, host.Clock);
        var order = new BlockOrder(Prefix.Parse("203.0.113.0/25"), BlockScope.Port25, ThirdPartyFetch.Clause, "Sends spam.", Duration.FromDays(30), ThirdPartyList.Own);
        using var said = new StringWriter();

        Assert.IsType<BlockOutcome.Placed>((await desk.PlaceAsync(order, Policy.Accounts.OperatorRole.Admin, Actor.Operator("olga"), Stop)).Outcome);
        Assert.Equal(0, await ThirdPartyListCommand.RunAsync(host.Test.Database, said, Stop));
        Assert.Equal(0, await BlockListCommand.RunAsync(host.Test.Database, host.Clock.GetCurrentInstant(), said, Stop));
        Assert.Contains("Entries of lists of others besides: 1;", said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is blocked", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await ThirdPartyLiftCommand.RunAsync(host.Test.Database, order.Prefix, Actor.Operator("olga"), " ", host.Clock.GetCurrentInstant(), said, Stop));
        Assert.Single(host.InForce());
        Assert.Equal(1, await ThirdPartyLiftCommand.RunAsync(host.Test.Database, Prefix.Parse("203.0.113.0/24"), Actor.Operator("olga"), "They stopped.", host.Clock.GetCurrentInstant(), said, Stop));
        Assert.Equal(0, await ThirdPartyLiftCommand.RunAsync(host.Test.Database, order.Prefix, Actor.Operator("olga"), "They stopped.", host.Clock.GetCurrentInstant(), said, Stop));

        Assert.Contains("203.0.113.0/25  until", said.ToString(), StringComparison.Ordinal);
        Assert.Empty(host.InForce());
    }

    // What the publisher's server would say.
    private sealed class Publisher : HttpMessageHandler
    {
        public string Body { get; set; } = "";

        public string? Tag { get; set; }

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public Stream? Broken { get; set; }

        public Uri? Last { get; private set; }

        public int Asked { get; private set; }

        public int Unchanged { get; private set; }

        public void Says(params string[] prefixes) =>
            Body = string.Concat(prefixes.Select(p => $"{{\"cidr\":\"{p}\"}}\n")) + $"{{\"type\":\"metadata\",\"records\":{prefixes.Length}}}\n";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            Last = request.RequestUri;
            var response = new HttpResponseMessage(Status) { Content = Broken is { } broken ? new StreamContent(broken) : new StringContent(Body) };
            if (Tag is not null && request.Headers.IfNoneMatch.Any(t => t.Tag == Tag))
            {
                Unchanged++;
                response.StatusCode = HttpStatusCode.NotModified;
            }

            if (Tag is not null)
                response.Headers.ETag = new System.Net.Http.Headers.EntityTagHeaderValue(Tag);
            return Task.FromResult(response);
        }
    }

    private sealed class Host : IAsyncDisposable
    {
        private readonly HttpClient http;
        private readonly List<HttpClient> restarted = [];

        private Host(TestDatabase test, LiveViews views, ThirdPartyList list)
        {
            (Test, Views, http) = (test, views, new HttpClient(Publisher));
            Fetch = new ThirdPartyFetch(test.Database, Provider, "1", http, Clock);
            Clerk = With(list);
        }

        public Publisher Publisher { get; } = new();

        public NodaTime.Testing.FakeClock Clock { get; } = Some.Clock();

        public TestDatabase Test { get; }

        public LiveViews Views { get; }

        public ThirdPartyFetch Fetch { get; }

        public ThirdPartyClerk Clerk { get; }

        public static async Task<Host> OpenAsync(Dialect dialect, ThirdPartyList? list = null)
        {
            var test = await TestDatabase.OpenAsync(dialect);
            return new Host(test, await LiveViews.LoadAsync(test.Database, Stop), list ?? Drop);
        }

        public ThirdPartyClerk With(params ThirdPartyList[] lists) => new(lists, Fetch, Test.Database, Clock, NullLogger<ThirdPartyClerk>.Instance);

        public ThirdPartyClerk Restarted(ThirdPartyList list) => Restarted(Timeout.InfiniteTimeSpan, list);

        public ThirdPartyClerk Restarted(TimeSpan timeout, ThirdPartyList list)
        {
            var client = new HttpClient(Publisher, disposeHandler: false) { Timeout = timeout };
            restarted.Add(client);
            return new([list], new ThirdPartyFetch(Test.Database, Provider, "1", client, Clock), Test.Database, Clock, NullLogger<ThirdPartyClerk>.Instance);
        }

        public Task<int> WorkAsync() => Clerk.WorkAsync(Stop);

        public List<string> InForce() => [.. Views.Blocks.All.Select(b => $"{b.Prefix}").Order(StringComparer.Ordinal)];

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            restarted.ForEach(c => c.Dispose());
            Views.Dispose();
            await Test.DisposeAsync();
        }
    }
}
