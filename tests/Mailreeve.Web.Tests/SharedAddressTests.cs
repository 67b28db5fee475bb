using System.Text;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Web.Tests;

/// <summary>D5 on the pages: who shares an address, and what the smallest block of a site would be.</summary>
public sealed class SharedAddressTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customers_page_says_who_shares_an_address_and_what_each_could_have_instead()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.Billing);
        var before = await desk.OpenAsync("/admin/customers/2");
        await SharedAsync(host);

        var page = await desk.OpenAsync("/admin/customers/2");

        Assert.DoesNotContain("Shared addresses", before, StringComparison.Ordinal);
        Assert.Contains("Shared addresses", page, StringComparison.Ordinal);
        Assert.Contains("keeps it", page, StringComparison.Ordinal);
        // .0 is the network's, .8 to .15 are passed on.
        Assert.Contains("could have 192.0.2.1", page, StringComparison.Ordinal);
        // Whoever has the prefix sees it too.
        Assert.Contains("could have 192.0.2.1", await desk.OpenAsync("/admin/customers/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_case_of_a_site_says_what_the_smallest_block_would_be_where_a_person_is_asked()
    {
        await using var host = await WebHost.StartAsync();
        await SharedAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);
        using (var content = new StringContent(Phishing("https://www.cedar.example/bank", host.Clock.GetCurrentInstant()), Encoding.UTF8, "application/json"))
        using (await host.Stranger().Http.PostAsync("/api/reports", content, Stop))
            await host.ReadReportsAsync();
        host.Clock.AdvanceHours(1);
        await host.ReadReportsAsync();
        var found = Assert.Single(await host.Database.ReadAsync(db => new DeskStore(db).CasesAsync("", null, null, 10, Stop), Stop));

        var page = await desk.OpenAsync($"/desk/cases/{found.Id}");

        Assert.Contains("If it is to be blocked", page, StringComparison.Ordinal);
        Assert.Contains("www.cedar.example and everything below it", page, StringComparison.Ordinal);
        Assert.Contains("It would also hit birch.example of Birch &amp; Sons", page, StringComparison.Ordinal);
    }

    // Sites of Birch and of Cedar at an address of Alder's.
    private static Task SharedAsync(WebHost host) => host.Database.WriteAsync(async db =>
    {
        var (now, store) = (host.Clock.GetCurrentInstant(), new HostStore(db));
        await new CustomerStore(db).AssignAsync([Domain(WebHost.Birch, "birch.example"), Domain(WebHost.Cedar, "cedar.example")], now, Stop);
        foreach (var name in new[] { "birch.example", "www.cedar.example" })
        {
            await store.WantAsync([name], [], now, now, Stop);
            await store.AnsweredAsync((await store.FindAsync([name], Stop))[0], [Address.Parse("192.0.2.5")], now, Stop);
        }
    }, Stop);

    private static Assignment Domain(CustomerFact customer, string domain) =>
        Some.Assignment with { Customer = customer.Id, Prefix = null, Domain = domain };

    private static string Phishing(string url, Instant at) => $$"""
        {
          "xarf_version": "4.2.0", "report_id": "5f3a2d0e-6f1c-4a57-9d3e-0c2b6f1a7e11", "timestamp": "{{InstantPattern.General.Format(at)}}",
          "reporter": { "org": "Reporter", "contact": "desk@reporter.example", "domain": "reporter.example" },
          "sender": { "org": "Reporter", "contact": "desk@reporter.example", "domain": "reporter.example" },
          "source_identifier": "www.cedar.example", "category": "content", "type": "phishing", "url": "{{url}}"
        }
        """;
}
