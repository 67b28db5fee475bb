using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Tests.Accounts;

public class AssignmentRulesTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 1, 0, 0);
    private static readonly CustomerId Reseller = new(1);
    private static readonly CustomerId Downstream = new(2);
    private static readonly CustomerId Stranger = new(3);
    private static readonly DownstreamTree Tree = new(new Dictionary<CustomerId, CustomerId> { [Downstream] = Reseller });

    [Fact]
    public void Two_strangers_may_not_hold_the_same()
    {
        var conflict = Assert.Single(Conflicts(Of(1, Reseller, "192.0.2.0/28"), Of(2, Stranger, "192.0.2.0/28")));

        var both = Assert.IsType<AssignmentConflict.SameForBoth>(conflict);
        Assert.Equal((Reseller, Stranger), (both.First.Customer, both.Second.Customer));
    }

    [Fact]
    public void A_downstream_may_hold_all_or_a_part_of_what_its_upstream_holds() =>
        Assert.Empty(Conflicts(Of(1, Reseller, "192.0.2.0/24"), Of(2, Downstream, "192.0.2.0/24"), Of(3, Downstream, "192.0.2.8/29")));

    [Fact]
    public void An_upstream_may_not_hold_a_part_of_what_its_downstream_holds() =>
        Assert.IsType<AssignmentConflict.Inside>(Assert.Single(Conflicts(Of(1, Downstream, "192.0.2.0/24"), Of(2, Reseller, "192.0.2.8/29"))));

    [Fact]
    public void Every_conflict_is_told_and_through_several_levels()
    {
        var conflicts = Conflicts(
            Of(1, Reseller, "192.0.2.0/24"), Of(2, Downstream, "192.0.2.0/28"), Of(3, Stranger, "192.0.2.1"), Of(4, Stranger, "198.51.100.0/24"));

        Assert.Equal(2, conflicts.Count);
        Assert.All(conflicts, c => Assert.Equal(3, Assert.IsType<AssignmentConflict.Inside>(c).Inner.Id));
    }

    [Fact]
    public void One_after_the_other_is_no_conflict()
    {
        var before = Of(1, Reseller, "192.0.2.0/28") with { ValidTo = Now };

        Assert.Empty(Conflicts(before, Of(2, Stranger, "192.0.2.0/28") with { ValidFrom = Now }));
        Assert.Single(Conflicts(before, Of(2, Stranger, "192.0.2.0/28") with { ValidFrom = Now - Duration.FromMilliseconds(1) }));
    }

    [Fact]
    public void The_same_twice_is_a_mistake_but_a_part_of_it_is_not()
    {
        Assert.IsType<AssignmentConflict.Twice>(Assert.Single(Conflicts(Of(1, Reseller, "192.0.2.0/28"), Of(2, Reseller, "192.0.2.0/28"))));
        Assert.Empty(Conflicts(Of(1, Reseller, "192.0.2.0/28"), Of(2, Reseller, "192.0.2.1")));
    }

    [Fact]
    public void Domains_follow_the_same_rules()
    {
        Assert.IsType<AssignmentConflict.SameForBoth>(Assert.Single(Conflicts(Of(1, Reseller, "shop.example"), Of(2, Stranger, "shop.example"))));
        Assert.IsType<AssignmentConflict.Inside>(Assert.Single(Conflicts(Of(1, Reseller, "shop.example"), Of(2, Stranger, "www.shop.example"))));
        Assert.Empty(Conflicts(Of(1, Reseller, "shop.example"), Of(2, Downstream, "www.shop.example"), Of(3, Stranger, "workshop.example")));
    }

    [Fact]
    public void What_is_held_now_lies_in_the_providers_networks()
    {
        var ended = Of(2, Stranger, "203.0.113.0/28") with { ValidTo = Now };

        var conflicts = AssignmentRules.Conflicts([Of(1, Reseller, "198.51.100.1"), ended], Tree, [Prefix.Parse("192.0.2.0/24")], Now);

        Assert.Equal(1, Assert.IsType<AssignmentConflict.NotOurs>(Assert.Single(conflicts)).Assignment.Id);
    }

    [Fact]
    public void Customers_who_are_each_others_upstream_are_found()
    {
        var tree = new DownstreamTree(new Dictionary<CustomerId, CustomerId>
        {
            [new(1)] = new(2), [new(2)] = new(3), [new(3)] = new(1), [new(4)] = new(1), [new(5)] = new(5),
        });

        Assert.Equal([[new(1), new(2), new(3)], [new(5)]], tree.Rings());
        Assert.True(tree.IsDownstreamOf(new(4), new(3)));
    }

    private static IReadOnlyList<AssignmentConflict> Conflicts(params Assignment[] all) => AssignmentRules.Conflicts(all, Tree, [], Now);

    private static Assignment Of(long id, CustomerId customer, string resource) => new()
    {
        Id = id,
        Customer = customer,
        Prefix = Prefix.TryParse(resource, out var prefix) ? prefix : null,
        Domain = Prefix.TryParse(resource, out _) ? null : resource,
        ValidFrom = Now - Duration.FromDays(30),
    };
}
