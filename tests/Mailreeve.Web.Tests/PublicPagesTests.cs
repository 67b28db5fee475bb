using System.Net;
using Mailreeve.Policy.Page;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;

namespace Mailreeve.Web.Tests;

public sealed class PublicPagesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S6_The_policy_page_has_every_clause_and_figure_of_the_policy_in_force()
    {
        await using var host = await WebHost.StartAsync();

        var page = await host.Stranger().OpenAsync("/policy");

        Assert.Contains(ShippedPolicy.Policy.Revision, page, StringComparison.Ordinal);
        foreach (var clause in ShippedPolicy.Policy.Clauses)
            Assert.Contains($"id=\"{PolicyPage.AnchorOf(clause.Id)}\"", page, StringComparison.Ordinal);
        Assert.Contains(ShippedPolicy.Policy.Terms.ComplaintCharge.Value.ToString(), page, StringComparison.Ordinal);
        Assert.DoesNotContain("{", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S6_An_old_revision_is_readable_and_says_that_it_is_old()
    {
        await using var host = await WebHost.StartAsync();
        var old = ShippedPolicy.Source.File.Text.Replace(ShippedPolicy.Policy.Revision, "20010101", StringComparison.Ordinal);
        await host.Database.WriteAsync(db => new PolicyRevisionStore(db).KeepAsync("20010101", old, Some.Time, Stop), Stop);
        await host.Database.WriteAsync(db => new PolicyRevisionStore(db).KeepAsync("1999", "of another <program>", Some.Time, Stop), Stop);

        var page = await host.Stranger().OpenAsync("/policy/20010101");
        var foreign = await host.Stranger().OpenAsync("/policy/1999");

        Assert.Contains("not in force any more", page, StringComparison.Ordinal);
        Assert.Contains("id=\"c4\"", page, StringComparison.Ordinal);
        Assert.Contains("of another &lt;program&gt;", foreign, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await host.Stranger().StatusOfAsync("/policy/none"));
    }

    [Fact]
    public async Task Readiness_says_what_is_missing()
    {
        IReadOnlyList<string> problems = [];
        await using var host = await WebHost.StartAsync(o => o with { NotReady = _ => Task.FromResult(problems) });

        var ready = await host.Stranger().StatusOfAsync("/health/ready");
        problems = ["The intake clerk has not worked for 5 minutes."];
        using var notReady = await host.Stranger().Http.GetAsync("/health/ready", Stop);

        Assert.Equal(HttpStatusCode.OK, ready);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Contains("intake clerk", await notReady.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await host.Stranger().StatusOfAsync("/health/live"));
    }

    [Fact]
    public async Task Assets_are_kept_for_good_and_pages_are_not()
    {
        await using var host = await WebHost.StartAsync();

        using var sheet = await host.Stranger().Http.GetAsync(Embedded.Url("mailreeve.css"), Stop);
        using var page = await host.Stranger().Http.GetAsync("/", Stop);

        Assert.Contains("immutable", sheet.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.True(page.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void One_host_is_one_network_however_many_addresses_it_has(string client, string network) =>
        Assert.Equal(network, RateLimits.NetworkOf(IPAddress.Parse(client)));

    [Fact]
    public void A_strangers_text_cannot_move_hide_or_turn() =>
        Assert.Equal("a\ufffdb\u241bc\nd", Show.Plain("a\u202eb\u001bc\r\nd"));
}
