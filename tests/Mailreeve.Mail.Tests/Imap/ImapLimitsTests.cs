using System.Text;
using Mailreeve.Mail.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class ImapLimitsTests
{
    [Fact]
    public async Task Wrong_passwords_end_the_connection()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        await peer.AskAsync("LOGIN kim@provider.example wrong");
        await peer.AskAsync("LOGIN nobody@provider.example wrong");
        var last = await peer.AskAsync("LOGIN kim@provider.example wrong");

        Assert.Equal(["* BYE Too many wrong passwords", "NO [AUTHENTICATIONFAILED] Name or password is wrong"], last);
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task Bad_commands_end_the_connection()
    {
        await using var server = await ImapTestServer.StartAsync(p => p with { Limits = p.Limits with { ErrorsMax = 3 } });
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        await peer.AskAsync("X");
        await peer.AskAsync("X");
        await peer.AskAsync("X");

        Assert.Equal("* BYE Too many bad commands", await peer.LineAsync());
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task A_mailbox_has_so_many_sessions_from_one_address()
    {
        await using var server = await ImapTestServer.StartAsync(p => p with { Limits = p.Limits with { SessionsPerMailbox = 2 } });
        using var first = await server.SignInAsync();
        using var second = await server.SignInAsync();
        using var third = await server.ConnectAsync();
        await third.LineAsync();

        Assert.StartsWith("NO [LIMIT]", (await third.AskAsync("LOGIN kim@provider.example secret"))[^1], StringComparison.Ordinal);
        await first.AskAsync("LOGOUT");
        Assert.Null(await first.LineAsync());
        await third.OkAsync("LOGIN kim@provider.example secret");
    }

    [Fact]
    public async Task An_address_has_so_many_connections()
    {
        await using var server = await ImapTestServer.StartAsync(p => p with { Limits = p.Limits with { ConnectionsPerAddress = 1 } });
        using var first = await server.ConnectAsync();
        await first.LineAsync();
        using var second = await server.ConnectAsync();

        Assert.Equal("* BYE Too many connections", await second.LineAsync());
        Assert.Null(await second.LineAsync());
    }

    [Fact]
    public async Task Who_does_not_sign_in_is_sent_away()
    {
        await using var server = await ImapTestServer.StartAsync(p => p with { Limits = p.Limits with { SignInTimeout = TimeSpan.FromSeconds(1) } });
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        Assert.Equal("* BYE You took too long to sign in", await peer.LineAsync());
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task Clause_C6_a_session_ends_when_its_mailbox_is_suspended()
    {
        var open = true;
        await using var server = await ImapTestServer.StartAsync(p => p with { Use = _ => Volatile.Read(ref open) });
        using var peer = await server.SignInAsync();
        await peer.OkAsync("SELECT INBOX");
        Volatile.Write(ref open, false);

        await peer.SendAsync("x NOOP\r\n");

        Assert.StartsWith("* BYE", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task A_message_that_does_not_fit_is_refused_before_it_is_sent()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.SignInAsync();
        await peer.SendAsync("x APPEND Sent {20000000+}\r\n" + string.Concat(Enumerable.Repeat("123456789012345678\r\n", 1_000_000)) + "\r\n");
        Assert.StartsWith("OK", (await peer.AnswerAsync("x"))[^1], StringComparison.Ordinal);

        Assert.Equal(["NO [OVERQUOTA] Quota exceeded: the mailbox is full"], await peer.AskAsync("APPEND Sent {20000000}"));
        await peer.OkAsync("NOOP");
        await peer.OkAsync("SELECT Sent");
        Assert.StartsWith("OK", (await peer.AskAsync("COPY 1 Trash"))[^1], StringComparison.Ordinal);
        Assert.Equal("NO [OVERQUOTA] Quota exceeded: the mailbox is full", (await peer.AskAsync("COPY 1 INBOX"))[^1]);
        Assert.StartsWith("OK", (await peer.AskAsync("MOVE 1 Trash"))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_many_megabytes_comes_back_as_it_was()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.SignInAsync();
        var message = new StringBuilder("Subject: large\r\n\r\n");
        for (var i = 0; message.Length < 5_000_000; i++)
            message.Append(System.Globalization.CultureInfo.InvariantCulture, $"line {i}\r\n");
        await peer.SendAsync($"x APPEND INBOX {{{message.Length}}}\r\n");
        Assert.StartsWith("+", await peer.LineAsync(), StringComparison.Ordinal);
        await peer.SendAsync(message + "\r\n");
        await peer.AnswerAsync("x");
        await peer.OkAsync("SELECT INBOX");

        var whole = await peer.OkAsync("FETCH 1 BODY.PEEK[]");
        var piece = await peer.OkAsync("FETCH 1 BODY.PEEK[TEXT]<4000000.500000>");

        Assert.Equal($"* 1 FETCH (BODY[] {{{message.Length}}}\r\n{message})", whole[0]);
        Assert.Equal($"* 1 FETCH (BODY[TEXT]<4000000> {{500000}}\r\n{message.ToString(4_000_018, 500_000)})", piece[0]);
    }

    [Fact]
    public void Limits_that_cannot_be_are_named()
    {
        var limits = new ImapServerLimits { IdleTimeout = TimeSpan.FromMinutes(5), ConnectionsMax = 0, AppendBytesMax = 1 };

        Assert.Equal(["imap.appendBytesMax", "imap.connectionsMax", "imap.idleTimeout"], limits.Problems().Select(p => p.Key));
    }
}
