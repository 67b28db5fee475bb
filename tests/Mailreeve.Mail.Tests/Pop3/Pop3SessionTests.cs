using System.Net;
using System.Text;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Policy;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Pop3;

public class Pop3SessionTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly string[] Three = ["A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n", "A: 3\r\n\r\nthree\r\n"];

    [Fact]
    public async Task Quit_removes_what_was_marked_before_it_says_so()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var peer = await server.SignInAsync();
        await peer.AskAsync("DELE 1");
        await peer.AskAsync("DELE 3");
        Assert.Equal([1u, 2u, 3u], await server.UidsAsync());

        Assert.Equal("+OK Bye", await peer.AskAsync("QUIT"));

        Assert.Equal([2u], await server.UidsAsync());
        Assert.True(await server.IsFreeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_removes_nothing_and_gives_the_mailbox_back(bool politely)
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        var peer = await server.SignInAsync();
        await peer.AskAsync("DELE 1");
        Assert.False(await server.IsFreeAsync());

        if (politely)
            peer.HalfClose();
        else
            peer.Dispose();

        await Eventually.TrueAsync(server.IsFreeAsync);
        Assert.Equal([1u, 2u, 3u], await server.UidsAsync());
        peer.Dispose();
    }

    [Fact]
    public async Task A_second_session_is_told_that_the_mailbox_is_in_use()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var first = await server.SignInAsync();
        using var second = await server.ConnectAsync();
        await second.LineAsync();
        await second.AskAsync("USER kim@provider.example");
        Assert.StartsWith("-ERR [IN-USE]", await second.AskAsync($"PASS {Pop3TestServer.Password}"), StringComparison.Ordinal);

        await first.AskAsync("QUIT");

        await second.AskAsync("USER kim@provider.example");
        Assert.StartsWith("+OK", await second.AskAsync($"PASS {Pop3TestServer.Password}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_stay_whatever_happens_to_the_mailbox()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var peer = await server.SignInAsync();
        var inbox = (await server.Host.ViewOfAsync(server.Mailbox)).Inbox.Id;

        await server.Host.DeliverAsync(server.Mailbox, "four");
        await server.Host.OwnerOf(server.Mailbox).ExpungeAsync(inbox, [1], onlyDeleted: false);

        Assert.Equal($"+OK 3 {Three.Sum(m => m.Length)}", await peer.AskAsync("STAT"));
        Assert.Equal($"+OK 2 {Three[1].Length}", await peer.AskAsync("LIST 2"));
        Assert.StartsWith("-ERR", await peer.AskAsync("RETR 4"), StringComparison.Ordinal);
        await peer.AskAsync("DELE 1");
        await peer.AskAsync("DELE 2");
        Assert.Equal("+OK Bye", await peer.AskAsync("QUIT"));
        Assert.Equal([3u, 4u], await server.UidsAsync());
    }

    [Fact]
    public async Task C9_a_message_that_retention_takes_meanwhile_is_an_error_and_no_end()
    {
        await using var host = await Mailboxes.MailboxHost.StartAsync();
        await using var server = await Pop3TestServer.StartAsync(host, [Three[0]]);
        // Another day, another segment.
        host.Clock.AdvanceDays(2);
        await host.DeliverAsync(server.Mailbox, "two");
        using var peer = await server.SignInAsync();

        Assert.NotEmpty(host.Segments.DeleteExpired(host.Clock.GetCurrentInstant() - Duration.FromDays(1), TestContext.Current.CancellationToken));

        Assert.Equal("-ERR [SYS/TEMP] The message is gone or cannot be read", await peer.AskAsync("RETR 1"));
        Assert.Equal("-ERR [SYS/TEMP] The message is gone or cannot be read", await peer.AskAsync("TOP 1 0"));
        await peer.SendAsync("RETR 2\r\n");
        Assert.Contains("two", await MessageAsync(peer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_removed_is_said_with_quit()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var host = await Mailboxes.MailboxHost.StartAsync();
        await using var server = await Pop3TestServer.StartAsync(host, Three);
        using var peer = await server.SignInAsync();
        await peer.AskAsync("DELE 1");
        const string breakIt = "CREATE TRIGGER broken BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'broken'); END";
        await host.Database.WriteAsync(db => db.ExecuteAsync(breakIt, null, stop), stop);

        Assert.Equal("-ERR [SYS/TEMP] some deleted messages not removed", await peer.AskAsync("QUIT"));

        Assert.Equal([1u, 2u, 3u], await server.UidsAsync());
        Assert.True(await server.IsFreeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_larger_than_any_buffer_comes_as_it_was_stored(bool underTls)
    {
        var body = new StringBuilder("A: large\r\n\r\n");
        for (var i = 0; i < 40_000; i++)
            body.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i % 7 == 0 ? "." : "")}line {i}\r\n");
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, [$"{body}", Three[0]]);
        using var peer = await server.SignInAsync(underTls);

        await peer.SendAsync("RETR 1\r\nTOP 1 30000\r\nRETR 2\r\n");

        Assert.Equal($"{body}", await MessageAsync(peer));
        Assert.Equal(string.Join("\r\n", $"{body}".Split("\r\n")[..30_002]) + "\r\n", await MessageAsync(peer));
        Assert.Equal(Three[0], await MessageAsync(peer));
    }

    [Fact]
    public async Task Unique_ids_are_the_same_in_the_next_session()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        var before = await UidlAsync(server);
        await server.Host.DeliverAsync(server.Mailbox, "four");
        using (var peer = await server.SignInAsync())
        {
            await peer.AskAsync("DELE 1");
            await peer.AskAsync("QUIT");
        }

        var after = await UidlAsync(server);

        Assert.Equal(before[1..], after[..2]);
        Assert.Equal(4, before.Union(after).Count());
        Assert.All(after, id => Assert.Matches("^[0-9]+[.][0-9]+$", id));
    }

    [Fact]
    public async Task Passwords_are_taken_under_tls_and_not_without()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three, client: IPAddress.Parse("192.0.2.7"));
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        Assert.DoesNotContain(await CapabilitiesAsync(peer), c => c.StartsWith("SASL", StringComparison.Ordinal) || c == "USER");
        Assert.Equal("-ERR No password is taken without TLS; say STLS first", await peer.AskAsync("USER kim@provider.example"));
        Assert.Equal("-ERR No password is taken without TLS; say STLS first", await peer.AskAsync($"PASS {Pop3TestServer.Password}"));
        Assert.Equal("-ERR No password is taken without TLS; say STLS first", await peer.AskAsync("AUTH PLAIN"));
        Assert.StartsWith("+OK", await peer.AskAsync("STLS"), StringComparison.Ordinal);
        await peer.StartTlsAsync();
        var secured = await CapabilitiesAsync(peer);
        Assert.Contains("SASL PLAIN", secured);
        Assert.Contains("USER", secured);
        Assert.DoesNotContain("STLS", secured);
        Assert.Equal("-ERR TLS is active", await peer.AskAsync("STLS"));
        await peer.AskAsync("USER kim@provider.example");
        Assert.StartsWith("+OK 3 messages", await peer.AskAsync($"PASS {Pop3TestServer.Password}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_said_in_the_clear_is_forgotten()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();
        await peer.AskAsync("USER someone-else@provider.example");
        await peer.AskAsync("STLS");
        await peer.StartTlsAsync();

        Assert.Equal("-ERR USER first", await peer.AskAsync($"PASS {Pop3TestServer.Password}"));
    }

    [Fact]
    public async Task Without_a_certificate_tls_is_not_offered()
    {
        await using var server = await Pop3TestServer.StartAsync(
            shared.Mailboxes, [], p => p with { Tls = null, AllowsPlain = true }, IPAddress.Parse("192.0.2.7"));
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        Assert.DoesNotContain("STLS", await CapabilitiesAsync(peer));
        Assert.Equal("-ERR TLS is not offered", await peer.AskAsync("STLS"));
        Assert.StartsWith("+OK", await peer.AskAsync("USER kim@provider.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_that_never_ends_is_announced_so()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, [], p => p with { RetentionDays = () => null });
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        Assert.Contains("EXPIRE NEVER", await CapabilitiesAsync(peer));
    }

    [Fact]
    public async Task A_session_that_is_idle_ends_without_a_word_and_removes_nothing()
    {
        var ticks = new MovedTicks();
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three, p => p with { Ticks = ticks });
        using var peer = await server.SignInAsync();
        await peer.AskAsync("DELE 1");

        ticks.Ahead = TimeSpan.FromMinutes(11);

        // The wait may have begun after the ticks were moved; then nothing is overdue yet.
        await Eventually.TrueAsync(async () =>
        {
            ticks.Ahead += TimeSpan.FromMinutes(11);
            return await server.IsFreeAsync();
        });
        Assert.Null(await peer.LineAsync());
        Assert.Equal([1u, 2u, 3u], await server.UidsAsync());
    }

    [Fact]
    public async Task A_server_that_goes_down_says_so_and_removes_nothing()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var peer = await server.SignInAsync();
        await peer.AskAsync("DELE 1");

        var stopping = server.StopAsync();

        Assert.Equal(["-ERR [SYS/TEMP] Service is shutting down; try again later"], await peer.RestAsync());
        await stopping;
        Assert.Equal([1u, 2u, 3u], await server.UidsAsync());
        Assert.True(await server.IsFreeAsync());
    }

    [Fact]
    public async Task One_address_has_only_so_many_connections()
    {
        await using var server = await Pop3TestServer.StartAsync(
            shared.Mailboxes, [], p => p with { Limits = p.Limits with { ConnectionsPerAddress = 1 } });
        using var first = await server.ConnectAsync();
        await first.LineAsync();
        using var second = await server.ConnectAsync();

        Assert.Equal(["-ERR [SYS/TEMP] Too many connections from your address"], await second.RestAsync());
    }

    [Fact]
    public async Task A_sign_in_that_fails_by_our_fault_is_no_wrong_password()
    {
        await using var server = await Pop3TestServer.StartAsync(
            shared.Mailboxes, [], p => p with { SignIn = (_, _, _, _) => throw new IOException("The disk is gone.") });
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();
        await peer.AskAsync("USER kim@provider.example");

        Assert.StartsWith("-ERR [SYS/TEMP]", await peer.AskAsync("PASS x"), StringComparison.Ordinal);
        Assert.Equal("+OK Bye", await peer.AskAsync("QUIT"));
    }

    [Fact]
    public async Task A_client_that_makes_one_mistake_after_the_other_is_left_but_not_one_that_asks_for_what_is_gone()
    {
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Three);
        using var peer = await server.SignInAsync();
        for (var i = 0; i < 100; i++)
            Assert.Equal("-ERR No such message", await peer.AskAsync("RETR 4"));
        for (var i = 0; i < 19; i++)
            Assert.Equal("-ERR Command not recognised", await peer.AskAsync("FROB"));

        Assert.Equal("-ERR Too many errors; closing", await peer.AskAsync("FROB"));

        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_no_more_than_a_few_buffers_and_is_cut_off()
    {
        var ticks = new MovedTicks();
        var large = $"A: b\r\n\r\n{string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 12_000))}";
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, [large], p => p with { Ticks = ticks });
        using var peer = await server.SignInAsync();

        await peer.SendAsync(string.Concat(Enumerable.Repeat("RETR 1\r\n", 100)));

        await Eventually.TrueAsync(async () =>
        {
            ticks.Ahead += TimeSpan.FromMinutes(2);
            return await server.IsFreeAsync();
        });
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_an_error_that_may_pass()
    {
        await using var server = await Pop3TestServer.StartAsync(
            shared.Mailboxes, [], p => p with { SignIn = (_, _, _, _) => Task.FromResult<Mail.Mailboxes.MailSignIn>(new Mail.Mailboxes.MailSignIn.Accepted(new MailboxId(987_654))) });
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();
        await peer.AskAsync("USER kim@provider.example");

        Assert.StartsWith("-ERR [SYS/TEMP]", await peer.AskAsync("PASS x"), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> CapabilitiesAsync(SmtpPeer peer)
    {
        await peer.AskAsync("CAPA");
        return await ListAsync(peer);
    }

    private static async Task<string[]> UidlAsync(Pop3TestServer server)
    {
        using var peer = await server.SignInAsync();
        await peer.AskAsync("UIDL");
        var ids = (await ListAsync(peer)).Select(line => line.Split(' ')[1]).ToArray();
        await peer.AskAsync("QUIT");
        return ids;
    }

    private static async Task<IReadOnlyList<string>> ListAsync(SmtpPeer peer)
    {
        var lines = new List<string>();
        while (await peer.LineAsync() is { } line and not ".")
            lines.Add(line);
        return lines;
    }

    private static async Task<string> MessageAsync(SmtpPeer peer)
    {
        Assert.StartsWith("+OK", await peer.LineAsync(), StringComparison.Ordinal);
        return string.Concat((await ListAsync(peer)).Select(line => $"{(line.StartsWith('.') ? line[1..] : line)}\r\n"));
    }

    private sealed class MovedTicks : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
