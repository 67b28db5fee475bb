using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Tests.Mail;

public class DelegationRulesTests
{
    private static readonly ClientStanding Customer = new()
    {
        Mailbox = new MailboxId(3),
        MailboxState = MailboxState.Active,
        Customer = new CustomerId(1),
        CustomerState = CustomerState.Active,
    };

    [Fact]
    public void A_stranger_and_a_customer_pass()
    {
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfClient(new ClientStanding()));
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfClient(Customer));
    }

    [Fact]
    public void C4_a_blocked_address_is_refused_whoever_signs_in_from_there()
    {
        var verdict = DelegationRules.OfClient(Customer with { BlockedUnder = new ClauseId("C4"), BlockCase = new CaseId(17) });

        Assert.Equal(new DelegationVerdict.Refuse(DelegationRefusal.AddressBlocked, new ClauseId("C4")) { Case = new CaseId(17) }, verdict);
    }

    [Theory]
    [InlineData(CustomerState.Suspended, MailboxState.Active, DelegationRefusal.CustomerSuspended, "C6")]
    [InlineData(CustomerState.Closed, MailboxState.Active, DelegationRefusal.CustomerClosed, "S5")]
    [InlineData(CustomerState.Active, MailboxState.Suspended, DelegationRefusal.SenderSuspended, "C6")]
    [InlineData(CustomerState.Active, MailboxState.Inactive, DelegationRefusal.SenderClosed, "C9")]
    [InlineData(CustomerState.Active, MailboxState.Ended, DelegationRefusal.SenderClosed, "C9")]
    public void Whoever_is_suspended_or_gone_does_not_send(CustomerState customer, MailboxState mailbox, DelegationRefusal reason, string clause) =>
        Assert.Equal(
            new DelegationVerdict.Refuse(reason, new ClauseId(clause)),
            DelegationRules.OfClient(Customer with { CustomerState = customer, MailboxState = mailbox }));

    [Fact]
    public void C6_a_blocked_mailbox_sends_nothing_and_a_blocked_relay_nothing_to_others()
    {
        var clause = new ClauseId("C6");
        var server = Customer with { Mailbox = null, RelayBlockedUnder = clause };

        Assert.Equal(
            new DelegationVerdict.Refuse(DelegationRefusal.SenderBlocked, clause), DelegationRules.OfClient(Customer with { MailboxBlockedUnder = clause }));
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfClient(server));
        Assert.Equal(new DelegationVerdict.Refuse(DelegationRefusal.RelayBlocked, clause), DelegationRules.OfOutgoing(server));
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfOutgoing(Customer));
    }

    [Fact]
    public void A_customers_own_server_is_known_by_its_address_and_has_no_mailbox() =>
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfClient(Customer with { Mailbox = null, MailboxState = MailboxState.Suspended }));

    [Theory]
    [InlineData(RefusalReason.NoSuchUser, DelegationRefusal.NoSuchUser)]
    [InlineData(RefusalReason.NotOurs, DelegationRefusal.NotOurs)]
    [InlineData(RefusalReason.MailboxFull, DelegationRefusal.MailboxFull)]
    [InlineData(RefusalReason.Suspended, DelegationRefusal.RecipientSuspended)]
    [InlineData(RefusalReason.Blocked, DelegationRefusal.RecipientBlocked)]
    [InlineData(RefusalReason.Inactive, DelegationRefusal.RecipientInactive)]
    public void A_recipient_is_refused_for_the_reason_that_our_own_servers_have(RefusalReason reason, DelegationRefusal refusal) =>
        Assert.Equal(
            new DelegationVerdict.Refuse(refusal, new ClauseId("C9")),
            DelegationRules.OfRecipient(new RecipientVerdict.Refuse(reason, new ClauseId("C9"))));

    [Fact]
    public void A_bounce_has_one_recipient()
    {
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfEnvelope(isFromNobody: true, recipients: 1));
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfEnvelope(isFromNobody: false, recipients: 2));
        Assert.IsType<DelegationVerdict.Refuse>(DelegationRules.OfEnvelope(isFromNobody: true, recipients: 2));
    }

    [Fact]
    public void C1_a_limit_that_trips_holds()
    {
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfCount(SendingAnswer.Within));
        Assert.Equal(new DelegationVerdict.Hold(new ClauseId("C1")), DelegationRules.OfCount(SendingAnswer.Held));
        Assert.Equal(
            new DelegationVerdict.Refuse(DelegationRefusal.OverLimit, new ClauseId("C1")), DelegationRules.OfCount(SendingAnswer.PutOff));
    }
}
