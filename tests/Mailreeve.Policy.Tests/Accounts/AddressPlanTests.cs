using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Tests.Accounts;

public sealed class AddressPlanTests
{
    private static readonly CustomerId Hoster = new(1);
    private static readonly CustomerId Birch = new(2);
    private static readonly CustomerId Cedar = new(3);
    private static readonly CustomerId Dune = new(4);

    [Fact]
    public void D5_customers_who_share_an_address_are_each_proposed_a_free_one_of_the_same_prefix()
    {
        var facts = Facts(("birch.example", Birch, "192.0.2.2"), ("cedar.example", Cedar, "192.0.2.2"), ("www.cedar.example", Cedar, "192.0.2.2"), ("dune.example", Dune, "192.0.2.4"));

        var shared = Assert.Single(AddressPlan.Of(facts));

        Assert.Equal((Address.Parse("192.0.2.2"), Prefix.Parse("192.0.2.0/29")), (shared.Address, shared.Around));
        Assert.Equal([Cedar, Birch], shared.Shares.Select(s => s.Customer));
        // Two sites stay where they are rather than one.
        Assert.Equal((true, null), (shared.Shares[0].Keeps, shared.Shares[0].Proposed));
        Assert.Equal(["cedar.example", "www.cedar.example"], shared.Shares[0].Hosts);
        // .0 is the network, .1 is assigned, .2 and .4 are used.
        Assert.Equal((false, Address.Parse("192.0.2.3")), (shared.Shares[1].Keeps, shared.Shares[1].Proposed));
    }

    [Fact]
    public void Whoever_has_the_address_assigned_keeps_it()
    {
        var facts = Facts(("birch.example", Birch, "192.0.2.1"), ("www.birch.example", Birch, "192.0.2.1"));

        var shared = Assert.Single(AddressPlan.Of(facts));

        Assert.Equal([(Dune, true, 0), (Birch, false, 2)], shared.Shares.Select(s => (s.Customer, s.Keeps, s.Hosts.Count)));
    }

    [Fact]
    public void No_address_is_proposed_twice_and_none_that_is_taken_or_reserved()
    {
        var facts = Facts(
            ("a.example", Birch, "192.0.2.2"), ("b.example", Cedar, "192.0.2.2"), ("c.example", Dune, "192.0.2.2"),
            ("d.example", Birch, "192.0.2.3"), ("e.example", Cedar, "192.0.2.3"), ("f.example", Dune, "192.0.2.3")) with
        { Reserved = [Prefix.Parse("192.0.2.4")] };

        var proposed = AddressPlan.Of(facts).SelectMany(s => s.Shares).Where(s => !s.Keeps).Select(s => s.Proposed?.ToString());

        // Of eight, .0 and .7 are the network's, .1 is assigned, .2 and .3 are in use, .4 is ours: two are left for four.
        Assert.Equal(["192.0.2.5", "192.0.2.6", null, null], proposed);
    }

    [Fact]
    public void A_customer_alone_at_an_address_is_left_alone() =>
        Assert.Empty(AddressPlan.Of(Facts(("a.example", Birch, "192.0.2.2"), ("b.example", Birch, "192.0.2.2"))));

    [Theory]
    [InlineData("192.0.2.0/30", "192.0.2.1 192.0.2.2")]
    [InlineData("192.0.2.0/31", "192.0.2.0 192.0.2.1")]
    [InlineData("2001:db8::/126", "2001:db8::1 2001:db8::2 2001:db8::3")]
    public void Addresses_that_no_host_can_have_are_not_free(string prefix, string free) =>
        Assert.Equal(free, string.Join(' ', AddressPlan.FreeIn(Prefix.Parse(prefix), new AddressPlanFacts([], [], [], [], []))));

    [Fact]
    public void Of_a_wide_prefix_only_as_many_are_looked_for_as_are_needed() =>
        Assert.Equal(
            ["2001:db8::2", "2001:db8::3"],
            AddressPlan.FreeIn(Prefix.Parse("2001:db8::/32"), new AddressPlanFacts([], [], [], [Address.Parse("2001:db8::1")], [])).Take(2).Select(a => a.ToString()));

    private static AddressPlanFacts Facts(params (string Host, CustomerId Customer, string Address)[] sites) => new(
        [.. sites.Select(s => new PlacedSite(s.Host, s.Customer, Address.Parse(s.Address)))],
        [(Prefix.Parse("192.0.2.0/29"), Hoster), (Prefix.Parse("192.0.2.1"), Dune), (Prefix.Parse("192.0.2.8/29"), Birch)],
        [Prefix.Parse("192.0.2.0/24")],
        [.. sites.Select(s => Address.Parse(s.Address)).Distinct()],
        []);
}
