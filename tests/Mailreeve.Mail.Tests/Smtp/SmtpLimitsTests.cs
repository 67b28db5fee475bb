using System.Text;
using Mailreeve.Mail.Smtp;

namespace Mailreeve.Mail.Tests.Smtp;

public class SmtpLimitsTests
{
    [Fact]
    public async Task A_message_over_the_limit_is_read_to_its_end_and_refused()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();

        await peer.SendAsync("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 998) + "\r\n", 1000)) + ".\r\n");

        Assert.StartsWith("552 5.3.4", await peer.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task A_chunk_over_the_limit_is_read_to_its_end_and_refused()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<>");
        await peer.AskAsync("RCPT TO:<abuse@provider.example>");

        await peer.SendAsync("BDAT 1000000 LAST\r\n" + string.Concat(Enumerable.Repeat("QUIT\r\n1234\r\nNOOP\r\n..", 50_000)) + "NOOP\r\n");

        Assert.StartsWith("55", await peer.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.ReplyAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task A_header_that_does_not_end_is_refused()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { SizeBytesMax = 1 << 29 } });
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();
        var block = string.Concat(Enumerable.Repeat("X-Padding: " + new string('x', 900) + "\r\n", 1000));
        for (var i = 0; i < 100; i++)
            await peer.SendAsync(block);

        Assert.StartsWith("552 5.3.4 Message header", await peer.AskAsync("."), StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task A_command_of_a_million_octets_is_one_error()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();

        Assert.StartsWith("500 5.5.2 Line too long", await peer.AskAsync(new string('x', 1_000_000)), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_a_message_has_a_limit_that_real_mail_keeps()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { SizeBytesMax = 4 << 20 } });
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();
        Assert.StartsWith("250", await peer.AskAsync("Subject: x\r\n\r\n" + new string('x', 10_000) + "\r\n."), StringComparison.Ordinal);
        await peer.BeginDataAsync();

        Assert.StartsWith("550 5.6.0", await peer.AskAsync("Subject: x\r\n\r\n" + new string('x', 1_000_000) + "\r\n."), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_received_lines_are_a_loop()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();
        var received = string.Concat(Enumerable.Repeat("Received: from a by b\r\n", 100));

        Assert.StartsWith("554 5.4.6", await peer.AskAsync($"{received}\r\nhello\r\n."), StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task Too_many_recipients_can_be_sent_later()
    {
        // Role addresses are few, but a quoted form and a case are others to a list.
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { RecipientsPerMessage = 100, ErrorsMax = 500 } });
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@b.example>");
        var replies = new List<string>();
        for (var i = 0; i < 101; i++)
        {
            var name = string.Concat("postmaster".Select((c, at) => (i >> at & 1) == 1 ? char.ToUpperInvariant(c) : c));
            replies.Add(await peer.AskAsync($"RCPT TO:<{name}@provider.example>"));
        }

        Assert.All(replies.Take(100), r => Assert.StartsWith("250", r, StringComparison.Ordinal));
        Assert.StartsWith("452 4.5.3", replies[100], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RCPT TO:<u@v.example>", "Too many errors")]
    [InlineData("FROB", "Too many errors")]
    [InlineData("NOOP", "Too many commands")]
    public async Task Patience_has_an_end(string command, string why)
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();

        await peer.SendAsync(string.Concat(Enumerable.Repeat($"{command}\r\n", 200)));

        var replies = await peer.RestAsync();
        Assert.StartsWith($"421 4.7.0 {why}", replies[^1], StringComparison.Ordinal);
        Assert.True(replies.Count < 110);
    }

    [Fact]
    public async Task One_address_has_so_many_connections_and_gets_more_when_it_closes_one()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { ConnectionsPerAddress = 2 } });
        using var first = await server.GreetAsync();
        using var second = await server.GreetAsync();
        using (var third = await server.ConnectAsync())
            Assert.StartsWith("421 4.7.0 Too many connections", Assert.Single(await third.RestAsync()), StringComparison.Ordinal);

        await first.SendAsync("QUIT\r\n");
        await first.RestAsync();

        string? greeting;
        do
        {
            using var again = await server.ConnectAsync();
            greeting = await again.LineAsync();
        }
        while (greeting?.StartsWith("421", StringComparison.Ordinal) == true);
        Assert.StartsWith("220", greeting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_nothing_is_told_good_bye()
    {
        await using var server = await SmtpTestServer.StartAsync(
            p => p with { Limits = p.Limits with { CommandTimeout = TimeSpan.FromSeconds(1) } });
        using var peer = await server.ConnectAsync();

        Assert.StartsWith("421 4.4.2", (await peer.RestAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_stops_in_the_middle_is_not_kept()
    {
        await using var server = await SmtpTestServer.StartAsync(
            p => p with { Limits = p.Limits with { DataTimeout = TimeSpan.FromSeconds(1) } });
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();
        await peer.SendAsync("Subject: x\r\n");

        Assert.StartsWith("421 4.4.2", Assert.Single(await peer.RestAsync()), StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_off()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with
        {
            Limits = p.Limits with { WriteTimeout = TimeSpan.FromSeconds(1), JunkCommandsMax = int.MaxValue },
        });
        using var peer = await server.ConnectAsync();
        var flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("HELP\r\n", 10_000)));

        // Ends with the server's reset; if the server waited for ever, so would this write, and the peer's patience would fail it.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
                await peer.Stream.WriteAsync(flood, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task A_client_that_has_closed_its_side_gets_every_answer()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.ConnectAsync();
        await peer.SendAsync(
            "HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<abuse@provider.example>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\nNOOP\r\n");
        peer.HalfClose();

        var replies = await peer.RestAsync();

        Assert.Equal(["220", "250", "250", "250", "354", "250", "250"], replies.Select(r => r[..3]));
        Assert.Single(server.Kept);
    }

    [Fact]
    public async Task A_client_that_hangs_up_before_the_dot_has_sent_nothing()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();
        await peer.SendAsync("Subject: x\r\n\r\nhello\r\n.");
        peer.HalfClose();

        Assert.Empty(await peer.RestAsync());
        Assert.Empty(server.Kept);
    }

    [Fact]
    public async Task A_server_that_goes_down_says_so()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();

        var stopping = server.StopAsync();

        Assert.StartsWith("421 4.3.2", Assert.Single(await peer.RestAsync()), StringComparison.Ordinal);
        await stopping;
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_accepted()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Keep = (_, _) => throw new IOException("disk full") });
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();

        Assert.StartsWith("451 4.3.0", await peer.AskAsync("Subject: x\r\n\r\nhello\r\n."), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_limits_are_sound_and_others_are_named()
    {
        Assert.Empty(new SmtpLimits().Problems());
        Assert.Equal(
            ["smtp.recipientsPerMessage", "smtp.errorsMax"],
            new SmtpLimits { RecipientsPerMessage = 5, ErrorsMax = 0 }.Problems().Select(p => p.Key));
    }
}
