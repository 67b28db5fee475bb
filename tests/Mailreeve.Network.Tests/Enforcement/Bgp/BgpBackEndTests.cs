using System.Net;
using Mailreeve.Network.Enforcement;
using Mailreeve.Network.Enforcement.Bgp;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Network.Tests.Enforcement.Bgp;

public sealed class BgpBackEndTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly EnforcedElement Attacker = new(EnforcedList.All, Prefix.Parse("203.0.113.66"));
    private static readonly EnforcedElement Network6 = new(EnforcedList.All, Prefix.Parse("2001:db8:66::/48"));
    private static readonly EnforcedElement Mail = new(EnforcedList.Port25, Prefix.Parse("192.0.2.7"));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_session_begins_with_everything_and_changes_follow(string at)
    {
        using var router = new FakeRouter(IPAddress.Parse(at));
        var (filter, session) = await OpenAsync(router);
        using var open = filter;

        Assert.Null(filter.Read());
        Assert.False(filter.TryApply([], [Attacker]));
        filter.Replace([Attacker, Mail]);
        await Eventually.TrueAsync(() => session.Updates.Count(u => u.EndOf is not null) == 4);
        HashSet<BgpRoute> first =
        [
            new(BgpDrop.Blackhole, Attacker.Prefix), new(BgpDrop.From, Attacker.Prefix), new(BgpDrop.MailTo, Mail.Prefix), new(BgpDrop.MailFrom, Mail.Prefix),
        ];
        Assert.Equal(first, session.Routes);
        // The last word of each family is that there is no more.
        Assert.All(session.Updates.TakeLast(4), u => Assert.NotNull(u.EndOf));
        Assert.Equal(120, session.Theirs.RestartSeconds!.Value);

        Assert.True(filter.TryApply([Mail], [Network6]));
        Assert.True(filter.Has(Network6));
        Assert.False(filter.Has(Mail));
        Assert.Equal([Attacker, Network6], filter.Read()!);
        await Eventually.TrueAsync(() => session.Routes.SetEquals(
            [.. first.Take(2), new BgpRoute(BgpDrop.Blackhole, Network6.Prefix), new BgpRoute(BgpDrop.From, Network6.Prefix)]));
        Assert.All(session.Updates.Where(u => u.Announced.Count > 0), u => Assert.Contains(0xFFFF_FF01, u.Communities));
        // What was never announced is not taken back.
        Assert.False(filter.TryApply([Mail], []));
    }

    [Fact]
    public async Task All_of_a_family_is_told_again_when_the_router_asks()
    {
        using var router = new FakeRouter();
        var (filter, session) = await OpenAsync(router);
        using var open = filter;
        filter.Replace([Attacker, Network6]);
        await Eventually.TrueAsync(() => session.Updates.Count(u => u.EndOf is not null) == 4);
        var before = session.Updates.Count;

        session.Say(BgpHeader.Write(BgpMessage.RouteRefresh, [0, 1, 0, 133]));
        // A family that was not agreed on, and the end of an answer of its own, ask for nothing.
        session.Say(BgpHeader.Write(BgpMessage.RouteRefresh, [0, 9, 0, 1]));
        session.Say(BgpHeader.Write(BgpMessage.RouteRefresh, [0, 2, 2, 1]));
        await Eventually.TrueAsync(() => session.Updates.Count > before);

        Assert.True(filter.TryApply([], [Mail]));
        await Eventually.TrueAsync(() => session.Updates.Count > before + 1);
        Assert.Equal([new BgpRoute(BgpDrop.From, Attacker.Prefix)], session.Updates[before].Announced);
        Assert.Equal(2, session.Updates[before + 1].Announced.Count);
    }

    [Fact]
    public async Task A_router_that_falls_silent_ends_the_session()
    {
        using var router = new FakeRouter();
        router.Open = router.Open with { HoldSeconds = 3 };
        var (filter, session) = await OpenAsync(router);
        using var open = filter;
        filter.Replace([Attacker]);

        session.BeMute();
        var why = await Assert.ThrowsAsync<EnforcementException>(() => filter.ForeignChangeAsync(Stop));

        Assert.EndsWith("said nothing for 3 seconds.", why.Message, StringComparison.Ordinal);
        Assert.Throws<EnforcementException>(() => filter.Read());
        Assert.False(filter.TryRenew(Duration.FromMinutes(1)));
        await Eventually.TrueAsync(() => session.Reason is { Error: BgpError.HoldTimer });
    }

    [Fact]
    public async Task What_ends_a_session_is_told_in_words()
    {
        using var router = new FakeRouter();
        var (filter, session) = await OpenAsync(router);
        using (filter)
        {
            session.Say(new BgpNotification(BgpError.Cease, 1).Write());
            var why = await Assert.ThrowsAsync<EnforcementException>(() => filter.ForeignChangeAsync(Stop));
            Assert.EndsWith("has ended the session: cease, it takes no more prefixes from us.", why.Message, StringComparison.Ordinal);
        }

        (filter, session) = await OpenAsync(router);
        using (filter)
        {
            session.Say(new byte[19]);
            var why = await Assert.ThrowsAsync<EnforcementException>(() => filter.ForeignChangeAsync(Stop));
            Assert.Contains("does not speak BGP as it should: message header, connection not synchronized", why.Message, StringComparison.Ordinal);
            await Eventually.TrueAsync(() => session.Reason is { Error: BgpError.Header, Subcode: 1 });
        }

        (filter, session) = await OpenAsync(router);
        using (filter)
        {
            session.Dispose();
            var why = await Assert.ThrowsAsync<EnforcementException>(() => filter.ForeignChangeAsync(Stop));
            Assert.Contains("127.0.0.1", why.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(64501u, 90, "is AS 64501, and remote-as says 64500.", 2)]
    [InlineData(64500u, 2, "unacceptable hold time", 6)]
    public async Task One_who_is_not_as_agreed_is_told_so(uint number, int hold, string words, byte subcode)
    {
        using var router = new FakeRouter();
        router.Open = router.Open with { As = number, HoldSeconds = (ushort)hold };
        var answering = router.AnswerAsync(Stop);

        var why = await Assert.ThrowsAsync<EnforcementException>(() => BgpBackEnd.OpenAsync(router.Peer, Stop));

        Assert.Contains(words, why.Message, StringComparison.Ordinal);
        var session = await answering;
        await Eventually.TrueAsync(() => session.Reason is { Error: BgpError.Open } reason && reason.Subcode == subcode);
    }

    [Theory]
    [InlineData(120, 120, false)]
    [InlineData(0, 120, true)]
    [InlineData(120, null, true)]
    public async Task Who_keeps_routes_is_not_told_that_we_go(int ours, int? theirs, bool told)
    {
        using var router = new FakeRouter();
        router.Open = router.Open with { RestartSeconds = (ushort?)theirs };
        var (filter, session) = await OpenAsync(router, router.Peer with { RestartSeconds = ours });

        filter.Dispose();

        await Eventually.TrueAsync(() => session.IsOver);
        Assert.Equal(told, session.Reason is { Error: BgpError.Cease, Subcode: 2 });
    }

    [Theory]
    [InlineData("UnicastIPv4 UnicastIPv6", BlockScope.All, "203.0.113.66", "Announced drops what is sent to it; what it sends passes")]
    [InlineData("UnicastIPv4 UnicastIPv6", BlockScope.Port25, "203.0.113.66", "Pending A blackhole drops everything, not port 25 alone.")]
    [InlineData("UnicastIPv4", BlockScope.All, "2001:db8::7", "Pending This router takes nothing of IPv6.")]
    [InlineData("UnicastIPv4 FlowIPv4", BlockScope.All, "203.0.113.66", "Announced ")]
    [InlineData("FlowIPv4 FlowIPv6", BlockScope.Port25, "2001:db8:7::/48", "Announced ")]
    [InlineData("FlowIPv4 FlowIPv6", BlockScope.All, "198.51.100.0/23", "Pending Prefixes shorter than /24 are not announced to this router.")]
    [InlineData("FlowIPv4 FlowIPv6", BlockScope.All, "::/0", "Pending Prefixes shorter than /48 are not announced to this router.")]
    public async Task It_says_what_it_can_do_about_a_block(string families, BlockScope scope, string prefix, string reach)
    {
        using var router = new FakeRouter();
        router.Open = router.Open with { Families = [.. families.Split(' ').Select(Enum.Parse<BgpFamily>)] };
        var (filter, _) = await OpenAsync(router);
        using var open = filter;

        var said = filter.ReachOf(new BlockEntry
        {
            Id = new BlockId(1), Prefix = Prefix.Parse(prefix), Scope = scope, StartsAt = Some.Time, ExpiresAt = Some.Time, Clause = Some.Clause,
        });

        Assert.Equal(reach, $"{said.Proof} {said.Detail}");
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Whenever_the_session_comes_up_everything_is_announced_and_nothing_that_is_never_blocked(Dialect dialect)
    {
        using var router = new FakeRouter();
        router.Open = router.Open with { Families = [BgpFamily.UnicastIPv4] };
        await using var database = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(database.Database, Stop);
        NeverBlockEntry[] never = [new(Prefix.Parse("203.0.113.1"), "the router")];
        var loop = new EnforcementLoop(
            router.Peer.Name, async stop => await BgpBackEnd.OpenAsync(router.Peer, stop), database.Database, views, never,
            new EnforcementOptions { Node = "edge", Tick = TimeSpan.FromMilliseconds(20) }, Some.Clock(), NullLogger.Instance);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = loop.RunAsync(end.Token);
        var session = await router.AnswerAsync(Stop);

        // By force: nobody could place the last two.
        await PlaceAsync(1, BlockScope.All, "203.0.113.66");
        await PlaceAsync(2, BlockScope.All, "203.0.113.0/29");
        await PlaceAsync(3, BlockScope.Port25, "203.0.113.67");
        await PlaceAsync(4, BlockScope.All, "0.0.0.0/0");
        await PlaceAsync(5, BlockScope.All, "203.0.113.1");
        HashSet<BgpRoute> all =
        [
            .. from prefix in new[] { "203.0.113.66", "203.0.113.0", "203.0.113.2/31", "203.0.113.4/30" }
               select new BgpRoute(BgpDrop.Blackhole, Prefix.Parse(prefix)),
        ];
        await Eventually.TrueAsync(() => session.Routes.SetEquals(all));
        await StandAsync(1, EnforcementState.Announced, "what it sends passes");
        await StandAsync(2, EnforcementState.Announced, "what it sends passes");
        await StandAsync(3, EnforcementState.Pending, "not port 25 alone");
        await StandAsync(4, EnforcementState.Pending, "shorter than /24");
        await StandAsync(5, EnforcementState.Pending, "never-block");

        session.Dispose();
        await database.Database.WriteAsync(db => new BlockStore(db).LiftAsync(new BlockId(2), Actor.Policy, "over", Some.Time, Stop), Stop);
        session = await router.AnswerAsync(Stop);
        await Eventually.TrueAsync(() => session.Routes.SetEquals([new BgpRoute(BgpDrop.Blackhole, Prefix.Parse("203.0.113.66"))]));
        await StandAsync(2, EnforcementState.Removed, "");
        await end.CancelAsync();
        await running;

        Task PlaceAsync(long id, BlockScope scope, string prefix) => database.Database.WriteAsync(
            db => new BlockStore(db).PlaceAsync([Some.Block with { Id = new BlockId(id), Prefix = Prefix.Parse(prefix), Scope = scope }], Stop), Stop);

        Task StandAsync(long id, EnforcementState state, string detail) => Eventually.TrueAsync(async () =>
            await database.Database.ReadAsync(db => new EnforcementStore(db).OfAsync([new BlockId(id)], Stop), Stop) is [var row]
            && row.State == state && row.BackEnd == "bgp 127.0.0.1" && (row.Detail ?? "").Contains(detail, StringComparison.Ordinal), $"{id} is {state}");
    }

    private static async Task<(BgpBackEnd BackEnd, FakeRouter.Session Session)> OpenAsync(FakeRouter router, BgpPeer? peer = null)
    {
        var answering = router.AnswerAsync(Stop);
        var opened = await BgpBackEnd.OpenAsync(peer ?? router.Peer, Stop);
        return (opened, await answering);
    }
}
