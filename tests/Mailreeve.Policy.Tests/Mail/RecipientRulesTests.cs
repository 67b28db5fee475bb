using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Tests.Mail;

public class RecipientRulesTests
{
    private static readonly MailboxId Kim = new(1);
    private static readonly MailboxId Lee = new(2);
    private static readonly OwnDomains Ours = new(["provider.example", "bücher.example", "kiss.example"]);

    [Theory]
    [InlineData("abuse", "provider.example", RoleAddress.Abuse)]
    [InlineData("Postmaster", "PROVIDER.example", RoleAddress.Postmaster)]
    [InlineData("support", "xn--bcher-kva.example", RoleAddress.Support)]
    [InlineData("billing", "bücher.example", RoleAddress.Billing)]
    [InlineData("info", "provider.example", RoleAddress.Info)]
    [InlineData("POSTMASTER", "", RoleAddress.Postmaster)]
    public void S3_role_addresses_of_our_domains_are_taken(string local, string domain, RoleAddress role)
    {
        Assert.Equal(new RecipientVerdict.Accept(new MailRoute.Role(role)), Decide(local, domain));
    }

    [Fact]
    public void A_bounce_of_a_notice_goes_back_to_the_notice()
    {
        Assert.Equal(new RecipientVerdict.Accept(new MailRoute.NoticeBounce("17-aB")), Decide("Notice+17-aB", "provider.example"));
    }

    [Theory]
    [InlineData("postmaster+abcdefghijklmnopqrstuvwx")]
    [InlineData("Postmaster+ABCDEFGHIJKLMNOPQRSTUVWX")]
    public void C7_what_postmasters_answer_is_taken(string local)
    {
        Assert.Equal(new RecipientVerdict.Accept(new MailRoute.PostmasterAnswer(local[11..])), Decide(local, "provider.example"));
        Assert.Equal(RefusalReason.NotOurs, Assert.IsType<RecipientVerdict.Refuse>(Decide(local, "v.example")).Reason);
    }

    [Theory]
    [InlineData("postmaster+abcdefghijklmnopqrstuvw1", "provider.example")]
    [InlineData("postmaster+tag", "provider.example")]
    [InlineData("postmaster+", "provider.example")]
    [InlineData("nobody", "provider.example")]
    [InlineData("notice+", "provider.example")]
    [InlineData("notice", "provider.example")]
    [InlineData("abuse+tag", "provider.example")]
    [InlineData("", "provider.example")]
    [InlineData("0", "provider.example")]
    [InlineData("ａbuse", "provider.example")]
    public void S3_nobody_else_is_there(string local, string domain)
    {
        Assert.Equal(RefusalReason.NoSuchUser, Assert.IsType<RecipientVerdict.Refuse>(Decide(local, domain)).Reason);
    }

    [Theory]
    [InlineData("u", "v.example")]
    [InlineData("abuse", "v.example")]
    [InlineData("abuse", "sub.provider.example")]
    [InlineData("abuse", "[192.0.2.1]")]
    [InlineData("u%v.example", "provider.example")]
    [InlineData("abuse%v.example", "provider.example")]
    [InlineData("v.example!u", "provider.example")]
    [InlineData("u@v.example", "provider.example")]
    [InlineData("notice+1%v.example", "provider.example")]
    [InlineData("u%v.example", "")]
    [InlineData("v.example!u", "")]
    [InlineData("u@v.example", "")]
    [InlineData("abuse", "")]
    [InlineData("", "")]
    [InlineData("abuse", "provider.example.")]
    [InlineData("abuse", "ｐrovider.example")]
    [InlineData("abuse", "kiſſ.example")]
    [InlineData("abuse", "\u212Aiss.example")]
    [InlineData("abuse", "рrovider.example")]
    public void C7_nothing_is_relayed(string local, string domain)
    {
        var refused = Assert.IsType<RecipientVerdict.Refuse>(Decide(local, domain));

        Assert.Equal(RefusalReason.NotOurs, refused.Reason);
        Assert.Equal(new ClauseId("C7"), refused.Clause);
    }

