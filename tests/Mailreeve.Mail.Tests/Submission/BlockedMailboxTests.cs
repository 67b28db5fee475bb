using System.Text;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Submission;

/// <summary>C6: mailboxes and services of mail that are suspended by a block, at every door.</summary>
public sealed class BlockedMailboxTests
{
    private const string Kim = "kim@provider.example";

    private static readonly BlockId Block = new(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C6_a_blocked_mailbox_still_signs_in_and_sends_nothing_until_the_block_is_lifted()
    {
        await using var host = await SubmissionHost.StartAsync();
        await host.AddCustomerAsync("Alder", Kim, "lee@provider.example");
        using var open = await host.ConnectAsync();
        Assert.StartsWith("250", await open.AskAsync($"MAIL FROM:<{Kim}>"), StringComparison.Ordinal);

        await PlaceAsync(host, MailboxOf(host, Kim));

        // What was begun ends with the next recipient, too.
        Assert.Equal("550 5.7.1 This mailbox is blocked under clause C6; see https://provider.example/case", await open.AskAsync("RCPT TO:<a@elsewhere.example>"));
        using var peer = await host.ConnectAsync();
        Assert.Equal("550 5.7.1 This mailbox is blocked under clause C6; see https://provider.example/case", await peer.AskAsync($"MAIL FROM:<{Kim}>"));
        using var other = await host.ConnectAsync("lee@provider.example");
        Assert.StartsWith("250", await other.AskAsync("MAIL FROM:<lee@provider.example>"), StringComparison.Ordinal);
        Assert.Equal("550 5.2.1 This mailbox is blocked under clause C6; see https://provider.example/case", await other.AskAsync($"RCPT TO:<{Kim}>"));

        await LiftAsync(host);

        Assert.StartsWith("250", await other.AskAsync($"RCPT TO:<{Kim}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await SubmissionTests.SendAsync(peer, Kim, ["a@elsewhere.example"], SubmissionTests.Text()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C6_mail_to_a_blocked_mailbox_is_refused_by_every_name_of_it_until_the_time_is_over()
    {
        await using var host = await SubmissionHost.StartAsync(kind: SmtpDoor.Exchange);
        await host.AddCustomerAsync("Alder", Kim, "lee@provider.example");
        await PlaceAsync(host, MailboxOf(host, Kim), Duration.FromHours(1));
        using var peer = await host.ConnectAsync(null);
        await peer.AskAsync("MAIL FROM:<a@elsewhere.example>");

        Assert.StartsWith("550 5.2.1 This mailbox is blocked under clause C6", await peer.AskAsync($"RCPT TO:<{Kim}>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.2.1", await peer.AskAsync("RCPT TO:<KIM+lists@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);
        host.Mailboxes.Clock.AdvanceHours(1);

        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{Kim}>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C6_a_server_whose_service_is_blocked_relays_nothing()
    {
        await using var relay = await SubmissionHost.StartAsync(kind: SmtpDoor.Exchange, options: new SubmissionOptions { TakesServers = true });
        var alder = await relay.AddCustomerAsync("Alder", Kim);
        await relay.AssignAsync(alder, "127.0.0.0/8", null);
        await relay.AssignAsync(alder, null, "alder.example");
        await relay.PutRelayServiceAsync(alder, ServiceState.Active);
        await PlaceAsync(relay, await RelayOfAsync(relay, alder));
        using var peer = await relay.ConnectAsync(null);
        await peer.AskAsync("MAIL FROM:<shop@alder.example>");

        Assert.Equal("550 5.7.1 This service is blocked under clause C6; see https://provider.example/case", await peer.AskAsync("RCPT TO:<a@elsewhere.example>"));
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{Kim}>"), StringComparison.Ordinal);
        await peer.AskAsync("RSET");
        await LiftAsync(relay);

        Assert.StartsWith("250", await SubmissionTests.SendAsync(peer, "shop@alder.example", ["a@elsewhere.example"], "From: shop@alder.example\r\n\r\nText."), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C6_another_mail_server_of_ours_is_told_the_same()
    {
        await using var host = await SubmissionHost.StartAsync();
        var alder = await host.AddCustomerAsync("Alder", Kim);
        await host.AssignAsync(alder, "192.0.2.0/28", null);
        await host.PutRelayServiceAsync(alder, ServiceState.Active);
        var answers = new MtaAnswers
        {
            Domains = new OwnDomains(["provider.example"]), Views = host.Mailboxes.Views, Mailboxes = host.Mailboxes.Delivery, Clock = host.Mailboxes.Clock,
        };
        var clause = new ClauseId("C6");
        await PlaceAsync(host, MailboxOf(host, Kim));
        await PlaceAsync(host, await RelayOfAsync(host, alder), id: 2);

        Assert.Equal(new DelegationVerdict.Refuse(DelegationRefusal.SenderBlocked, clause), DelegationRules.OfClient(answers.Know(null, Encoding.ASCII.GetBytes(Kim))));
        Assert.Equal(new DelegationVerdict.Refuse(DelegationRefusal.RecipientBlocked, clause), await answers.OfRecipientAsync(default, Encoding.ASCII.GetBytes(Kim), 0));
        var server = answers.Know(Address.Parse("192.0.2.7"), default);
        Assert.IsType<DelegationVerdict.Pass>(DelegationRules.OfClient(server));
        Assert.Equal(new DelegationVerdict.Refuse(DelegationRefusal.RelayBlocked, clause), await answers.OfRecipientAsync(server, "a@elsewhere.example"u8, 0));
        var refused = new DelegationVerdict.Refuse(DelegationRefusal.RecipientBlocked, clause);
        Assert.Equal("550 5.2.1 This mailbox is blocked under clause C6; see here", $"{MtaReplies.For(refused, "here").Code} {MtaReplies.For(refused, "here").Enhanced} {MtaReplies.For(refused, "here").Text}");
    }

    private static SuspensionTarget.OfMailbox MailboxOf(SubmissionHost host, string address)
    {
        var entry = host.Mailboxes.Views.Mailboxes.Find(address)!;
        return new SuspensionTarget.OfMailbox(entry.Id, entry.CustomerId, entry.Address);
    }

    private static async Task<SuspensionTarget> RelayOfAsync(SubmissionHost host, CustomerId customer) =>
        new SuspensionTarget.OfService(Assert.Single(await host.Database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(customer, Stop), Stop)));

    private static Task PlaceAsync(SubmissionHost host, SuspensionTarget target, Duration? lasts = null, long id = 1)
    {
        var now = host.Mailboxes.Clock.GetCurrentInstant();
        var block = new NewServiceBlock
        {
            Id = new BlockId(id),
            Target = target,
            Clause = new ClauseId("C6"),
            PolicyRevision = Some.Revision,
            Reason = "Serves spam.",
            PlacedBy = Actor.Operator("olga"),
            StartsAt = now,
            ExpiresAt = now + (lasts ?? Duration.FromDays(7)),
        };
        return host.Database.WriteAsync(db => new ServiceBlockStore(db).PlaceAsync([block], Stop), Stop);
    }

    private static Task<bool> LiftAsync(SubmissionHost host) => host.Database.WriteAsync(
        db => new ServiceBlockStore(db).LiftAsync(Block, Actor.Operator("olga"), "They stopped.", host.Mailboxes.Clock.GetCurrentInstant(), Stop), Stop);
}
