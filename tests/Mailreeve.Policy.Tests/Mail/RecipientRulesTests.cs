using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Tests.Mail;

public class RecipientRulesTests
{
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

    private static RecipientVerdict Decide(string local, string domain) =>
        RecipientRules.Decide(new RecipientFacts(new Mailbox(local, domain), Ours));
}