    [Theory]
    [InlineData(MailboxState.Active, 1000, null, null)]
    [InlineData(MailboxState.Active, 1000, 1000L, null)]
    [InlineData(MailboxState.Active, 1000, 1001L, RefusalReason.MailboxFull)]
    [InlineData(MailboxState.Active, 0, null, RefusalReason.MailboxFull)]
    [InlineData(MailboxState.Active, -5, 0L, RefusalReason.MailboxFull)]
    [InlineData(MailboxState.Suspended, 1000, null, RefusalReason.Suspended)]
    [InlineData(MailboxState.Inactive, 1000, null, RefusalReason.Inactive)]
    [InlineData(MailboxState.Ended, 1000, null, RefusalReason.NoSuchUser)]
    public void C9_a_mailbox_takes_mail_while_it_is_open_and_has_room(MailboxState state, long room, long? size, RefusalReason? refused)
    {
        var facts = new RecipientFacts(new Mailbox("kim", "provider.example"), Ours) { Mailbox = new(Kim, state, room), SizeBytes = size };

        var verdict = RecipientRules.Decide(facts);

        Assert.Equal(refused is { } reason ? new RecipientVerdict.Refuse(reason, new ClauseId("C9")) : Into(Kim), verdict);
    }

    [Theory]
    [InlineData(MailboxState.Active, 1000)]
    [InlineData(MailboxState.Active, 0)]
    [InlineData(MailboxState.Suspended, 1000)]
    [InlineData(MailboxState.Inactive, 1000)]
    public void C6_to_a_blocked_mailbox_nothing_comes_but_our_own_letters(MailboxState state, long room)
    {
        var kim = new MailboxFact(Kim, state, room) { BlockedUnder = new ClauseId("C6") };
        var facts = new RecipientFacts(new Mailbox("kim", "provider.example"), Ours) { Mailbox = kim };

        Assert.Equal(new RecipientVerdict.Refuse(RefusalReason.Blocked, new ClauseId("C6")), RecipientRules.Decide(facts));
        Assert.Equal(RecipientRules.Decide(facts with { Mailbox = kim with { BlockedUnder = null } }), RecipientRules.Decide(facts with { IsOurLetter = true }));
        Assert.Equal(
            new RecipientVerdict.Refuse(RefusalReason.Blocked, new ClauseId("C6")),
            RecipientRules.Decide(new RecipientFacts(new Mailbox("anybody", "customer.example"), Ours) { IsCustomerDomain = true, CatchAll = kim }));
    }

    [Fact]
    public void S3_a_role_address_of_ours_is_never_a_mailbox()
    {
        var facts = new RecipientFacts(new Mailbox("abuse", "provider.example"), Ours) { Mailbox = Open(Kim) };

        Assert.Equal(new RecipientVerdict.Accept(new MailRoute.Role(RoleAddress.Abuse)), RecipientRules.Decide(facts));
    }

    [Theory]
    [InlineData("postmaster", true, false, "the customer's own mailbox")]
    [InlineData("postmaster", false, true, "our desk")]
    [InlineData("Abuse", false, false, "our desk")]
    [InlineData("support", false, true, "the catch-all")]
    [InlineData("support", false, false, "nobody")]
    [InlineData("kim%v.example", true, true, "nobody")]
    public void In_a_customers_domain_mailboxes_come_before_roles_and_roles_before_the_catch_all(
        string local, bool hasMailbox, bool hasCatchAll, string goesTo)
    {
        var facts = new RecipientFacts(new Mailbox(local, "customer.example"), Ours)
        {
            IsCustomerDomain = true,
            Mailbox = hasMailbox ? Open(Kim) : null,
            CatchAll = hasCatchAll ? Open(Lee) : null,
        };

        var verdict = RecipientRules.Decide(facts);

        Assert.Equal(goesTo, verdict switch
        {
            RecipientVerdict.Accept(MailRoute.ToMailbox(var id)) when id == Kim => "the customer's own mailbox",
            RecipientVerdict.Accept(MailRoute.ToMailbox) => "the catch-all",
            RecipientVerdict.Accept(MailRoute.Role) => "our desk",
            _ => "nobody",
        });
    }

    private static MailboxFact Open(MailboxId id) => new(id, MailboxState.Active, 1000);

    private static RecipientVerdict.Accept Into(MailboxId id) => new(new MailRoute.ToMailbox(id));

    private static RecipientVerdict Decide(string local, string domain) =>
        RecipientRules.Decide(new RecipientFacts(new Mailbox(local, domain), Ours));
}
