using Mailreeve.Testing.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class ImapSeveralClientsTests
{
    [Fact]
    public async Task A_delivery_is_told_to_who_waits()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.SelectAsync();
        var idle = await peer.BeginAsync("IDLE");
        Assert.Equal("+ Waiting for DONE", await peer.LineAsync());

        await server.DeliverAsync("one");

        Assert.Equal("* 1 EXISTS", await peer.LineAsync());
        Assert.Equal("* 1 RECENT", await peer.LineAsync());
        await server.DeliverAsync("two");
        Assert.Equal("* 2 EXISTS", await peer.LineAsync());
        Assert.Equal("* 2 RECENT", await peer.LineAsync());
        await peer.SendAsync("DONE\r\n");
        Assert.Equal(["OK That was all"], await peer.AnswerAsync(idle));
    }

    [Fact]
    public async Task Who_waits_under_TLS_is_told_too()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await ImapPeer.ConnectAsync(server.TlsPort);
        await peer.StartTlsAsync();
        await peer.LineAsync();
        await peer.OkAsync("LOGIN kim@provider.example secret");
        await peer.OkAsync("SELECT INBOX");
        await peer.BeginAsync("IDLE");
        await peer.LineAsync();

        await server.DeliverAsync("one");

        Assert.Equal("* 1 EXISTS", await peer.LineAsync());
    }

    [Fact]
    public async Task Messages_that_another_one_removed_stay_in_place_until_they_may_be_told_of()
    {
        await using var server = await ImapTestServer.StartAsync();
        foreach (var text in new[] { "one", "two", "three", "four" })
            await server.DeliverAsync(text);
        using var peer = await server.SelectAsync();
        using var other = await server.SelectAsync();
        await other.OkAsync("STORE 2 +FLAGS.SILENT (\\Deleted)");
        await other.OkAsync("EXPUNGE");

        // Numbers are as before; the message itself cannot be had any more (RFC 2180 §4.1.2).
        Assert.Equal(["* 3 FETCH (UID 3)", "OK Fetched"], await peer.AskAsync("FETCH 3 UID"));
        Assert.Equal(["* 1 FETCH (UID 1)", "* 3 FETCH (UID 3)", "* 4 FETCH (UID 4)", "NO [EXPUNGEISSUED] Some of the messages are gone"],
            await peer.AskAsync("FETCH 1:* UID"));
        Assert.Equal(["* SEARCH 1 3 4", "OK Searched"], await peer.AskAsync("SEARCH ALL"));
        Assert.Equal(["* 4 FETCH (FLAGS (\\Flagged \\Recent))", "OK Stored"], await peer.AskAsync("STORE 4 +FLAGS (\\Flagged)"));
        Assert.Equal(["* 4 FETCH (UID 4)", "* 2 EXPUNGE", "OK Fetched"], await peer.AskAsync("UID FETCH 4 UID"));
        Assert.Equal(["* 3 FETCH (UID 4)", "OK Fetched"], await peer.AskAsync("FETCH 3 UID"));
    }

    [Fact]
    public async Task All_messages_are_copied_or_none()
    {
        await using var server = await ImapTestServer.StartAsync();
        foreach (var text in new[] { "one", "two" })
            await server.DeliverAsync(text);
        using var peer = await server.SelectAsync();
        await server.Owner.ExpungeAsync((await server.Host.ViewOfAsync(server.Mailbox)).Inbox.Id, [2], onlyDeleted: false);

        Assert.Equal(["* 2 EXPUNGE", "NO [EXPUNGEISSUED] Some of the messages are gone"], await peer.AskAsync("COPY 1:2 Sent"));
        Assert.Equal(0, (await server.Host.ViewOfAsync(server.Mailbox)).Folders["Sent"].Messages.Count);
    }

    [Fact]
    public async Task Flags_of_another_one_are_told_once_and_ones_own_not_at_all()
    {
        await using var server = await ImapTestServer.StartAsync();
        await server.DeliverAsync("one");
        await server.DeliverAsync("two");
        using var peer = await server.SelectAsync();
        using var other = await server.SelectAsync();

        await other.OkAsync("STORE 1 +FLAGS.SILENT (\\Seen)");

        Assert.Equal(["* 1 FETCH (FLAGS (\\Seen \\Recent))", "OK Nothing done"], await peer.AskAsync("NOOP"));
        Assert.Equal(["OK Nothing done"], await peer.AskAsync("NOOP"));
        Assert.Equal(["OK Nothing done"], await other.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_silent_change_is_not_silent_about_what_another_one_did()
    {
        await using var server = await ImapTestServer.StartAsync();
        await server.DeliverAsync("one");
        using var peer = await server.SelectAsync();
        using var other = await server.SelectAsync();

        await other.OkAsync("STORE 1 +FLAGS.SILENT (\\Flagged)");

        Assert.Equal(["* 1 FETCH (FLAGS (\\Flagged \\Seen \\Recent))", "OK Stored"], await peer.AskAsync("STORE 1 +FLAGS.SILENT (\\Seen)"));
    }

    [Fact]
    public async Task Only_one_session_is_told_that_a_message_is_recent()
    {
        await using var server = await ImapTestServer.StartAsync();
        await server.DeliverAsync("one");
        using var peer = await server.SignInAsync();
        using var other = await server.SignInAsync();

        Assert.Contains("* 0 RECENT", await peer.OkAsync("EXAMINE INBOX"));
        Assert.Contains("* 1 RECENT", await peer.OkAsync("SELECT INBOX"));
        Assert.Contains("* 0 RECENT", await other.OkAsync("SELECT INBOX"));

        await server.DeliverAsync("two");
        Assert.Equal(["* 2 EXISTS", "* 1 RECENT", "OK Nothing done"], await other.AskAsync("NOOP"));
        Assert.Equal(["* 2 EXISTS", "* 1 RECENT", "OK Nothing done"], await peer.AskAsync("NOOP"));
        Assert.Equal(["* SEARCH 1", "OK Searched"], await peer.AskAsync("SEARCH RECENT"));
        Assert.Equal(["* SEARCH 2", "OK Searched"], await other.AskAsync("SEARCH RECENT"));
    }

    [Fact]
    public async Task A_uid_that_is_known_from_elsewhere_is_found_at_once()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.SelectAsync();

        await server.DeliverAsync("one");

        Assert.Equal(["* 1 EXISTS", "* 1 RECENT", "* 1 FETCH (UID 1 FLAGS (\\Recent))", "OK Fetched"], await peer.AskAsync("UID FETCH 1 FLAGS"));
    }

    [Fact]
    public async Task A_session_whose_folder_is_deleted_ends_with_a_word()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var owner = await server.SignInAsync();
        await owner.OkAsync("CREATE Gone");
        using var peer = await server.SelectAsync("Gone");
        using var idle = await server.SelectAsync("Gone");
        await idle.BeginAsync("IDLE");
        await idle.LineAsync();

        await owner.OkAsync("SELECT Gone");
        await owner.OkAsync("DELETE Gone");

        await owner.OkAsync("NOOP");
        Assert.Equal("BAD Select a folder first", (await owner.AskAsync("CHECK"))[^1]);
        await peer.BeginAsync("UID FETCH 1:* FLAGS");
        Assert.StartsWith("a3 NO", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("* BYE The selected folder is gone", await peer.LineAsync());
        Assert.Null(await peer.LineAsync());
        Assert.StartsWith("a3 OK", await idle.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("* BYE The selected folder is gone", await idle.LineAsync());
        Assert.Null(await idle.LineAsync());
    }

    [Fact]
    public async Task A_folder_that_is_renamed_stays_selected()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var owner = await server.SignInAsync();
        await owner.OkAsync("CREATE Before");
        using var peer = await server.SelectAsync("Before");

        await owner.OkAsync("RENAME Before After");
        await owner.SendAsync("x APPEND After {3+}\r\nabc\r\n");
        await owner.AnswerAsync("x");

        Assert.Equal(["* 1 EXISTS", "* 1 RECENT", "OK Nothing done"], await peer.AskAsync("NOOP"));
    }
}
