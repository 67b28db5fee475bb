using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Storage.Tests.Live;

public sealed class DirectoryTests
{
    private static readonly CustomerFact Downstream = Some.Customer with { Id = new CustomerId(2), Upstream = Some.Customer.Id };
    private static readonly CustomerFact Below = Some.Customer with { Id = new CustomerId(3), Upstream = Downstream.Id };

    [Fact]
    public void A_chain_goes_up_to_the_customer_of_the_provider_and_a_tree_goes_down()
    {
        var directory = new Directory([Below, Some.Customer, Downstream], []);

        Assert.Equal([Below, Downstream, Some.Customer], directory.ChainOf(Below.Id));
        Assert.Equal([Some.Customer.Id, Downstream.Id, Below.Id], directory.TreeOf(Some.Customer.Id));
        Assert.Empty(directory.ChainOf(new CustomerId(9)));
    }

    [Fact]
    public void A_circle_of_customers_ends()
    {
        var circle = Some.Customer with { Upstream = Below.Id };
        var directory = new Directory([circle, Downstream, Below], []);

        Assert.Equal(3, directory.ChainOf(circle.Id).Count);
        Assert.Equal(3, directory.TreeOf(circle.Id).Count);
    }

    [Fact]
    public void Names_below_a_domain_belong_to_its_owner_and_the_most_specific_comes_first()
    {
        var whole = Some.Assignment with { Prefix = null, Domain = "alder.example" };
        var part = whole with { Id = 2, Customer = Downstream.Id, Domain = "shop.alder.example" };
        var directory = new Directory([Some.Customer, Downstream], [whole, part]);

        Assert.Equal([part, whole], directory.Owning("www.Shop.alder.example."));
        Assert.Equal([whole], directory.Owning("alder.example"));
        Assert.Empty(directory.Owning("notalder.example"));
        Assert.Empty(directory.Owning("example"));
        Assert.Empty(directory.Owning(""));
    }

    [Fact]
    public void A_downstream_sends_from_its_own_addresses_or_from_those_of_who_is_above()
    {
        var directory = new Directory([Some.Customer with { SourceClass = "trusted" }, Downstream, Below with { SourceClass = "new" }], []);

        Assert.Equal(("trusted", "new"), (directory.SourceClassOf(Downstream.Id), directory.SourceClassOf(Below.Id)));
        Assert.Null(new Directory([Some.Customer with { Upstream = Below.Id }, Downstream, Below], []).SourceClassOf(Below.Id));
    }

    [Fact]
    public void Of_equal_prefixes_the_downstream_comes_first()
    {
        var passedOn = Some.Assignment with { Id = 2, Customer = Downstream.Id };
        var directory = new Directory([Some.Customer, Downstream], [Some.Assignment, passedOn]);

        Assert.Equal([passedOn, Some.Assignment], directory.Covering(Some.Address));
    }

    [Fact]
    public void A_customer_reaches_what_is_its_own_and_of_those_below_it_and_not_what_others_have_inside()
    {
        var other = Some.Customer with { Id = new CustomerId(9) };
        var whole = Some.Assignment with { Prefix = Prefix.Parse("192.0.2.0/28") };
        var passedOn = whole with { Id = 2, Customer = Downstream.Id, Prefix = Prefix.Parse("192.0.2.0/30") };
        var inside = whole with { Id = 3, Customer = other.Id, Prefix = Prefix.Parse("192.0.2.4/30") };
        var directory = new Directory([Some.Customer, Downstream, other], [whole, passedOn, inside]);

        Assert.Equal(["192.0.2.0/30", "192.0.2.8/29", "203.0.113.7"], directory.ReachOf(Some.Customer.Id, [Prefix.Parse("203.0.113.7")], Some.Time).Select(p => p.ToString()));
        Assert.Equal(["192.0.2.0/30"], directory.ReachOf(Downstream.Id, [], Some.Time).Select(p => p.ToString()));
        Assert.Equal([Some.Customer.Id, Downstream.Id, other.Id], directory.HoldersIn(whole.Prefix!.Value, Some.Time).OrderBy(c => c.Value));
        Assert.Equal([other.Id], directory.HoldersIn(Prefix.Parse("192.0.2.5"), Some.Time));
    }
}
