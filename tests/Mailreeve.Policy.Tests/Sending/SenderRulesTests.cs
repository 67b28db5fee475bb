using Mailreeve.Policy.Sending;

namespace Mailreeve.Policy.Tests.Sending;

/// <summary>Clause C2: under which names a customer may write.</summary>
public class SenderRulesTests
{
    private static readonly CustomerId Alder = new(1);
    private static readonly CustomerId Birch = new(2);
    private static readonly MailboxId Kim = new(10);
    private static readonly MailboxId Lee = new(11);

    private static readonly SenderFacts ByKim = new(Alder, Kim);
    private static readonly SenderFacts ByServer = new(Alder, null);

    [Fact]
    public void C2_a_mailbox_writes_under_its_own_addresses_and_no_others()
    {
        Assert.True(SenderRules.IsTheirs(ByKim with { HeldBy = Kim }));
        Assert.False(SenderRules.IsTheirs(ByKim with { HeldBy = Lee }));
        Assert.False(SenderRules.IsTheirs(ByKim));
    }

    [Fact]
    public void C2_who_takes_the_rest_of_a_domain_writes_under_the_rest()
    {
        var facts = ByKim with { CatchAll = Kim, DomainOf = Alder };

        Assert.True(SenderRules.IsTheirs(facts));
        Assert.False(SenderRules.IsTheirs(facts with { HeldBy = Lee }));
        Assert.False(SenderRules.IsTheirs(facts with { DomainOf = Birch }));
        Assert.False(SenderRules.IsTheirs(facts with { CatchAll = Lee }));
    }

    [Fact]
    public void C2_a_server_writes_in_the_domains_of_its_customer()
    {
        Assert.True(SenderRules.IsTheirs(ByServer with { DomainOf = Alder }));
        Assert.True(SenderRules.IsTheirs(ByServer with { DomainOf = Alder, HeldBy = Lee }));
        Assert.False(SenderRules.IsTheirs(ByServer with { DomainOf = Birch }));
        Assert.False(SenderRules.IsTheirs(ByServer));
    }
}
