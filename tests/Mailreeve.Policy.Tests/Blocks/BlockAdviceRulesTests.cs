using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class BlockAdviceRulesTests
{
    private static readonly CustomerFact Alder = Some.Customer;
    private static readonly CustomerFact Birch = Some.Customer with { Id = new CustomerId(2), RegNumber = RegNumber.From(2).ToString(), Name = "Birch & Sons" };

    private static readonly PlaceAddress Theirs = new(Some.Address, null, Alder) { IsOurs = true };
    private static readonly BlockPlace Site = new(["shop.example"], Alder, [Theirs]);
    private static readonly PlaceUse OfBirch = new(Birch, "birch.example");

    [Fact]
    public void D5_an_address_that_is_the_customers_alone_is_blocked_and_nobody_else_is_hit()
    {
        var advice = BlockAdviceRules.Of(Site);

        Assert.Equal([Prefix.Single(Some.Address)], advice.Best!.Prefixes);
        Assert.Equal("192.0.2.7 is Alder Hosting's alone.", advice.Best.Why);
        Assert.Equal(["192.0.2.7", "shop.example and everything below it"], advice.Choices.Select(c => c.What));
    }

    [Fact]
    public void D5_the_name_is_blocked_when_others_share_the_address()
    {
        var advice = BlockAdviceRules.Of(Site with { Addresses = [Theirs with { Others = [OfBirch] }] });

        Assert.Equal(["shop.example"], advice.Best!.Names);
        Assert.Equal("Only the name tells it from what else is at the address.", advice.Best.Why);
        Assert.Equal(["shop.example and everything below it", "192.0.2.7"], advice.Choices.Select(c => c.What));
        Assert.Equal([OfBirch], advice.Choices[1].Hits);
        Assert.Equal($"birch.example of Birch & Sons ({Birch.RegNumber})", OfBirch.ToString());
    }

    [Fact]
    public void One_shared_address_of_several_is_enough_for_the_name()
    {
        var advice = BlockAdviceRules.Of(Site with { Addresses = [Theirs, Theirs with { Address = Some.OtherAddress, Others = [OfBirch] }] });

        Assert.Equal(["shop.example"], advice.Best!.Names);
        Assert.Equal("192.0.2.7, 203.0.113.25 are not theirs alone.", advice.Choices[1].Why);
    }

    [Fact]
    public void An_address_of_the_customers_provider_is_not_theirs_alone_even_if_nobody_else_is_known_there()
    {
        var advice = BlockAdviceRules.Of(Site with { Accused = Birch, Addresses = [Theirs] });

        Assert.Equal(["shop.example"], advice.Best!.Names);
        Assert.Equal((false, "192.0.2.7 is Alder Hosting's, who may have others there."), (advice.Choices[1].IsAlone, advice.Choices[1].Why));
    }

    [Fact]
    public void An_address_that_is_shared_and_has_no_name_is_left_to_a_person()
    {
        var advice = BlockAdviceRules.Of(new BlockPlace([], Alder, [Theirs with { Others = [OfBirch] }]));

        Assert.Null(advice.Best);
        Assert.Equal([OfBirch], Assert.Single(advice.Choices).Hits);
    }

    [Fact]
    public void A_name_below_which_others_have_theirs_hits_them()
    {
        var advice = BlockAdviceRules.Of(Site with { Addresses = [Theirs with { Others = [OfBirch] }], BelowNames = [new PlaceUse(Birch, "birch.shop.example"), new PlaceUse(null, "x")] });

        Assert.Null(advice.Best);
        // Fewer are hit by the address.
        Assert.Equal(["192.0.2.7", "shop.example and everything below it"], advice.Choices.Select(c => c.What));
    }

    [Fact]
    public void Where_a_site_was_before_is_said_and_not_blocked()
    {
        var advice = BlockAdviceRules.Of(Site with { Addresses = [Theirs with { LastSeen = Some.Time }] });

        Assert.Equal(["shop.example"], Assert.Single(advice.Choices).Names);
        Assert.Equal(["It led to 192.0.2.7 until 2026-03-02, and no longer does: a block there would not stop it."], advice.Notes);
    }

    [Fact]
    public void What_is_never_blocked_is_no_choice()
    {
        var advice = BlockAdviceRules.Of(Site with { Addresses = [Theirs with { Never = new NeverBlockEntry(Some.Prefix, "our web server") }] });

        Assert.Equal(["shop.example"], Assert.Single(advice.Choices).Names);
        Assert.Equal(["192.0.2.7 is never blocked: our web server."], advice.Notes);
    }

    [Fact]
    public void A_site_elsewhere_is_blocked_by_its_name_for_who_else_is_there_is_not_known()
    {
        var advice = BlockAdviceRules.Of(new BlockPlace(["shop.example"], null, [new PlaceAddress(Some.OtherAddress, null, null)]));

        Assert.Equal(["shop.example"], advice.Best!.Names);
        Assert.Equal("203.0.113.25 is not in our networks: who else is there is not known.", advice.Choices[1].Why);
    }

    [Fact]
    public void Without_anything_that_is_known_there_is_no_choice() =>
        Assert.Empty(BlockAdviceRules.Of(new BlockPlace([], null, [])).Choices);
}
