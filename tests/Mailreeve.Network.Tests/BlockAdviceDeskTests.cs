using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests;

/// <summary>The smallest block that works: what is looked up for it, and what follows.</summary>
public sealed class BlockAdviceDeskTests
{
    private static readonly CustomerFact Alder = Some.Customer;
    private static readonly CustomerFact Birch = Customer(2, "Birch & Sons");
    private static readonly CustomerFact Cedar = Customer(3, "Cedar Shop");

    private static readonly Provider Us = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24")],
        NeverBlock = [new NeverBlockEntry(Prefix.Parse("192.0.2.200"), "our web server")],
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_site_alone_at_its_customers_address_is_blocked_there(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await LeadsAsync(test, "shop.cedar.example", "192.0.2.9");

        var advice = await OfSiteAsync(test, "shop.cedar.example");

        Assert.Equal([Prefix.Parse("192.0.2.9")], advice.Best!.Prefixes);
        Assert.Equal("192.0.2.9 is Cedar Shop's alone.", advice.Best.Why);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_site_that_shares_its_address_with_another_customers_is_blocked_by_name(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await LeadsAsync(test, "cedar.example", "192.0.2.5");
        await LeadsAsync(test, "www.birch.example", "192.0.2.5");

        var advice = await OfSiteAsync(test, "cedar.example");

        Assert.Equal(["cedar.example"], advice.Best!.Names);
        Assert.Equal([new PlaceUse(Birch, "www.birch.example")], advice.Choices[1].Hits);
        var printed = new StringWriter();
        Assert.Equal(0, await BlockPlanCommand.RunAsync("cedar.example", advice, printed));
        Assert.Contains($"hits www.birch.example of Birch & Sons ({Birch.RegNumber})", printed.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_site_of_another_customer_that_is_there_no_more_is_not_hit(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await LeadsAsync(test, "cedar.example", "192.0.2.9");
        await LeadsAsync(test, "www.birch.example", "192.0.2.9");
        await LeadsAsync(test, "www.birch.example", "192.0.2.20", Some.Time + Duration.FromHours(1));

        Assert.Equal([Prefix.Parse("192.0.2.9")], (await OfSiteAsync(test, "cedar.example")).Best!.Prefixes);
    }

    [Fact]
    public async Task A_site_that_has_moved_is_blocked_where_it_is()
    {
        await using var test = await OpenAsync(Dialect.Sqlite);
        await LeadsAsync(test, "cedar.example", "192.0.2.10");
        await LeadsAsync(test, "cedar.example", "192.0.2.9", Some.Time + Duration.FromHours(1));

        var advice = await OfSiteAsync(test, "cedar.example");

        Assert.Equal([Prefix.Parse("192.0.2.9")], advice.Best!.Prefixes);
        Assert.StartsWith("It led to 192.0.2.10 until 2026-03-02", Assert.Single(advice.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_others_share_is_answered_with_the_names_that_are_theirs()
    {
        await using var test = await OpenAsync(Dialect.Sqlite);
        await LeadsAsync(test, "spam.example", "192.0.2.5");
        await LeadsAsync(test, "www.birch.example", "192.0.2.5");

        var advice = await OfAddressAsync(test, "192.0.2.5");

        Assert.Equal(["spam.example"], advice.Best!.Names);
        Assert.Equal([new PlaceUse(Birch, "www.birch.example")], advice.Choices[1].Hits);
    }

    [Fact]
    public async Task Names_that_are_nobodys_are_those_of_whoever_has_the_address()
    {
        await using var test = await OpenAsync(Dialect.Sqlite);
        await LeadsAsync(test, "cedar.example", "192.0.2.9");
        await LeadsAsync(test, "flowers.example", "192.0.2.9");

        var advice = await OfSiteAsync(test, "cedar.example");

        Assert.Equal([Prefix.Parse("192.0.2.9")], advice.Best!.Prefixes);
        Assert.Contains("flowers.example also led to 192.0.2.9", Assert.Single(advice.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_elsewhere_and_one_that_was_never_looked_up_have_only_their_names()
    {
        await using var test = await OpenAsync(Dialect.Sqlite);
        await LeadsAsync(test, "elsewhere.example", "203.0.113.25");
        await LeadsAsync(test, "ours.example", "192.0.2.200");

        Assert.Equal(["elsewhere.example"], (await OfSiteAsync(test, "elsewhere.example")).Best!.Names);
        Assert.Equal(["unknown.example"], (await OfSiteAsync(test, "unknown.example")).Best!.Names);
        Assert.Equal("192.0.2.200 is never blocked: our web server.", Assert.Single((await OfSiteAsync(test, "ours.example")).Notes));
    }

    [Fact]
    public async Task A_name_below_which_another_customer_has_one_is_left_to_a_person()
    {
        await using var test = await OpenAsync(Dialect.Sqlite);

        var advice = await OfSiteAsync(test, "example.example");

        Assert.Null(advice.Best);
        Assert.Equal([new PlaceUse(Birch, "birch.example.example")], Assert.Single(advice.Choices).Hits);
    }

    // Alder has 192.0.2.0/28 and passes .9 on to Cedar; Birch is a customer of its own.
    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            await store.AddAsync([Alder, Birch, Cedar with { Upstream = Alder.Id }], Some.Time, Stop);
            await store.AssignAsync(
                [
                    Some.Assignment, Some.Assignment with { Customer = Cedar.Id, Prefix = Prefix.Parse("192.0.2.9") },
                    Domain(Cedar, "cedar.example"), Domain(Birch, "birch.example"), Domain(Birch, "birch.example.example"),
                ], Some.Time, Stop);
        }, Stop);
        return test;
    }

    private static Assignment Domain(CustomerFact customer, string domain) => Some.Assignment with { Customer = customer.Id, Prefix = null, Domain = domain };

    private static CustomerFact Customer(long id, string name) => Some.Customer with { Id = new CustomerId(id), RegNumber = RegNumber.From(id).ToString(), Name = name };

    private static Task LeadsAsync(TestDatabase test, string host, string address, Instant? at = null) => test.Database.WriteAsync(async db =>
    {
        var (store, when) = (new HostStore(db), at ?? Some.Time);
        await store.WantAsync([host], [], when, when, Stop);
        await store.AnsweredAsync((await store.FindAsync([host], Stop))[0], [Address.Parse(address)], when, Stop);
    }, Stop);

    private static async Task<BlockAdvice> OfSiteAsync(TestDatabase test, string name)
    {
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        return await test.Database.ReadAsync(db => BlockAdviceDesk.OfSiteAsync(db, views.Directory, Us, [name], null, Now, Stop), Stop);
    }

    private static async Task<BlockAdvice> OfAddressAsync(TestDatabase test, string address)
    {
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        return await test.Database.ReadAsync(db => BlockAdviceDesk.OfAddressAsync(db, views.Directory, Us, Address.Parse(address), Now, Stop), Stop);
    }

    private static Instant Now => Some.Time + Duration.FromHours(2);
}
