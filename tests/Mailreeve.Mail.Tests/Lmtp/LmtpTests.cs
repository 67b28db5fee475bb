using System.Net;
using System.Text;
using Mailreeve.Mail.Lmtp;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Tests.Pop3;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Policy;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Mail.Tests.Lmtp;

public class LmtpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static int names;

    private MailboxHost Host => shared.Mailboxes;

    [Fact]
    public async Task Each_recipient_has_a_reply_of_its_own_in_the_order_of_rcpt()
    {
        var (kim, kimAddress) = await AddAsync();
        var (full, fullAddress) = await AddAsync();
        await FillAsync(full);
        await using var server = await StartAsync();
        using var peer = await GreetAsync(server);
        Assert.StartsWith("250", await peer.AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{fullAddress}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{kimAddress}>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.1", await peer.AskAsync("RCPT TO:<nobody@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{kimAddress}>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await peer.AskAsync("DATA"), StringComparison.Ordinal);

        await peer.SendAsync($"Subject: to two\r\n\r\n{new string('x', 500)}\r\n.\r\nNOOP\r\n");

        Assert.StartsWith("452 4.2.2", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Accepted", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Accepted", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 OK", await peer.LineAsync());
        var message = Host.TextOf(Assert.Single((await Host.ViewOfAsync(kim)).Inbox.Messages.Span.ToArray()));
        Assert.StartsWith("Return-Path: <a@b.example>\r\n", message, StringComparison.Ordinal);
        Assert.Contains(" with LMTP id ", message, StringComparison.Ordinal);
        Assert.EndsWith("xxx\r\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_refused_is_refused_for_each_recipient()
    {
        var (_, first) = await AddAsync();
        var (_, second) = await AddAsync();
        await using var server = await StartAsync();
        using var peer = await GreetAsync(server);
        await peer.SendAsync($"MAIL FROM:<>\r\nRCPT TO:<{first}>\r\nRSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{first}>\r\nRCPT TO:<{second}>\r\nDATA\r\n");
        for (var i = 0; i < 6; i++)
            Assert.StartsWith("250", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("354", await peer.LineAsync(), StringComparison.Ordinal);

        await peer.SendAsync("a\nb\r\n.\r\nQUIT\r\n");

        Assert.Equal(["550 5.6.0", "550 5.6.0", "221 2.0.0"], (await peer.RestAsync()).Select(line => line[..9]));
    }

    [Fact]
    public async Task Chunks_have_one_reply_and_the_last_one_has_one_for_each_recipient()
    {
        var (kim, first) = await AddAsync();
        var (_, second) = await AddAsync();
        await using var server = await StartAsync();
        using var peer = await GreetAsync(server);

        await peer.SendAsync($"MAIL FROM:<a@b.example>\r\nRCPT TO:<{first}>\r\nRCPT TO:<{second}>\r\nBDAT 5\r\nA: b\rBDAT 3 LAST\r\n\n\r\nQUIT\r\n");

        Assert.Equal(
            ["250 2.1.0", "250 2.1.5", "250 2.1.5", "250 2.0.0 5 octets received", "250 2.0.0 Accepted", "250 2.0.0 Accepted", "221 2.0.0 Bye"],
            (await peer.RestAsync()).Select(line => line.Contains("Accepted", StringComparison.Ordinal) ? line[..18] : line.StartsWith("250 2.1", StringComparison.Ordinal) ? line[..9] : line));
        Assert.EndsWith("A: b\r\n\r\n", Host.TextOf((await Host.ViewOfAsync(kim)).Inbox.Messages[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lhlo_is_said_instead_of_ehlo_and_mail_for_roles_comes_by_smtp()
    {
        await using var server = await StartAsync();
        using var peer = await server.ConnectAsync();
        Assert.Equal("220 mx.provider.example LMTP Mailreeve", await peer.ReplyAsync());

        Assert.StartsWith("500", await peer.AskAsync("EHLO client.example"), StringComparison.Ordinal);
        Assert.StartsWith("500", await peer.AskAsync("HELO client.example"), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1 Say LHLO", await peer.AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("LHLO client.example"), StringComparison.Ordinal);
        await peer.AskAsync("MAIL FROM:<a@b.example>");
        Assert.StartsWith("550 5.1.1", await peer.AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1 No valid recipients", await peer.AskAsync("DATA"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_hands_a_message_over_for_two()
    {
        var swaks = Tool.Require("swaks", "swaks");
        var (kim, first) = await AddAsync();
        var (lee, second) = await AddAsync();
        await using var server = await StartAsync();

        var (code, output) = await Tool.RunAsync(swaks,
        [
            "--protocol", "LMTP", "--server", "127.0.0.1", "--port", $"{server.Port}", "--ehlo", "client.example",
            "--from", "a@b.example", "--to", $"{first},{second}", "--header", "Subject: for two",
        ]);

        Assert.True(code == 0, output);
        Assert.Contains("Subject: for two\r\n", Host.TextOf(Assert.Single((await Host.ViewOfAsync(kim)).Inbox.Messages.Span.ToArray())), StringComparison.Ordinal);
        Assert.Single((await Host.ViewOfAsync(lee)).Inbox.Messages.Span.ToArray());
    }

    [Fact]
    public async Task It_is_never_on_the_port_of_smtp()
    {
        SmtpServerParts? parts = null;
        await using var server = await SmtpTestServer.StartAsync(p => parts = p with { Mailboxes = Host.Delivery });

        Assert.Throws<ArgumentException>(() => new KestrelServerOptions().ListenLmtp(new(IPAddress.Loopback, 25), parts!));
    }

    private Task<SmtpTestServer> StartAsync() => SmtpTestServer.StartAsync(p => p with { Mailboxes = Host.Delivery }, SmtpDoor.Lmtp);

    private static async Task<SmtpPeer> GreetAsync(SmtpTestServer server)
    {
        var peer = await server.ConnectAsync();
        await peer.ReplyAsync();
        Assert.StartsWith("250", await peer.AskAsync("LHLO client.example"), StringComparison.Ordinal);
        return peer;
    }

    private async Task<(MailboxId Mailbox, string Address)> AddAsync()
    {
        var address = $"lmtp{Interlocked.Increment(ref names)}@provider.example";
        var mailbox = await Host.AddMailboxAsync(address);
        await Host.Views.CatchUpAsync(TestContext.Current.CancellationToken);
        return (mailbox, address);
    }

    // Leaves room for a hundred octets.
    private async Task FillAsync(MailboxId mailbox)
    {
        var room = Host.Services.GetRequiredService<MailboxCapacity>().BytesOf(mailbox) - 100;
        var message = Encoding.ASCII.GetBytes(new string('x', (int)room));
        Assert.True(await Host.Delivery.DeliverToAllAsync(new(message), "", [mailbox]));
    }
}
