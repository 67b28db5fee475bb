using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Tests.Pop3;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Relay;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Inbound;

public class InboundTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Message = "From: Ann <ann@sender.example>\r\nSubject: hello\r\n\r\nhello";

    private static readonly DnsList Spammers = new(
        "list.example", DnsListKind.Address,
        [new DnsListCode(Prefix.Parse("127.0.0.2"), "sends spam", 10), new DnsListCode(Prefix.Parse("127.0.0.4"), "dial-up", 3)]);

    private MailboxHost Host => shared.Mailboxes;

    [Fact]
    public async Task What_was_found_stands_above_the_message_and_in_the_journal()
    {
        await using var dns = new DnsPeer().Text("sender.example", "v=spf1 ip4:127.0.0.1 -all")
            .Text("_dmarc.sender.example", "v=DMARC1; p=reject").Pointer("127.0.0.1", "client.example").Address("client.example", "127.0.0.1");
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (mailbox, address) = await server.AddMailboxAsync();

        var reply = await server.SendAsync("ann@sender.example", [address], Message);

        Assert.StartsWith("250", reply, StringComparison.Ordinal);
        var text = await server.OnlyMessageAsync(mailbox);
        Assert.StartsWith("Authentication-Results: mx.provider.example;\r\n\tspf=pass smtp.mailfrom=ann@sender.example;\r\n", text, StringComparison.Ordinal);
        Assert.Contains("dkim=none", text, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass (sender.example says reject) header.from=sender.example", text, StringComparison.Ordinal);
        Assert.Contains("iprev=pass policy.iprev=127.0.0.1", text, StringComparison.Ordinal);
        Assert.Contains("\r\nReturn-Path: <ann@sender.example>\r\nReceived: from client.example", text, StringComparison.Ordinal);
        var entry = (await server.JournalAsync())[0];
        Assert.Equal(InboundOutcome.Accepted, entry.Outcome);
        Assert.Equal("spf=pass; dkim=none; dmarc=pass; iprev=pass", entry.Results);
        Assert.Equal(Address.Parse("127.0.0.1"), entry.ClientAddress);
    }

    [Fact]
    public async Task Results_that_a_sender_wrote_under_our_name_are_taken_out_and_those_of_others_stay()
    {
        await using var dns = new DnsPeer();
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (mailbox, address) = await server.AddMailboxAsync();

        await server.SendAsync("ann@sender.example", [address],
            "Authentication-Results: MX.provider.example;\r\n\tdmarc=pass header.from=bank.example\r\n"
            + "Authentication-Results: (hi) \"mx.provider.example\" 1; spf=pass\r\nAuthentication-Results: relay.example; spf=fail\r\n" + Message);

        var text = await server.OnlyMessageAsync(mailbox);
        Assert.DoesNotContain("bank.example", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("mx.provider.example;").Length - 1);
        Assert.DoesNotContain("(hi)", text, StringComparison.Ordinal);
        Assert.Contains("Authentication-Results: relay.example; spf=fail\r\nFrom: Ann", text, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_signature_proves_who_sent_a_report_that_a_server_of_ours_hands_on(bool isWhole)
    {
        var key = DkimSigningKey.From(new DkimKeyName("s1", "reporter.example"), DkimAlgorithm.Ed25519Sha256, RandomNumberGenerator.GetBytes(32));
        await using var dns = new DnsPeer().Text($"{key.Name}", key.RecordText);
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Trusted = [Prefix.Parse("127.0.0.0/8")] });
        const string body = "Spam came from 192.0.2.7.\r\n";
        const string report = "From: Desk <desk@reporter.example>\r\nSubject: Spam\r\n\r\n" + body;
        var read = DkimMessage.Read(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(report)));
        var signed = DkimSigner.Of(read, SHA256.HashData(Encoding.ASCII.GetBytes(body))).Sign(key, Host.Clock.GetCurrentInstant());

        var reply = await server.SendAsync(
            "desk@reporter.example", ["abuse@provider.example"],
            Encoding.ASCII.GetString(signed) + (isWhole ? report : report.Replace("192.0.2.7", "192.0.2.8", StringComparison.Ordinal)).TrimEnd());

        Assert.StartsWith("250", reply, StringComparison.Ordinal);
        Assert.Equal(
            isWhole ? new ReportAuthentication(ReporterProof.Dkim, "reporter.example", "reporter.example") : null,
            Assert.Single(server.Smtp.Kept).Authentication);
    }

    [Fact]
    public async Task Forged_mail_of_a_domain_that_wants_it_refused_is_refused_for_good()
    {
        await using var dns = new DnsPeer().Text("sender.example", "v=spf1 ip4:192.0.2.1 -all").Text("_dmarc.sender.example", "v=DMARC1; p=reject");
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (mailbox, address) = await server.AddMailboxAsync();

        var reply = await server.SendAsync("ann@sender.example", [address], Message);

        Assert.StartsWith("550 5.7.26", reply, StringComparison.Ordinal);
        Assert.Contains("clause C8", reply, StringComparison.Ordinal);
        Assert.Equal(0, await server.CountAsync(mailbox, "INBOX"));
        var entry = (await server.JournalAsync())[0];
        Assert.Equal((InboundOutcome.Refused, InboundReason.Forged), (entry.Outcome, entry.Reason));
    }

    [Fact]
    public async Task The_same_to_abuse_and_to_postmaster_is_taken()
    {
        await using var dns = new DnsPeer().Text("sender.example", "v=spf1 -all").Text("_dmarc.sender.example", "v=DMARC1; p=reject")
            .Address("2.0.0.127.list.example", "127.0.0.2").Address("1.0.0.127.in-addr.arpa", "127.0.0.2");
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Lists = [Spammers] });

        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", ["abuse@provider.example"], Message), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", ["postmaster@provider.example"], Message), StringComparison.Ordinal);

        Assert.Equal(2, server.Smtp.Kept.Count);
    }

    [Fact]
    public async Task When_the_dns_fails_for_a_domain_that_wants_forgeries_refused_the_client_comes_again()
    {
        await using var dns = new DnsPeer().Broken("sender.example").Text("_dmarc.other.example", "v=DMARC1; p=none");
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (_, address) = await server.AddMailboxAsync();

        // Neither SPF nor DMARC can be looked up: nothing is known against it.
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        dns.Mended("sender.example").Text("_dmarc.sender2.example", "v=DMARC1; p=reject").Broken("sender2.example");
        dns.Mended("sender2.example").Text("sender2.example", "v=spf1 include:down.example -all").Broken("down.example");
        var reply = await server.SendAsync("ann@sender2.example", [address], Message.Replace("sender.example", "sender2.example", StringComparison.Ordinal));
        Assert.StartsWith("451 4.4.3", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SpamChoice.Junk, "250", 0, 1)]
    [InlineData(SpamChoice.Tag, "250", 1, 0)]
    [InlineData(SpamChoice.Refuse, "550 5.7.1", 0, 0)]
    public async Task What_becomes_of_spam_is_the_choice_of_whoever_gets_it(SpamChoice choice, string reply, int inInbox, int inJunk)
    {
        await using var dns = new DnsPeer().Text("_dmarc.sender.example", "v=DMARC1; p=quarantine");
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (mailbox, address) = await server.AddMailboxAsync(choice);

        Assert.StartsWith(reply, await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        Assert.Equal(inInbox, await server.CountAsync(mailbox, "INBOX"));
        Assert.Equal(inJunk, await server.CountAsync(mailbox, "Junk"));
        if (inInbox + inJunk > 0)
            Assert.Contains("\r\nX-Spam-Flag: YES\r\n", await server.OnlyMessageAsync(mailbox, inJunk == 1 ? "Junk" : "INBOX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spam_for_one_who_refuses_it_and_one_who_does_not_is_taken_for_both()
    {
        await using var dns = new DnsPeer().Text("_dmarc.sender.example", "v=DMARC1; p=quarantine");
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (refusing, first) = await server.AddMailboxAsync(SpamChoice.Refuse);
        var (tagging, second) = await server.AddMailboxAsync(SpamChoice.Tag);

        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [first, second], Message), StringComparison.Ordinal);

        Assert.Equal(1, await server.CountAsync(refusing, "Junk"));
        Assert.Equal(1, await server.CountAsync(tagging, "INBOX"));
    }

    [Fact]
    public async Task A_list_is_believed_while_its_test_entries_are_in_order()
    {
        await using var dns = new DnsPeer().Address("2.0.0.127.list.example", "127.0.0.2").Empty("list.example");
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Lists = [Spammers with { Codes = [new DnsListCode(Prefix.Parse("127.0.0.2"), "sends spam", 10)] }] });
        var (_, address) = await server.AddMailboxAsync();
        Assert.Empty(server.Lists.Problems);
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        // The client's address is the very one that no list has: as soon as it is there, the list has everything.
        dns.Address("1.0.0.127.list.example", "127.0.0.2");
        Host.Clock.Advance(Duration.FromHours(2));
        Assert.StartsWith("550 5.7.1", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);
        await server.Lists.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal("it lists everything", server.Lists.Problems["list.example"]);
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        dns.Forget("1.0.0.127.list.example");
        await server.Lists.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Empty(server.Lists.Problems);
    }

    [Fact]
    public async Task An_answer_that_is_an_error_is_no_listing_and_puts_the_list_out()
    {
        await using var dns = new DnsPeer().Address("2.0.0.127.list.example", "127.0.0.2");
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Lists = [Spammers] });
        var (_, address) = await server.AddMailboxAsync();
        dns.Address("1.0.0.127.list.example", "127.255.255.254");
        Host.Clock.Advance(Duration.FromHours(2));

        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        Assert.Contains("127.255.255.254", server.Lists.Problems["list.example"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_on_a_list_is_found_by_its_name_in_from()
    {
        await using var dns = new DnsPeer().Address("test.domains.example", "127.0.1.2").Address("sender.example.domains.example", "127.0.1.2");
        var list = new DnsList("domains.example", DnsListKind.Domain, [new DnsListCode(Prefix.Parse("127.0.1.0/24"), "advertised in spam", 6)]);
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Lists = [list] });
        var (mailbox, address) = await server.AddMailboxAsync();

        await server.SendAsync("bounce@esp.example", [address], Message);

        Assert.Contains("x-dnsbl=listed (advertised in spam) policy.zone=domains.example policy.points=6", await server.OnlyMessageAsync(mailbox, "Junk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_known_waits_and_who_came_again_need_not_wait_any_more()
    {
        await using var dns = new DnsPeer();
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Policy = new InboundPolicy { Greylisting = Greylisting.All } });
        var (_, address) = await server.AddMailboxAsync();
        var (_, other) = await server.AddMailboxAsync();
        var from = $"ann@{Guid.NewGuid():N}.example";

        Assert.StartsWith("451 4.7.1 Greylisted", await server.SendAsync(from, [address], Message), StringComparison.Ordinal);
        Host.Clock.Advance(Duration.FromMinutes(1));
        Assert.StartsWith("451 4.7.1 Greylisted", await server.SendAsync(from, [address], Message), StringComparison.Ordinal);
        Host.Clock.Advance(Duration.FromMinutes(5));
        Assert.StartsWith("250", await server.SendAsync(from, [address], Message), StringComparison.Ordinal);

        Assert.StartsWith("250", await server.SendAsync(from.Replace("ann@", "ben@", StringComparison.Ordinal), [other], Message), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", ["postmaster@provider.example"], Message), StringComparison.Ordinal);
        Host.Clock.Advance(Duration.FromDays(40));
        Assert.StartsWith("451 4.7.1 Greylisted", await server.SendAsync(from, [address], Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_suspicious_wait_when_it_is_said_so()
    {
        await using var dns = new DnsPeer().Pointer("127.0.0.1", "client.example").Address("client.example", "127.0.0.1")
            .Text("soft.example", "v=spf1 ~all").Text("good.example", "v=spf1 +all");
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Policy = new InboundPolicy { Greylisting = Greylisting.Suspicious } });
        var (_, address) = await server.AddMailboxAsync();

        Assert.StartsWith("451 4.7.1", await server.SendAsync("ann@soft.example", [address], Message), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.SendAsync("ann@good.example", [address], Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_from_one_network_comes_again_later()
    {
        await using var dns = new DnsPeer();
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { MessagesPerMinute = 2 });
        var (_, address) = await server.AddMailboxAsync();

        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);
        Assert.StartsWith("451 4.7.1 Too much", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_calls_itself_by_our_name_is_refused()
    {
        await using var dns = new DnsPeer();
        await using var server = await InboundServer.StartAsync(Host, dns);
        var (_, address) = await server.AddMailboxAsync();

        Assert.StartsWith("550 5.7.1", await server.SendAsync("ann@sender.example", [address], Message, helo: "mx.provider.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_that_is_silent_costs_seconds_and_no_mail()
    {
        await using var dns = new DnsPeer().Silent("example").Silent("arpa");
        await using var server = await InboundServer.StartAsync(Host, dns, lookupTimeout: TimeSpan.FromSeconds(1));
        var (mailbox, address) = await server.AddMailboxAsync();

        Assert.StartsWith("250", await server.SendAsync("ann@sender.example", [address], Message), StringComparison.Ordinal);

        var text = await server.OnlyMessageAsync(mailbox);
        Assert.Contains("spf=temperror", text, StringComparison.Ordinal);
        Assert.Contains("dmarc=temperror", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_from_a_trusted_network_is_taken_as_it_comes()
    {
        await using var dns = new DnsPeer();
        await using var server = await InboundServer.StartAsync(Host, dns, new InboundOptions { Trusted = [Prefix.Parse("127.0.0.0/8")] });
        var (mailbox, address) = await server.AddMailboxAsync();

        await server.SendAsync("ann@sender.example", [address], Message);

        Assert.StartsWith("Return-Path:", await server.OnlyMessageAsync(mailbox), StringComparison.Ordinal);
        Assert.Empty(dns.Asked);
    }

    [Fact]
    public async Task Who_is_blocked_makes_us_ask_nothing_also_where_they_are_told_at_RCPT()
    {
        await using var temp = await TempDatabase.OpenAsync();
        var now = Host.Clock.GetCurrentInstant();
        var block = Some.Block with { Prefix = Prefix.Parse("127.0.0.0/8"), StartsAt = now, ExpiresAt = now + Duration.FromDays(1) };
        await temp.Db.WriteAsync(db => new BlockStore(db).PlaceAsync([block], TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var blocks = temp.Views.Blocks;
        await using var dns = new DnsPeer().Text("sender.example", "v=spf1 ip4:127.0.0.1 -all");
        await using var server = await InboundServer.StartAsync(Host, dns, change: parts => parts with
        {
            Blocks = () => blocks,
            Collector = new RelayCollector(["collector.example"], null, [1, 2, 3, 4]),
        });
        var (_, address) = await server.AddMailboxAsync();

        Assert.StartsWith("550 5.7.1 Blocked", await server.SendAsync("ann@blocked.example", [address], Message), StringComparison.Ordinal);

        // Whose block ends between MAIL and RCPT is checked as anybody.
        using var peer = await server.Smtp.GreetAsync();
        await peer.AskAsync("MAIL FROM:<ann@sender.example>");
        blocks = BlockView.Empty;
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{address}>"), StringComparison.Ordinal);
        Assert.Contains("TXT sender.example", dns.Asked);
        Assert.DoesNotContain("TXT blocked.example", dns.Asked);
    }
}
