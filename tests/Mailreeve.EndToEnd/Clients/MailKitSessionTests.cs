using System.Collections.Concurrent;
using MailKit;
using MailKit.Search;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Several sessions on one mailbox.</summary>
public sealed class MailKitSessionTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task An_idle_session_hears_of_new_mail_flags_and_what_is_gone()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var watching = await ImapAsync();
        await watching.Inbox!.OpenAsync(FolderAccess.ReadWrite, Stop);
        var heard = new ConcurrentQueue<string>();
        watching.Inbox.CountChanged += (_, _) => heard.Enqueue($"{watching.Inbox.Count} messages");
        watching.Inbox.MessageFlagsChanged += (_, e) => heard.Enqueue($"{e.Index} {e.Flags & ~MessageFlags.Recent}");
        watching.Inbox.MessageExpunged += (_, e) => heard.Enqueue($"{e.Index} gone");
        using var done = new CancellationTokenSource();
        var idle = watching.IdleAsync(done.Token, Stop);

        await DeliverAsync(SampleMail.Text("Third"));
        await Eventually.TrueAsync(() => heard.Contains("3 messages"));
        var acting = await InboxAsync();
        await acting.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Flagged), Stop);
        await Eventually.TrueAsync(() => heard.Contains("0 Flagged"));
        await acting.StoreAsync([1], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await acting.ExpungeAsync(Stop);
        await Eventually.TrueAsync(() => heard.Contains("1 gone"));

        await done.CancelAsync();
        await idle;
        Assert.Equal(2, watching.Inbox.Count);
        Assert.Equal("Third", (await watching.Inbox.GetMessageAsync(1, Stop)).Subject);
    }

    [Fact]
    public async Task A_session_that_asks_hears_what_another_has_done()
    {
        await DeliverAsync([.. Enumerable.Range(1, 4).Select(n => SampleMail.Text($"Number {n}"))]);
        var asking = await ImapAsync();
        await asking.Inbox!.OpenAsync(FolderAccess.ReadWrite, Stop);
        var acting = await InboxAsync();
        var gone = new List<int>();
        asking.Inbox.MessageExpunged += (_, e) => gone.Add(e.Index);

        await acting.StoreAsync([0, 2], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await acting.ExpungeAsync(Stop);
        await acting.AppendAsync(new AppendRequest(SampleMail.Text("Number 5")), Stop);
        await asking.NoOpAsync(Stop);

        Assert.Equal(2, gone.Count);
        Assert.Equal(3, asking.Inbox.Count);
        Assert.Equal("Number 5", (await asking.Inbox.GetMessageAsync(2, Stop)).Subject);
        Assert.Equal("Number 2", (await asking.Inbox.GetMessageAsync(0, Stop)).Subject);
    }

    [Fact]
    public async Task What_was_moved_by_one_session_leaves_the_other()
    {
        await DeliverAsync(SampleMail.Text("Stays"), SampleMail.Text("Goes"));
        var first = await ImapAsync();
        var second = await InboxAsync();
        await first.Inbox!.OpenAsync(FolderAccess.ReadWrite, Stop);

        await first.Inbox.MoveToAsync(1, first.GetFolder(SpecialFolder.Trash)!, Stop);
        await second.CheckAsync(Stop);

        Assert.Equal(1, second.Count);
        Assert.Equal("Stays", (await second.GetMessageAsync(0, Stop)).Subject);
    }

    [Fact]
    public async Task Four_sessions_append_and_flag_at_once_and_nothing_is_lost()
    {
        const int each = 25;
        var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => InboxAsync()));

        await Task.WhenAll(sessions.Select(async (inbox, session) =>
        {
            for (var n = 0; n < each; n++)
            {
                var uid = (await inbox.AppendAsync(new AppendRequest(SampleMail.Text($"{session}-{n}")), Stop))!.Value;
                await inbox.CheckAsync(Stop);
                await inbox.StoreAsync([uid], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Seen, [$"s{session}"]), Stop);
            }
        }));

        var all = await (await InboxAsync()).FetchAsync(
            0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.Envelope), Stop);
        Assert.Equal(4 * each, all.Count);
        Assert.Equal(all.Select(s => s.UniqueId.Id).Order(), all.Select(s => s.UniqueId.Id));
        Assert.Equal(4 * each, all.Select(s => s.UniqueId).Distinct().Count());
        Assert.All(all, s => Assert.True(s.Flags!.Value.HasFlag(MessageFlags.Seen)));
        Assert.All(all, s => Assert.Equal([$"s{s.Envelope!.Subject![0]}"], s.Keywords));
        foreach (var inbox in sessions)
            await inbox.CheckAsync(Stop);
        Assert.All(sessions, inbox => Assert.Equal(4 * each, inbox.Count));
    }

    [Fact]
    public async Task Mail_that_arrives_by_smtp_is_in_a_session_that_is_open_with_the_next_uid()
    {
        var inbox = await InboxAsync();
        await inbox.StatusAsync(StatusItems.UidNext, Stop);
        var next = inbox.UidNext!.Value;

        await DeliverAsync(SampleMail.Text("Here I am"));
        await inbox.CheckAsync(Stop);

        var found = await inbox.SearchAsync(SearchQuery.SubjectContains("Here I am"), Stop);
        Assert.True(Assert.Single(found).Id >= next.Id);
    }
}
