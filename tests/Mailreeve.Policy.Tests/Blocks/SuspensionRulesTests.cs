using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Tests.Blocks;

public class SuspensionRulesTests
{
    private static readonly OwnDomains Ours = new(["provider.example"]);

    private static readonly Service Shop = new()
    {
        Id = 7,
        Customer = new CustomerId(1),
        Kind = ServiceKind.WebHosting,
        Name = "shop.example",
        State = ServiceState.Active,
    };

    private static readonly Service Line = Shop with { Id = 8, Kind = ServiceKind.NetAccess, Name = "net-access", Login = "kim@dsl.provider.example" };

    [Theory]
    [InlineData("abuse", "provider.example")]
    [InlineData("Postmaster", "PROVIDER.example")]
    [InlineData("support", "provider.example")]
    public void S3_where_everybody_turns_to_is_never_blocked(string local, string domain) =>
        Assert.Contains("never blocked", Why(SuspensionRules.DecideMailbox(OperatorRole.Admin, local, domain, Ours, MailboxState.Active)), StringComparison.Ordinal);

    [Fact]
    public void Only_a_mailbox_that_is_there_is_blocked_and_only_by_who_places_blocks()
    {
        Assert.IsType<BlockVerdict.Allowed>(Decide(OperatorRole.AbuseDesk, MailboxState.Active));
        Assert.IsType<BlockVerdict.Allowed>(Decide(OperatorRole.AbuseDesk, MailboxState.Suspended));
        Assert.Equal("info@shop.example is no mailbox of ours.", Why(Decide(OperatorRole.AbuseDesk, null)));
        Assert.Equal("The mailbox info@shop.example has ended.", Why(Decide(OperatorRole.AbuseDesk, MailboxState.Ended)));
        Assert.Equal("Your role does not place blocks.", Why(Decide(OperatorRole.Billing, MailboxState.Active)));
        // The role addresses of a customer are the customer's.
        Assert.IsType<BlockVerdict.Allowed>(SuspensionRules.DecideMailbox(OperatorRole.AbuseDesk, "abuse", "shop.example", Ours, MailboxState.Active));

        static BlockVerdict Decide(OperatorRole role, MailboxState? state) => SuspensionRules.DecideMailbox(role, "info", "shop.example", Ours, state);
    }

    [Fact]
    public void A_service_that_has_ended_stays_ended()
    {
        Assert.IsType<BlockVerdict.Allowed>(SuspensionRules.DecideService(OperatorRole.AbuseDesk, Shop));
        Assert.Contains("has ended", Why(SuspensionRules.DecideService(OperatorRole.Admin, Shop with { State = ServiceState.Ended })), StringComparison.Ordinal);
        Assert.Equal("Your role does not place blocks.", Why(SuspensionRules.DecideService(OperatorRole.Billing, Shop)));
    }

    [Theory]
    [InlineData("web-hosting/Shop.example", 7L, null)]
    [InlineData(" net-access ", 8L, null)]
    [InlineData("web-hosting", null, "Which one is meant? The customer has web-hosting/shop.example, web-hosting/blog.example.")]
    [InlineData("web-hosting/none.example", null, "Which one is meant? The customer has web-hosting/shop.example, web-hosting/blog.example.")]
    [InlineData("telephony", null, "The customer has no service telephony.")]
    [InlineData("irc", null, "The customer has no service irc.")]
    [InlineData("hosting", null, "'hosting' is no kind of service.")]
    public void A_service_is_found_by_its_kind_or_by_kind_and_name(string text, long? expected, string? problem)
    {
        Service[] services = [Shop, Line, Shop with { Id = 9, Name = "blog.example" }, Shop with { Id = 10, Kind = ServiceKind.Irc, Name = "irc", State = ServiceState.Ended }];

        var (service, why) = SuspensionRules.Find(services, text);

        Assert.Equal(expected, service?.Id);
        if (problem is null)
            Assert.Null(why);
        else
            Assert.StartsWith(problem, why, StringComparison.Ordinal);
    }

    [Fact]
    public void C6_what_a_case_is_about_is_taken_only_where_it_is_certain()
    {
        var mailbox = new SuspensionTarget.OfMailbox(new MailboxId(3), Shop.Customer, "info@shop.example");
        Service[] services = [Shop, Line, Shop with { Id = 9, Name = "old.example", State = ServiceState.Ended }];

        Assert.Equal(mailbox, TargetOf(ResourceKind.Mailbox, "info@shop.example", mailbox));
        Assert.Null(TargetOf(ResourceKind.Mailbox, "info@elsewhere.example", null));
        Assert.Equal(new SuspensionTarget.OfService(Shop), TargetOf(ResourceKind.Domain, "shop.example", null));
        Assert.Null(TargetOf(ResourceKind.Domain, "www.shop.example", null));
        Assert.Null(TargetOf(ResourceKind.Domain, "old.example", null));
        Assert.Equal(new SuspensionTarget.OfService(Line), SuspensionRules.TargetOf(new Resource(ResourceKind.Address, "192.0.2.7"), null, services, Line.Id));
        Assert.Null(TargetOf(ResourceKind.Address, "192.0.2.7", null));

        SuspensionTarget? TargetOf(ResourceKind kind, string name, SuspensionTarget.OfMailbox? found) =>
            SuspensionRules.TargetOf(new Resource(kind, name), found, services, null);
    }

    [Fact]
    public void Whoever_runs_a_service_suspends_it_and_otherwise_a_person_does()
    {
        Assert.Equal(SuspendedBy.Webhooks, SuspensionRules.BackEndsOf(ServiceKind.WebHosting, hasLogin: false, isTold: true, endsSessions: true));
        Assert.Equal(SuspendedBy.Nobody, SuspensionRules.BackEndsOf(ServiceKind.Telephony, hasLogin: false, isTold: false, endsSessions: true));
        Assert.Equal(SuspendedBy.Doors, SuspensionRules.BackEndsOf(ServiceKind.MailRelay, hasLogin: false, isTold: false, endsSessions: false));
        Assert.Equal(SuspendedBy.AccessServers, SuspensionRules.BackEndsOf(ServiceKind.DialUp, hasLogin: true, isTold: false, endsSessions: true));
        Assert.Equal(SuspendedBy.Nobody, SuspensionRules.BackEndsOf(ServiceKind.NetAccess, hasLogin: false, isTold: false, endsSessions: true));
        Assert.Equal(SuspendedBy.Nobody, SuspensionRules.BackEndsOf(ServiceKind.NetAccess, hasLogin: true, isTold: false, endsSessions: false));
    }

    [Fact]
    public void A_service_with_the_name_of_its_kind_is_named_once()
    {
        Assert.Equal("service web-hosting/shop.example", $"{new SuspensionTarget.OfService(Shop)}");
        Assert.Equal("service net-access", $"{new SuspensionTarget.OfService(Line)}");
    }

    private static string Why(BlockVerdict verdict) => Assert.IsType<BlockVerdict.Never>(verdict).Why;
}
