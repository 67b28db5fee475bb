using MailKit;
using MailKit.Net.Pop3;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MailKitPop3Tests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task What_clients_look_for_is_announced()
    {
        var client = await Pop3Async();

        const Pop3Capabilities needed =
            Pop3Capabilities.UIDL | Pop3Capabilities.Top | Pop3Capabilities.Pipelining | Pop3Capabilities.ResponseCodes;
        Assert.Equal(needed, client.Capabilities & needed);
    }

    [Fact]
    public async Task C9_the_days_that_mail_is_kept_are_announced()
    {
        Server.MustHave("EXPIRE");
        var client = await Pop3Async();

        Assert.True(client.Capabilities.HasFlag(Pop3Capabilities.Expire));
        Assert.Equal(30, client.ExpirePolicy);
    }

    [Fact]
    public async Task Messages_are_counted_listed_and_fetched()
    {
        var first = SampleMail.Text("First", ".\r\n..\r\n.a line that begins with a dot\r\n");
        var second = SampleMail.Rich("Second");
        await DeliverAsync(first, second);
        var client = await Pop3Async();

        Assert.Equal(2, client.Count);
        var sizes = await client.GetMessageSizesAsync(Stop);
        Assert.Equal(sizes.Sum(), client.Size);
        await using var stream = await client.GetStreamAsync(0, headersOnly: false, Stop);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Stop);
        Assert.Equal(sizes[0], bytes.Length);
        Assert.EndsWith(first.WireText(), System.Text.Encoding.Latin1.GetString(bytes.ToArray()), StringComparison.Ordinal);
        Assert.Equal(["First", "Second"], (await client.GetMessagesAsync(0, 2, Stop)).Select(m => m.Subject));
    }

    [Fact]
    public async Task Top_gives_the_header_and_as_many_lines_as_wanted()
    {
        await DeliverAsync(SampleMail.Text("Lines", string.Concat(Enumerable.Range(1, 50).Select(n => $"line {n}\r\n"))));
        var client = await Pop3Async();

        var headers = await client.GetMessageHeadersAsync(0, Stop);
        await client.DisconnectAsync(quit: true, Stop);
        using var peer = await PeerAsync(Server.Pop3sPort, tls: true);
        await peer.LineAsync();
        await peer.SayAsync($"USER {User.Address}");

        Assert.Equal("Lines", headers[MimeKit.HeaderId.Subject]);
        Assert.StartsWith("+OK", await peer.SayAsync($"PASS {User.Password}"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.SayAsync("TOP 1 2"), StringComparison.Ordinal);
        Assert.Equal(["", "line 1", "line 2"], (await peer.DottedAsync()).TakeLast(3));
    }

    [Fact]
    public async Task Names_of_messages_do_not_change_between_sessions_and_are_not_used_twice()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var client = await Pop3Async();
        var uids = await client.GetMessageUidsAsync(Stop);
        await client.DeleteMessageAsync(1, Stop);
        await client.DisconnectAsync(quit: true, Stop);
        await DeliverAsync(SampleMail.Text("Third"));

        client = await Pop3Async();

        var now = await client.GetMessageUidsAsync(Stop);
        Assert.Equal(uids[0], now[0]);
        Assert.DoesNotContain(now[1], uids);
        Assert.Equal(now[1], await client.GetMessageUidAsync(1, Stop));
        // RFC 1939 §7: one to 70 characters from 0x21 to 0x7E.
        Assert.All(now, uid => Assert.Matches("^[!-~]{1,70}$", uid));
    }

    [Fact]
    public async Task What_was_deleted_is_gone_after_quit_and_not_before()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"), SampleMail.Text("Third"));
        var client = await Pop3Async();
        await client.DeleteMessageAsync(0, Stop);
        await client.ResetAsync(Stop);
        await client.DeleteMessageAsync(1, Stop);
        await Assert.ThrowsAsync<Pop3CommandException>(() => client.GetMessageAsync(1, Stop));
        // A connection that breaks deletes nothing (RFC 1939 §6).
        client.Dispose();

        client = await Pop3Async();
        Assert.Equal(3, client.Count);
        await client.DeleteMessageAsync(1, Stop);
        await client.DisconnectAsync(quit: true, Stop);

        client = await Pop3Async();
        Assert.Equal(["First", "Third"], (await client.GetMessagesAsync([0, 1], Stop)).Select(m => m.Subject));
    }

    [Fact]
    public async Task Imap_no_longer_shows_what_pop3_has_deleted()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var inbox = await InboxAsync();
        var client = await Pop3Async();

        await client.DeleteAllMessagesAsync(Stop);
        await client.DisconnectAsync(quit: true, Stop);
        await inbox.CheckAsync(Stop);

        Assert.Equal(0, inbox.Count);
    }

    [Fact]
    public async Task Pop3_shows_the_inbox_and_no_other_folder()
    {
        var imap = await ImapAsync();
        await imap.GetFolder(SpecialFolder.Sent)!.AppendAsync(new AppendRequest(SampleMail.Text("Sent")), Stop);

        Assert.Equal(0, (await Pop3Async()).Count);
    }
}
