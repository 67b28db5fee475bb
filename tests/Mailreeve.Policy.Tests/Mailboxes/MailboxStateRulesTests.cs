using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Tests.Mailboxes;

public class MailboxStateRulesTests
{
    [Theory]
    [InlineData(MailboxState.Inactive, MailboxAct.SignIn, MailboxState.Active)]
    [InlineData(MailboxState.Inactive, MailboxAct.Reopen, MailboxState.Active)]
    [InlineData(MailboxState.Suspended, MailboxAct.Reopen, MailboxState.Active)]
    [InlineData(MailboxState.Active, MailboxAct.Suspend, MailboxState.Suspended)]
    [InlineData(MailboxState.Suspended, MailboxAct.End, MailboxState.Ended)]
    public void An_act_leads_to_a_state(MailboxState from, MailboxAct act, MailboxState to) => Assert.Equal(to, MailboxStateRules.Next(from, act));

    [Theory]
    [InlineData(MailboxState.Suspended, MailboxAct.SignIn)]
    [InlineData(MailboxState.Ended, MailboxAct.SignIn)]
    [InlineData(MailboxState.Ended, MailboxAct.Reopen)]
    [InlineData(MailboxState.Ended, MailboxAct.End)]
    [InlineData(MailboxState.Active, MailboxAct.Reopen)]
    public void Some_acts_are_not_possible(MailboxState from, MailboxAct act) => Assert.Null(MailboxStateRules.Next(from, act));
}
