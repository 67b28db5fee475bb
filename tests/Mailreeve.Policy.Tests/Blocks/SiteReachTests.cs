using Mailreeve.Policy.Blocks;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class SiteReachTests
{
    private static readonly CustomerId Meant = new(1);
    private static readonly CustomerId Below = new(2);
    private static readonly CustomerId Other = new(3);

    [Fact]
    public void D5_Sites_of_other_customers_are_hit_by_mistake_those_of_the_customer_are_not()
    {
        KnownSite[] known =
        [
            new("shop.cedar.example", Other, Meant), new("www.alder.example", Meant, Meant), new("birch.example", Below, Meant),
            new("pills.example", null, Meant), new("cedar.example", Other, Meant), new("cedar.example", Other, Below),
        ];

        Assert.Equal(["cedar.example", "shop.cedar.example"], SiteReach.Others(known, new HashSet<CustomerId> { Meant, Below }));
    }

    [Fact]
    public void D5_At_an_address_of_a_third_party_every_site_is_somebody_elses()
    {
        KnownSite[] known = [new("pills.example", null, null), new("cedar.example", Other, null)];

        Assert.Equal(["cedar.example", "pills.example"], SiteReach.Others(known, new HashSet<CustomerId>()));
    }
}
