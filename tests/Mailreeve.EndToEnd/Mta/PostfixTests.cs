using System.Buffers;
using System.Text;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd.Mta;

/// <summary>Debian's Postfix, unmodified, asks what our policy says.</summary>
public sealed class PostfixTests
{
    // With the fields that Postfix would add.
    private const string Message =
        "From: kim@elsewhere.example\r\nDate: Mon, 2 Mar 2026 10:15:30 +0000\r\nMessage-Id: <1@elsewhere.example>\r\nSubject: hello\r\n\r\nThe text.\r\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_answers_over_tcp_and_a_unix_socket()
    {
        Required.Program("postfix", "postfix");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await AddAsync(database.Database);
        var (port, path) = (LocalPorts.Free(), RunFolder.NewPath("policy"));
        await using var server = new ServerProcess(
            database.ConnectionString, LocalPorts.Free(), sections: $"""
            [policy-service]
            listen = ["127.0.0.1:{port}", "unix:{path}"]
            """);
        await server.StartAsync(Stop);

        foreach (var service in new[] { $"inet:127.0.0.1:{port}", $"unix:{path}" })
        {
            await using var postfix = await Postfix.StartAsync($"smtpd_recipient_restrictions = check_policy_service {service}, permit");

            using var blocked = await postfix.ConnectAsync(OwnMtaUnderTest.BlockedAddress);
            await blocked.AskAsync("MAIL FROM:<kim@elsewhere.example>");
            Assert.Contains("550 5.7.1 <lee@provider.example>: Recipient address rejected: Blocked under clause C4", await blocked.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);

            using var client = await postfix.ConnectAsync(OwnMtaUnderTest.OtherAddress);
            await client.AskAsync("MAIL FROM:<kim@elsewhere.example>");
            Assert.StartsWith("550 5.1.1", await client.AskAsync("RCPT TO:<nobody@provider.example>"), StringComparison.Ordinal);
            Assert.StartsWith("550 5.2.1", await client.AskAsync("RCPT TO:<closed@provider.example>"), StringComparison.Ordinal);
            Assert.StartsWith("450 4.2.1", await client.AskAsync("RCPT TO:<suspended@provider.example>"), StringComparison.Ordinal);
            Assert.StartsWith("250", await client.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);
            Assert.StartsWith("250", await client.AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);
            await client.AskAsync("RSET");

            // C9: more than a mailbox holds.
            await client.AskAsync("MAIL FROM:<kim@elsewhere.example> SIZE=26000000");
            Assert.StartsWith("452 4.2.2", await client.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);

            // C6: the customer's user is suspended; the sender is known by the name they signed in with.
            using var suspended = await postfix.ConnectAsync(OwnMtaUnderTest.OtherAddress, "suspended@provider.example");
            await suspended.AskAsync("MAIL FROM:<suspended@provider.example>");
            Assert.Contains("This mailbox is suspended under clause C6", await suspended.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("smtpd_data_restrictions")]
    [InlineData("smtpd_end_of_data_restrictions")]
    public async Task C1_mail_of_a_held_sender_lands_in_the_hold_queue(string restrictions)
    {
        await using var server = await OwnMtaUnderTest.StartAsync();
        await using var postfix = await Postfix.StartAsync($"{restrictions} = check_policy_service unix:{server.PolicyPath}");
        using var client = await postfix.ConnectAsync(OwnMtaUnderTest.CustomersAddress, "kim");

        var free = PostfixClient.IdIn(await client.SendAsync("kim@customer.example", ["a@provider.example", "b@provider.example"], Message));
        server.Answer = SendingAnswer.Held;
        var held = PostfixClient.IdIn(await client.SendAsync("kim@customer.example", ["a@provider.example"], Message));
        server.Answer = SendingAnswer.PutOff;
        var putOff = await client.SendAsync("kim@customer.example", ["a@provider.example"], Message);

        Assert.True(postfix.Has("hold", held), postfix.Log);
        Assert.False(postfix.Has("hold", free), postfix.Log);
        Assert.StartsWith("450 4.7.1", putOff, StringComparison.Ordinal);
        Assert.Equal([2, 1, 1], server.Counted.Select(c => c.Recipients));
        Assert.All(server.Counted, c => Assert.Equal(("kim", true), (c.User, c.Customer is not null)));
    }

    [Fact]
    public async Task A_message_is_counted_once_when_postfix_asks_twice_and_a_strangers_never()
    {
        await using var server = await OwnMtaUnderTest.StartAsync();
        await using var postfix = await Postfix.StartAsync($"""
            smtpd_data_restrictions = check_policy_service unix:{server.PolicyPath}
            smtpd_end_of_data_restrictions = check_policy_service unix:{server.PolicyPath}
            """);

        using var customer = await postfix.ConnectAsync(OwnMtaUnderTest.CustomersAddress);
        PostfixClient.IdIn(await customer.SendAsync("kim@customer.example", ["a@provider.example"], Message));
        using var stranger = await postfix.ConnectAsync(OwnMtaUnderTest.OtherAddress);
        PostfixClient.IdIn(await stranger.SendAsync("kim@elsewhere.example", ["a@provider.example"], Message));
        var bounce = await stranger.SendAsync("", ["a@provider.example", "b@provider.example"], Message);

        Assert.Single(server.Counted);
        Assert.StartsWith("550 5.7.1", bounce, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_service_postfix_does_what_it_is_told_to_do_then()
    {
        var nowhere = RunFolder.NewPath("nowhere");
        await using var shut = await Postfix.StartAsync($"smtpd_recipient_restrictions = check_policy_service unix:{nowhere}, permit");
        using (var client = await shut.ConnectAsync(OwnMtaUnderTest.OtherAddress))
        {
            await client.AskAsync("MAIL FROM:<kim@elsewhere.example>");
            Assert.StartsWith("451 4.3.5", await client.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);
        }

        await using var open = await Postfix.StartAsync($$"""
            smtpd_recipient_restrictions = check_policy_service { unix:{{nowhere}}, default_action=DUNNO }, permit
            """);
        using (var client = await open.ConnectAsync(OwnMtaUnderTest.OtherAddress))
        {
            await client.AskAsync("MAIL FROM:<kim@elsewhere.example>");
            Assert.StartsWith("250", await client.AskAsync("RCPT TO:<lee@provider.example>"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_milter_adds_fields_removes_forged_ones_refuses_and_holds()
    {
        var seen = new List<string>();
        await using var server = await OwnMtaUnderTest.StartAsync(parts => parts with
        {
            Outgoing = (message, content, _) =>
            {
                seen.Add($"{message.User}|{message.From}|{string.Join(' ', message.Recipients)}|{Encoding.ASCII.GetString(content.ToArray())}");
                return new(Encoding.ASCII.GetBytes("DKIM-Signature: v=1;\r\n b=abc\r\nX-Trace: one\r\n"));
            },
            Incoming = (message, _, _) => new(Encoding.ASCII.GetBytes($"Authentication-Results: mail.provider.example; iprev=none policy.iprev={message.Client}\r\n")),
        });
        await using var postfix = await Postfix.StartAsync($"""
            smtpd_milters = unix:{server.MilterPath}
            milter_default_action = tempfail
            """);

        // From a customer: signed, and the forged field is gone.
        const string forged = "Authentication-Results: (so they say) Mail.provider.example; spf=pass\r\nAuthentication-Results: other.example; spf=pass\r\n";
        using var customer = await postfix.ConnectAsync(OwnMtaUnderTest.CustomersAddress, "kim");
        var signed = await postfix.ReadAsync(PostfixClient.IdIn(await customer.SendAsync("kim@customer.example", ["a@provider.example"], forged + Message)));
        Assert.StartsWith("DKIM-Signature: v=1;\n b=abc\nX-Trace: one\n", signed, StringComparison.Ordinal);
        Assert.DoesNotContain("so they say", signed, StringComparison.Ordinal);
        Assert.Contains("Authentication-Results: other.example; spf=pass\n", signed, StringComparison.Ordinal);
        Assert.Equal($"kim|kim@customer.example|a@provider.example|{forged}{Message}", Assert.Single(seen));

        // Held, and signed too: it goes out as it is.
        server.Answer = SendingAnswer.Held;
        var held = PostfixClient.IdIn(await customer.SendAsync("kim@customer.example", ["a@provider.example"], Message));
        Assert.True(postfix.Has("hold", held), postfix.Log);
        Assert.Contains("X-Trace: one\n", await postfix.ReadAsync(held), StringComparison.Ordinal);

        // From somebody else.
        using var stranger = await postfix.ConnectAsync(OwnMtaUnderTest.OtherAddress);
        var checkedMail = await postfix.ReadAsync(PostfixClient.IdIn(await stranger.SendAsync("kim@elsewhere.example", ["a@provider.example"], Message)));
        Assert.StartsWith($"Authentication-Results: mail.provider.example; iprev=none policy.iprev={OwnMtaUnderTest.OtherAddress}\n", checkedMail, StringComparison.Ordinal);

        // From one who is blocked.
        using var blocked = await postfix.ConnectAsync(OwnMtaUnderTest.BlockedAddress);
        Assert.StartsWith("550 5.7.1 Blocked under clause C4", await blocked.SendAsync("kim@elsewhere.example", ["a@provider.example"], Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_a_mailbox_that_is_full_gets_nothing_until_its_owner_has_cleared_up()
    {
        Required.Program("postfix", "postfix");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await AddAsync(database.Database);
        var password = await AddPasswordAsync(database.Database, "lee@provider.example");
        var (port, imaps, certificates) = (LocalPorts.Free(), LocalPorts.Free(), TestCertificates.Write(RunFolder.NewFolder("certificates"), "mail.provider.example"));
        await using var server = new ServerProcess(
            database.ConnectionString, LocalPorts.Free(), sections: $"""
            [imap]
            listen-tls = ["127.0.0.1:{imaps}"]

            [[tls]]
            certificate = "{certificates.Certificate}"
            key = "{certificates.Key}"

            [policy-service]
            listen = ["127.0.0.1:{port}"]
            """);
        await server.StartAsync(Stop);
        await using var postfix = await Postfix.StartAsync($"smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{port}, permit");
        using var client = await postfix.ConnectAsync(OwnMtaUnderTest.OtherAddress);
        using var owner = new ImapClient();
        owner.ServerCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=mail.provider.example";
        await owner.ConnectAsync("127.0.0.1", imaps, SecureSocketOptions.SslOnConnect, Stop);
        await owner.AuthenticateAsync("lee@provider.example", password, Stop);
        await owner.Inbox!.OpenAsync(FolderAccess.ReadWrite, Stop);

        // All but the last octet, and then that: however small the next one is, there is no room.
        var capacity = ShippedPolicy.Policy.Terms.MailboxCapacityBytes.Value;
        foreach (var size in new[] { 12_000_000, capacity - 12_000_000 - 1_000, 999 })
            await owner.Inbox.AppendAsync(new AppendRequest(OfSize((int)size)), Stop);
        Assert.StartsWith("250", await AskAsync(client, ""), StringComparison.Ordinal);
        Assert.StartsWith("452 4.2.2", await AskAsync(client, " SIZE=2"), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<CommandException>(() => owner.Inbox.AppendAsync(new AppendRequest(OfSize(999)), Stop));
        await owner.Inbox.CheckAsync(Stop);
        await owner.Inbox.StoreAsync([2], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await owner.Inbox.ExpungeAsync(Stop);
        await owner.Inbox.AppendAsync(new AppendRequest(OfSize(1_000)), Stop);
        Assert.StartsWith("452 4.2.2", await AskAsync(client, ""), StringComparison.Ordinal);

        await owner.Inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await owner.Inbox.ExpungeAsync(Stop);
        await Eventually.TrueAsync(async () => (await AskAsync(client, " SIZE=9000000")).StartsWith("250", StringComparison.Ordinal));
    }

    private static async Task<string> AskAsync(PostfixClient client, string size)
    {
        await client.AskAsync("RSET");
        await client.AskAsync($"MAIL FROM:<kim@elsewhere.example>{size}");
        return await client.AskAsync("RCPT TO:<lee@provider.example>");
    }

    // A message of so many octets as it goes over the wire.
    private static MimeMessage OfSize(int octets)
    {
        const string line = "This line stands for all that people write to each other.\r\n";
        var (lines, rest) = Math.DivRem(octets - SampleMail.Text("x", "\r\n").Wire().Length, line.Length);
        var message = SampleMail.Text("x", $"{string.Concat(Enumerable.Repeat(line, lines))}{new string('x', rest)}\r\n");
        Assert.Equal(octets, message.Wire().Length);
        return message;
    }

    private static async Task<string> AddPasswordAsync(Database database, string address)
    {
        var password = AppPassword.Make();
        await database.WriteAsync(
            async db =>
            {
                var mailbox = (await new MailboxStore(db).FindByAddressAsync(address, Stop))!.Id;
                await new AppPasswordStore(db).AddAsync(mailbox, "tests", AppPassword.HashOf(password)!, SystemClock.Instance.GetCurrentInstant(), Stop);
            }, Stop);
        return password;
    }

    private static Task AddAsync(Database database) => database.WriteAsync(async db =>
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, Stop)) };
        await new CustomerStore(db).AddAsync([customer], now, Stop);
        await new BlockStore(db).PlaceAsync(
            [Some.Block with { Prefix = Prefix.Parse(OwnMtaUnderTest.BlockedAddress), StartsAt = now, ExpiresAt = now + Duration.FromDays(1) }], Stop);
        foreach (var (name, state) in new[] { ("lee", MailboxState.Active), ("closed", MailboxState.Inactive), ("suspended", MailboxState.Suspended) })
        {
            var mailbox = (await new MailboxStore(db).AddAsync(new NewMailbox(customer.Id, $"{name}@provider.example", null, now), Stop))!.Value;
            if (state != MailboxState.Active)
                await new MailboxStore(db).SetStateAsync(mailbox, MailboxState.Active, state, now, Stop);
        }
    }, Stop);
}
