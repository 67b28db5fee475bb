using System.Net;
using Mailreeve.Network;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Web.Tests;

/// <summary>Blocks that an operator places on the desk's pages.</summary>
public sealed class BlockOrderPageTests
{
    private static readonly BlockOrder Wide = new(
        Prefix.Parse("198.18.112.0/21"), BlockScope.All, new ClauseId("C8"), "Attacks our customers.", Duration.FromDays(2));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_block_is_placed_once_what_it_would_hit_was_looked_at()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(desk, "192.0.2.20", "Scans ports.");
        Assert.Contains("Birch &amp; Sons", look, StringComparison.Ordinal);
        Assert.Empty(await BlocksAsync(host));
        using var placed = await desk.SubmitAsync(look, "/desk/blocks/place");

        Assert.Equal(HttpStatusCode.SeeOther, placed.StatusCode);
        var block = Assert.Single(await BlocksAsync(host));
        Assert.Equal(("192.0.2.20", "operator abuse-desk", "Scans ports."), ($"{block.Prefix}", block.PlacedBy.Value, block.Reason));
        Assert.Contains("192.0.2.20", await desk.OpenAsync("/desk/blocks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_looked_at_is_not_placed()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.Admin);
        var look = await LookAsync(desk, "192.0.2.18", "Scans ports.");

        using var other = await desk.SubmitAsync(look.Replace("192.0.2.18", "192.0.2.19", StringComparison.Ordinal), "/desk/blocks/place");
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        // Meanwhile somebody else has got the address.
        await host.Database.WriteAsync(db => new CustomerStore(db).AssignAsync(
            [new Assignment { Id = 0, Customer = WebHost.Cedar.Id, Prefix = Prefix.Parse("192.0.2.18"), ValidFrom = Some.Time }], Some.Time, Stop), Stop);
        using var changed = await desk.SubmitAsync(look, "/desk/blocks/place");

        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Contains("not what you had looked at", await changed.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(await BlocksAsync(host));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "would also hit")]
    [InlineData("203.0.113.0/20", "Write an address or a prefix")]
    [InlineData("100-0000-4", "Write an address or a prefix")]
    [InlineData("nonsense", "Write an address or a prefix")]
    [InlineData("provider.example", "provider.example is ours")]
    [InlineData("0.0.0.0/0", "too much of the Internet")]
    public async Task What_stands_in_the_way_is_said_and_nothing_can_be_placed(string target, string expected)
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(desk, target, "Scans ports.");

        Assert.Contains(expected, look, StringComparison.Ordinal);
        Assert.DoesNotContain("/desk/blocks/place", look, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_and_all_that_a_customer_has_are_placed_on_the_same_page()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        using var name = await desk.SubmitAsync(await LookAsync(desk, "Shop.Bad.Example", "Sells lists."), "/desk/blocks/place");
        using var whole = await desk.SubmitAsync(await LookAsync(desk, WebHost.Birch.RegNumber, "It was not answered."), "/desk/blocks/place");

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.SeeOther), (name.StatusCode, whole.StatusCode));
        Assert.Equal("shop.bad.example", Assert.Single(await host.Database.ReadAsync(db => new NameBlockStore(db).InForceAsync(Stop), Stop)).Name);
        Assert.Equal(WebHost.Birch.Id, Assert.Single(await host.Database.ReadAsync(db => new CustomerBlockStore(db).InForceAsync(Stop), Stop)).CustomerId);
    }

    [Fact]
    public async Task Only_others_are_kept_among_the_lists_of_others()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        Assert.Contains("is ours", await LookAsync(desk, "192.0.2.20", "Sends spam.", ("list", "own")), StringComparison.Ordinal);
        using var placed = await desk.SubmitAsync(await LookAsync(desk, "198.51.100.7", "Sends spam.", ("list", "own")), "/desk/blocks/place");

        Assert.Equal("/desk/third-parties", placed.Headers.Location?.OriginalString);
        Assert.Equal("own", Assert.Single(await BlocksAsync(host)).List);
    }

    [Fact]
    public async Task A_link_fills_the_form_in_and_says_nothing_of_who_complained()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        Assert.Contains("/desk/blocks/new?target=192.0.2.20", await desk.OpenAsync("/desk/who?address=192.0.2.20"), StringComparison.Ordinal);
        var page = await desk.OpenAsync("/desk/blocks/new?target=192.0.2.20&clause=C5");

        Assert.Contains("value=\"192.0.2.20\"", page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"C5\" selected", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wide_block_waits_and_only_another_administrator_says_yes()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(admin, "198.18.112.0/21", "Attacks our customers.");
        Assert.Contains("It takes two people", look, StringComparison.Ordinal);
        using var waits = await admin.SubmitAsync(look, "/desk/blocks/place");
        Assert.Equal("/desk/blocks/proposals/1", waits.Headers.Location?.OriginalString);
        await host.Get<BlockDesk>().PlaceAsync(Wide with { Prefix = Prefix.Parse("198.19.96.0/21") }, OperatorRole.Admin, Actor.Operator("olga"), Stop);

        // One's own is not for oneself to decide.
        Assert.DoesNotContain("/desk/blocks/proposals/1/confirm", await admin.OpenAsync("/desk/blocks/proposals/1"), StringComparison.Ordinal);
        Assert.DoesNotContain("/desk/blocks/proposals/1", await admin.OpenAsync("/desk"), StringComparison.Ordinal);
        Assert.Contains("/desk/blocks/proposals/1", await admin.OpenAsync("/desk/blocks"), StringComparison.Ordinal);
        // Who could not place it may say no, and not yes.
        var seen = await desk.OpenAsync("/desk/blocks/proposals/1");
        Assert.Contains("/desk/blocks/proposals/1/decline", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/desk/blocks/proposals/1/confirm", seen, StringComparison.Ordinal);
        Assert.Contains("/desk/blocks/proposals/1", await desk.OpenAsync("/desk"), StringComparison.Ordinal);
        using var declined = await desk.SubmitAsync(seen, "/desk/blocks/proposals/1/decline", ("reason", "Half of it is a university."));
        Assert.Equal(HttpStatusCode.SeeOther, declined.StatusCode);
        Assert.Empty(await BlocksAsync(host));

        using var confirmed = await admin.SendAsync("/desk/blocks/proposals/2", "/desk/blocks/proposals/2/confirm");
        Assert.Equal(HttpStatusCode.SeeOther, confirmed.StatusCode);
        Assert.Equal("198.19.96.0/21", $"{Assert.Single(await BlocksAsync(host)).Prefix}");
        Assert.Contains("Half of it is a university.", await admin.OpenAsync("/desk/blocks/proposals/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_place_none_finds_no_form()
    {
        await using var host = await WebHost.StartAsync();
        var billing = await host.SignedInAsync(OperatorRole.Billing);

        Assert.Equal(HttpStatusCode.Forbidden, await billing.StatusOfAsync("/desk/blocks/new"));
        Assert.DoesNotContain("/desk/blocks/new", await billing.OpenAsync("/desk/blocks"), StringComparison.Ordinal);
    }

    private static async Task<string> LookAsync(Visitor visitor, string target, string reason, params (string Name, string Value)[] more)
    {
        using var answer = await visitor.SendAsync(
            "/desk/blocks/new", "/desk/blocks/new",
            [("target", target), ("scope", "all"), ("clause", "C4"), ("for", "2 d"), ("reason", reason), .. more]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static Task<IReadOnlyList<BlockRow>> BlocksAsync(WebHost host) => host.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop);
}
