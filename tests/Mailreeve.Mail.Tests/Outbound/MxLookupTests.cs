using Mailreeve.Mail.Outbound;

namespace Mailreeve.Mail.Tests.Outbound;

public class MxLookupTests
{
    [Fact]
    public async Task Hosts_come_in_the_order_of_their_preference()
    {
        await using var dns = new NamePeer()
            .Exchanger("customer.example", 20, "second.example").Exchanger("customer.example", 10, "first.example")
            .Address("first.example", "192.0.2.1").Address("second.example", "192.0.2.2");

        var hosts = Assert.IsType<MxRoute.Hosts>(await FindAsync(dns, "customer.example")).Exchangers;

        Assert.Equal(["first.example 192.0.2.1", "second.example 192.0.2.2"], hosts.Select(h => $"{h.Name} {h.Addresses[0]}"));
    }

    [Fact]
    public async Task Without_mx_the_domain_itself_is_the_host()
    {
        await using var dns = new NamePeer().Address("customer.example", "192.0.2.1");

        var host = Assert.Single(Assert.IsType<MxRoute.Hosts>(await FindAsync(dns, "customer.example")).Exchangers);

        Assert.Equal("customer.example", host.Name);
    }

    [Fact]
    public async Task From_our_own_place_on_no_host_is_tried()
    {
        await using var dns = new NamePeer()
            .Exchanger("customer.example", 10, "first.example").Exchanger("customer.example", 20, "mx.provider.example")
            .Exchanger("customer.example", 30, "third.example")
            .Address("first.example", "192.0.2.1").Address("third.example", "192.0.2.3");

        Assert.Single(Assert.IsType<MxRoute.Hosts>(await FindAsync(dns, "customer.example")).Exchangers);
    }

    [Theory]
    [InlineData("null.example", "556 5.1.10")]
    [InlineData("missing.example", "550 5.1.2")]
    [InlineData("ours.example", "554 5.4.6")]
    [InlineData("homeless.example", "550 5.4.4")]
    public async Task A_domain_that_can_get_no_mail_is_refused_for_good(string domain, string reply)
    {
        await using var dns = new NamePeer()
            .Exchanger("null.example", 0, ".").Exchanger("ours.example", 10, "mx.provider.example").Exchanger("homeless.example", 10, "gone.example");

        Assert.StartsWith(reply, Assert.IsType<MxRoute.Nowhere>(await FindAsync(dns, domain)).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_name_server_is_no_answer()
    {
        await using var dns = new NamePeer().Broken("customer.example");

        Assert.StartsWith("451 4.4.3", Assert.IsType<MxRoute.Unknown>(await FindAsync(dns, "customer.example")).Reply, StringComparison.Ordinal);
    }

    private static Task<MxRoute> FindAsync(NamePeer dns, string domain) =>
        new MxLookup(dns.Resolver, "mx.provider.example").FindAsync(domain, TestContext.Current.CancellationToken);
}
