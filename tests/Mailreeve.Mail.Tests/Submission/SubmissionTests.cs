using System.Text;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Submission;

/// <summary>The door for customers: who may hand in what, under which name, and how it goes into the queue.</summary>
public sealed class SubmissionTests : IAsyncLifetime
{
    private SubmissionHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await SubmissionHost.StartAsync();
        await host.AddCustomerAsync("Alder", "kim@provider.example", "lee@provider.example");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Signing_in_is_asked_for_before_anything_is_taken()
    {
        using var peer = await host.ConnectAsync(null);

        Assert.Equal("530 5.7.0 Sign in first: AUTH", await peer.AskAsync("MAIL FROM:<kim@provider.example>"));
        Assert.StartsWith("503", await peer.AskAsync("RCPT TO:<kim@provider.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_neither_password_nor_mail_is_taken()
    {
        await using var strict = await SubmissionHost.StartAsync(options: new SubmissionOptions());
        await strict.AddCustomerAsync("Alder", "kim@provider.example");
        using var peer = await strict.Server.ConnectAsync();
        await peer.ReplyAsync();
        await peer.SendAsync("EHLO client.example\r\n");
        var offered = new List<string>();
        while (offered.Count == 0 || offered[^1][3] == '-')
            offered.Add((await peer.LineAsync())!);

        Assert.DoesNotContain(offered, line => line.Contains("AUTH", StringComparison.Ordinal));
        Assert.StartsWith("538 5.7.11", await peer.AskAsync($"AUTH PLAIN {SubmissionHost.Plain("kim@provider.example", SubmissionHost.Password)}"), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0", await peer.AskAsync("MAIL FROM:<kim@provider.example>"), StringComparison.Ordinal);

        Assert.StartsWith("220", await peer.AskAsync("STARTTLS"), StringComparison.Ordinal);
        await peer.StartTlsAsync();
        await peer.AskAsync("EHLO client.example");
        Assert.StartsWith("235", await peer.AskAsync($"AUTH PLAIN {SubmissionHost.Plain("kim@provider.example", SubmissionHost.Password)}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AUTH", "501")]
    [InlineData("AUTH CRAM-MD5", "504 5.5.4")]
    [InlineData("AUTH PLAIN =", "535 5.7.8")]
    [InlineData("AUTH PLAIN not/base64!", "535 5.7.8")]
    [InlineData("AUTH PLAIN AGtpbUBwcm92aWRlci5leGFtcGxlAHdyb25n", "535 5.7.8")]
    [InlineData("AUTH PLAIN a b", "501")]
    public async Task What_is_no_sign_in_is_refused(string command, string reply)
    {
        using var peer = await host.ConnectAsync(null);

        Assert.StartsWith(reply, await peer.AskAsync(command), StringComparison.Ordinal);
        Assert.StartsWith("530", await peer.AskAsync("MAIL FROM:<kim@provider.example>"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("late@provider.example", "454 4.7.0 Too many attempts; try again in 30 seconds")]
    [InlineData("suspended@provider.example", "535 5.7.13 This mailbox is suspended; ask our support, +1 555 0100")]
    public async Task Who_cannot_sign_in_now_reads_why(string user, string reply)
    {
        using var peer = await host.ConnectAsync(null);

        Assert.Equal(reply, await peer.AskAsync($"AUTH PLAIN {SubmissionHost.Plain(user, SubmissionHost.Password)}"));
    }

    [Fact]
    public async Task An_exchange_can_be_cancelled()
    {
        using var peer = await host.ConnectAsync(null);

        Assert.Equal("334 ", await peer.AskAsync("AUTH PLAIN"));
        Assert.StartsWith("501", await peer.AskAsync("*"), StringComparison.Ordinal);
        Assert.Equal("334 VXNlcm5hbWU6", await peer.AskAsync("AUTH LOGIN"));
        Assert.StartsWith("501", await peer.AskAsync("*"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_signs_in_twice()
    {
        using var peer = await host.ConnectAsync();

        Assert.StartsWith("503", await peer.AskAsync($"AUTH PLAIN {SubmissionHost.Plain("lee@provider.example", SubmissionHost.Password)}"), StringComparison.Ordinal);
        Assert.StartsWith("503", await peer.AskAsync("STARTTLS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_guesses_is_cut_off()
    {
        using var peer = await host.ConnectAsync(null);
        var wrong = $"AUTH PLAIN {SubmissionHost.Plain("kim@provider.example", "guess")}";

        Assert.StartsWith("535", await peer.AskAsync(wrong), StringComparison.Ordinal);
        Assert.StartsWith("535", await peer.AskAsync(wrong), StringComparison.Ordinal);
        Assert.StartsWith("535", await peer.AskAsync(wrong), StringComparison.Ordinal);
        Assert.StartsWith("421", await peer.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task A_message_is_in_the_queue_and_in_the_log_before_it_is_taken()
    {
        using var peer = await host.ConnectAsync();

        var reply = await SendAsync(peer, "kim@provider.example", ["a@elsewhere.example", "b@elsewhere.example"], Text());

        Assert.StartsWith("250 2.0.0 Accepted as ", reply, StringComparison.Ordinal);
        Assert.Equal(2, await host.CountAsync("state = 'queued' AND purpose = 'submission' AND envelope_from = 'kim@provider.example'"));
        var row = Assert.Single(await host.QueryAsync<SubmissionRow>("SELECT customer_id, mailbox_id, header_from, recipients, counted, counted_first FROM submission"));
        Assert.Equal(("kim@provider.example", 2, 2, 2), (row.HeaderFrom, row.Recipients, row.Counted, row.CountedFirst));
        Assert.Equal(2, (await host.QueryAsync<string>("SELECT sender FROM known_recipient")).Count);
    }

    [Fact]
    public async Task What_the_header_lacks_is_added_and_what_is_not_the_senders_to_say_is_removed()
    {
        using var peer = await host.ConnectAsync();

        await SendAsync(peer, "kim@provider.example", ["a@elsewhere.example"], """
            From: Kim <kim@provider.example>
            To: a@elsewhere.example
            Bcc: secret@elsewhere.example,
              hidden@elsewhere.example
            CFBL-Address: kim@elsewhere.example
            Authentication-Results: mx.provider.example; spf=pass
            Authentication-Results: other.example; spf=pass
            Subject: Hello

            Text with Bcc: in it.
            """);

        var message = await host.LastMessageAsync();
        Assert.StartsWith("DKIM-Signature: ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nMailreeve-Trace: 1 ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nReceived: from client.example ([127.0.0.1])\r\n\tby mx.provider.example with ESMTPA id ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nFrom: Kim <kim@provider.example>\r\nTo: a@elsewhere.example\r\nAuthentication-Results: other.example; spf=pass\r\nSubject: Hello\r\nDate: ", message, StringComparison.Ordinal);
        Assert.Contains("\r\nMessage-ID: <", message, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nText with Bcc: in it.\r\n", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", message, StringComparison.Ordinal);
        Assert.DoesNotContain("CFBL-Address: kim@elsewhere.example", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Return-Path", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C2_what_goes_out_is_signed_and_is_traced_to_its_sender()
    {
        using var peer = await host.ConnectAsync();
        await SendAsync(peer, "kim@provider.example", ["a@elsewhere.example", "b@elsewhere.example"], Text());
        var message = Encoding.UTF8.GetBytes(await host.LastMessageAsync());

        var trace = Assert.Single(await host.Database.ReadAsync(
            db => MessageTrace.OfAsync(db, message, Some.Time, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken));

        Assert.Equal((TraceVerdict.Genuine, "kim@provider.example", 2), (trace.Verdict, trace.Submission!.Mailbox, trace.Submission.Recipients));
        Assert.Equal(
            [DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256],
            DkimVerification.Begin(DkimMessage.Read(message)).Judge(_ => new DkimKeyAnswer.Missing(), Some.Time).Select(v => v.Signature!.Algorithm));
    }

    [Fact]
    public async Task What_the_header_has_is_left_as_it_is()
    {
        using var peer = await host.ConnectAsync();
        const string Whole = "Message-ID: <1@client.example>\nDate: Thu, 05 Mar 2026 04:05:06 +0000\nfrom:  kim@provider.example\n\nText.\n";

        await SendAsync(peer, "kim@provider.example", ["a@elsewhere.example"], Whole);

        Assert.EndsWith($"\r\n{Whole.ReplaceLineEndings("\r\n")}", await host.LastMessageAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MAIL FROM:<lee@provider.example>", "553 5.7.1")]
    [InlineData("MAIL FROM:<kim@elsewhere.example>", "553 5.7.1")]
    [InlineData("MAIL FROM:<>", "550 5.7.1")]
    [InlineData("MAIL FROM:<kim+lists@provider.example>", "250")]
    [InlineData("MAIL FROM:<KIM@Provider.example> AUTH=<>", "250")]
    [InlineData("MAIL FROM:<kim@provider.example> AUTH=kim@provider.example SIZE=100 RET=HDRS ENVID=a+2Bb", "250")]
    [InlineData("MAIL FROM:<kim@provider.example> RET=ALL", "501")]
    [InlineData("MAIL FROM:<kim@provider.example> HOLDFOR=600", "555")]
    public async Task C2_the_envelope_sender_is_the_mailbox_itself(string mail, string reply)
    {
        using var peer = await host.ConnectAsync();

        Assert.StartsWith(reply, await peer.AskAsync(mail), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: lee@provider.example", "550 5.7.1 From or Sender names lee@provider.example")]
    [InlineData("From: kim@provider.example, boss@bank.example", "550 5.7.1 From or Sender names boss@bank.example")]
    [InlineData("From: kim@provider.example\r\nSender: lee@provider.example", "550 5.7.1")]
    [InlineData("From: kim@provider.example\r\nResent-From: lee@provider.example", "550 5.7.1")]
    [InlineData("From: kim@provider.example\r\nFrom: boss@bank.example", "550 5.6.0 Message has more than one From")]
    [InlineData("From: kim@provider.example <boss@bank.example>", "550")]
    [InlineData("From: <boss@bank.example> kim@provider.example", "550")]
    [InlineData("From: undisclosed:;", "550 5.6.0")]
    [InlineData("From:", "550 5.6.0")]
    [InlineData("Subject: no author", "550 5.6.0 Message has no From")]
    [InlineData("From: \"boss@bank.example\" <kim+x@provider.example>", "250")]
    [InlineData("From: =?utf-8?q?K=C3=ADm?= <kim@provider.example>", "250")]
    public async Task C2_the_author_is_the_mailbox_itself(string header, string reply)
    {
        using var peer = await host.ConnectAsync();

        Assert.StartsWith(reply, await SendAsync(peer, "kim@provider.example", ["a@elsewhere.example"], $"{header}\r\n\r\nText."), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@elsewhere.example", "250")]
    [InlineData("a%b@elsewhere.example", "250")]
    [InlineData("a@elsewhere.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@elsewhere.example", "250")]
    [InlineData("a@elsewhere.example> NOTIFY=NEVER,DELAY", "501")]
    [InlineData("a@elsewhere.example> ORCPT=a@elsewhere.example", "501")]
    [InlineData("lee@provider.example", "250")]
    [InlineData("nobody@provider.example", "550 5.1.1")]
    [InlineData("u%elsewhere.example@provider.example", "550 5.7.1")]
    [InlineData("postmaster", "550 5.1.2")]
    public async Task Anybody_may_be_written_to_who_can_be_there(string recipient, string reply)
    {
        using var peer = await host.ConnectAsync();
        await peer.AskAsync("MAIL FROM:<kim@provider.example>");

        Assert.StartsWith(reply, await peer.AskAsync($"RCPT TO:<{recipient}{(recipient.Contains('>', StringComparison.Ordinal) ? "" : ">")}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_sender_asks_about_notifications_goes_into_the_queue()
    {
        using var peer = await host.ConnectAsync();
        await peer.AskAsync("MAIL FROM:<kim@provider.example> RET=FULL ENVID=order+3D7");
        await peer.AskAsync("RCPT TO:<a@elsewhere.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bc@elsewhere.example");
        await peer.AskAsync("DATA");
        Assert.StartsWith("250", await peer.AskAsync(Text() + "\r\n."), StringComparison.Ordinal);

        var asked = Storage.Mail.OutboundRequest.Read((await host.QueryAsync<string>("SELECT options FROM outbound"))[0]);

        Assert.Equal(
            (Protocols.Smtp.NotifyWhen.Success | Protocols.Smtp.NotifyWhen.Delay, "rfc822;b+c@elsewhere.example", "order=7", true),
            (asked.Notify, asked.OriginalRecipient, asked.EnvelopeId, asked.ReturnFull));
    }

    [Fact]
    public async Task A_mailbox_that_is_suspended_meanwhile_sends_no_more()
    {
        using var peer = await host.ConnectAsync();
        var kim = host.Mailboxes.Views.Mailboxes.Find("kim@provider.example")!.Id;
        var stop = TestContext.Current.CancellationToken;
        await host.Database.WriteAsync(
            db => new MailboxStore(db).SetStateAsync(kim, MailboxState.Active, MailboxState.Suspended, host.Mailboxes.Clock.GetCurrentInstant(), stop), stop);

        Assert.StartsWith("550 5.7.1 This account is suspended", await peer.AskAsync("MAIL FROM:<kim@provider.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C7_a_customers_own_server_is_known_by_its_address()
    {
        await using var relay = await SubmissionHost.StartAsync(kind: SmtpDoor.Exchange, options: new SubmissionOptions { TakesServers = true });
        var alder = await relay.AddCustomerAsync("Alder", "kim@provider.example");
        using var stranger = await relay.ConnectAsync(null);
        await stranger.AskAsync("MAIL FROM:<shop@alder.example>");
        Assert.StartsWith("550 5.7.1 Relay denied", await stranger.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);

        await relay.AssignAsync(alder, "127.0.0.0/8", null);
        await relay.AssignAsync(alder, null, "alder.example");
        Assert.StartsWith("550 5.7.1 Relay denied: the service mail-relay is not booked", await stranger.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);
        await relay.PutRelayServiceAsync(alder, ServiceState.Active);
        await stranger.AskAsync("RSET");

        Assert.StartsWith("250 2.0.0", await SendAsync(stranger, "shop@alder.example", ["a@elsewhere.example"], "From: shop@alder.example\r\n\r\nText."), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0", await SendAsync(stranger, "", ["a@elsewhere.example"], "From: mailer-daemon@alder.example\r\n\r\nBounce."), StringComparison.Ordinal);
        var rows = await relay.QueryAsync<SubmissionRow>("SELECT customer_id, mailbox_id, header_from, recipients, counted, counted_first FROM submission");
        Assert.All(rows, row => Assert.Equal((alder.Value, null), (row.CustomerId, row.MailboxId)));

        await stranger.AskAsync("MAIL FROM:<a@elsewhere.example>");
        Assert.StartsWith("553 5.7.1", await stranger.AskAsync("RCPT TO:<b@elsewhere.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await stranger.AskAsync("RCPT TO:<kim@provider.example>"), StringComparison.Ordinal);

        await stranger.AskAsync("RSET");
        await relay.PutRelayServiceAsync(alder, ServiceState.Suspended);
        await stranger.AskAsync("MAIL FROM:<shop@alder.example>");
        Assert.StartsWith("550 5.7.1 Relay denied: the service", await stranger.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_port_587_a_server_without_the_service_may_still_sign_in()
    {
        await using var host = await SubmissionHost.StartAsync(options: new SubmissionOptions { AllowsPlain = true, TakesServers = true });
        var alder = await host.AddCustomerAsync("Alder", "kim@provider.example");
        await host.AssignAsync(alder, "127.0.0.0/8", null);
        using var peer = await host.ConnectAsync(null);
        Assert.StartsWith("530 5.7.0", await peer.AskAsync("MAIL FROM:<kim@provider.example>"), StringComparison.Ordinal);

        await peer.AskAsync($"AUTH PLAIN {SubmissionHost.Plain("kim@provider.example", SubmissionHost.Password)}");

        Assert.StartsWith("250", await peer.AskAsync("MAIL FROM:<kim@provider.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_mailboxes_and_the_world_are_not_mixed_in_one_message()
    {
        await using var relay = await SubmissionHost.StartAsync(kind: SmtpDoor.Exchange, options: new SubmissionOptions { TakesServers = true });
        var alder = await relay.AddCustomerAsync("Alder", "kim@provider.example");
        await relay.AssignAsync(alder, "127.0.0.0/8", null);
        await relay.AssignAsync(alder, null, "alder.example");
        await relay.PutRelayServiceAsync(alder, ServiceState.Active);
        using var peer = await relay.ConnectAsync(null);
        await peer.AskAsync("MAIL FROM:<shop@alder.example>");

        Assert.StartsWith("250", await peer.AskAsync("RCPT TO:<kim@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("452", await peer.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);
    }

    internal static string Text(string body = "Text.") => $"From: kim@provider.example\r\nSubject: Hello\r\n\r\n{body}";

    internal static async Task<string> SendAsync(SmtpPeer peer, string from, string[] to, string message)
    {
        Assert.StartsWith("250", await peer.AskAsync($"MAIL FROM:<{from}>"), StringComparison.Ordinal);
        foreach (var recipient in to)
            Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await peer.AskAsync("DATA"), StringComparison.Ordinal);
        return await peer.AskAsync($"{message.ReplaceLineEndings("\r\n").TrimEnd()}\r\n.");
    }

    internal sealed record SubmissionRow
    {
        public required long CustomerId { get; init; }

        public long? MailboxId { get; init; }

        public required string HeaderFrom { get; init; }

        public required long Recipients { get; init; }

        public required long Counted { get; init; }

        public required long CountedFirst { get; init; }
    }
}
