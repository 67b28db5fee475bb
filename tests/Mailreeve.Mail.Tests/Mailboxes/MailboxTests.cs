using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Mail.Tests.Mailboxes;

public sealed class MailboxTests
{
    [Fact]
    public async Task A_delivered_message_is_in_the_inbox_and_reads_back()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();

        Assert.True(await host.DeliverAsync(mailbox, "first"));
        Assert.True(await host.DeliverAsync(mailbox, "second"));

        var inbox = (await host.ViewOfAsync(mailbox)).Inbox;
        Assert.Equal([1u, 2u], inbox.Messages.Span.ToArray().Select(m => m.Uid));
        Assert.Contains("second", host.TextOf(inbox.Messages[1]), StringComparison.Ordinal);
        Assert.Equal(2, inbox.Unseen);
        Assert.Equal(3u, inbox.UidNext);
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_a_restart()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        for (var i = 0; i < 5; i++)
            await host.DeliverAsync(mailbox, $"message {i}");
        var inbox = (await host.ViewOfAsync(mailbox)).Inbox;
        var owner = host.OwnerOf(mailbox);
        await owner.StoreAsync(inbox.Id, new FlagChange { Uids = [2, 3], Operation = StoreMode.Add, Flags = SystemFlags.Seen | SystemFlags.Deleted, Keywords = ["$Label1"] });
        await owner.ExpungeAsync(inbox.Id, [3], onlyDeleted: true);
        await owner.CreateFolderAsync("Lists/Gardening", SpecialUse.None);
        var lists = (await host.ViewOfAsync(mailbox)).Folders["Lists/Gardening"];
        await owner.CopyAsync(inbox.Id, [1, 5], lists.Id, move: false);
        await owner.CopyAsync(inbox.Id, [4], lists.Id, move: true);
        var before = await host.ViewOfAsync(mailbox);

        await host.StopAsync();
        await host.StartAgainAsync();

        var after = await host.ViewOfAsync(mailbox);
        Assert.Equal(Picture(before), Picture(after));
        Assert.Equal(["INBOX 1:None: 2:Seen, Deleted:$Label1 5:None:", "Lists/Gardening 1:None: 2:None: 3:None:"],
            Picture(after).Where(line => line.Contains(':', StringComparison.Ordinal)));
        Assert.Equal(before.UsedBytes, after.UsedBytes);
        Assert.Equal(before.Inbox.UidNext, after.Inbox.UidNext);
        Assert.True(after.Inbox.HighestModSeq >= before.Inbox.HighestModSeq);
    }

    [Fact]
    public async Task No_message_that_comes_after_a_crash_has_a_uid_below_the_next_one_that_was_told()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var first = await host.OwnerOf(mailbox).ReserveAsync(null, [100]);
        await host.OwnerOf(mailbox).ReserveAsync(null, [100]);
        await host.Delivery.AppendAsync(mailbox, first, MailboxHost.Message("first"), SystemFlags.None, "", null);
        var told = (await host.ViewOfAsync(mailbox)).Inbox.UidNext;

        await host.StopAsync();
        await host.StartAgainAsync();
        await host.DeliverAsync(mailbox, "second");

        Assert.True((await host.ViewOfAsync(mailbox)).Inbox.Messages[1].Uid >= told);
    }

    [Fact]
    public async Task A_change_that_is_not_durable_yet_is_above_the_highest_modification_sequence_that_is_told()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        await host.DeliverAsync(mailbox, "first");
        var inbox = (await host.ViewOfAsync(mailbox)).Inbox;
        await host.Journal.CaughtUpAsync();
        var release = new TaskCompletionSource();
        var holding = host.Database.WriteAsync(_ => release.Task, TestContext.Current.CancellationToken);

        var storing = host.OwnerOf(mailbox).StoreAsync(inbox.Id, new FlagChange { Uids = [1], Operation = StoreMode.Add, Flags = SystemFlags.Seen });
        await host.DeliverAsync(mailbox, "second");
        var told = (await host.ViewOfAsync(mailbox)).Inbox;
        release.SetResult();
        await holding;
        await storing;

        Assert.Equal(2, told.Messages.Count);
        Assert.True((await host.ViewOfAsync(mailbox)).Inbox.Messages[0].ModSeq > told.HighestModSeq);
    }

    [Fact]
    public async Task A_delivery_that_fails_for_one_of_its_recipients_holds_up_no_other_mail()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();

        await Assert.ThrowsAnyAsync<Exception>(() =>
            host.Delivery.DeliverToAllAsync(MailboxHost.Message("for nobody"), "sender@elsewhere.example", [mailbox, new MailboxId(9999)]));
        await host.DeliverAsync(mailbox, "next");

        Assert.Contains("next", host.TextOf(Assert.Single((await host.ViewOfAsync(mailbox)).Inbox.Messages.Span.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_durable_waits_for_those_with_lower_uids()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var owner = host.OwnerOf(mailbox);

        var slow = await owner.ReserveAsync(null, [100]);
        var quick = host.DeliverAsync(mailbox, "quick");
        await Testing.Eventually.TrueAsync(() => host.Segments.Counters.Appends == 1);
        var meanwhile = (await host.ViewOfAsync(mailbox)).Inbox;
        var told = quick.IsCompleted;
        await owner.AbandonAsync(slow.Folder, slow.FirstUid, 1);
        Assert.True(await quick);
        Assert.False(told);
        var afterwards = (await host.ViewOfAsync(mailbox)).Inbox;

        Assert.Equal(0, meanwhile.Messages.Count);
        Assert.Equal(slow.FirstModSeq - 1, meanwhile.HighestModSeq);
        Assert.Equal([slow.FirstUid + 1], afterwards.Messages.Span.ToArray().Select(m => m.Uid));
    }

    [Fact]
    public async Task Clause_C9_a_message_that_does_not_fit_is_refused_and_the_trash_still_takes_copies()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var owner = host.OwnerOf(mailbox);
        var large = new string('x', 9_000_000);
        Assert.True(await host.DeliverAsync(mailbox, "one " + large));

        var refused = !await host.DeliverAsync(mailbox, "two " + large);

        var view = await host.ViewOfAsync(mailbox);
        Assert.True(refused);
        var trash = await owner.CopyAsync(view.Inbox.Id, [1], view.Folders["Trash"].Id, move: false);
        var sent = await owner.CopyAsync(view.Inbox.Id, [1], view.Folders["Sent"].Id, move: false);
        Assert.Equal(ReserveOutcome.Reserved, trash.Outcome);
        Assert.Equal(ReserveOutcome.OverQuota, sent.Outcome);
    }

    [Fact]
    public async Task Clause_C9_room_that_was_bought_counts_at_once()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var large = new string('x', 11_000_000);
        Assert.True(await host.DeliverAsync(mailbox, large));
        Assert.False(await host.DeliverAsync(mailbox, large));

        await host.Database.WriteAsync(db => new StorageChargeStore(db).SetStepsAsync(mailbox, 1, new Actor("test"), host.Clock.GetCurrentInstant(), stop), stop);

        Assert.True(await host.DeliverAsync(mailbox, large));
    }

    [Fact]
    public async Task A_change_since_a_known_state_is_left_alone_when_somebody_was_faster()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        await host.DeliverAsync(mailbox, "one");
        await host.DeliverAsync(mailbox, "two");
        var inbox = (await host.ViewOfAsync(mailbox)).Inbox;
        var owner = host.OwnerOf(mailbox);
        await owner.StoreAsync(inbox.Id, new FlagChange { Uids = [1], Operation = StoreMode.Add, Flags = SystemFlags.Flagged });

        var stored = await owner.StoreAsync(
            inbox.Id, new FlagChange { Uids = [1, 2], Operation = StoreMode.Add, Flags = SystemFlags.Seen, UnchangedSince = inbox.HighestModSeq });

        Assert.Equal([1u], stored.Modified);
        var now = (await host.ViewOfAsync(mailbox)).Inbox;
        Assert.Equal([SystemFlags.Flagged, SystemFlags.Seen], now.Messages.Span.ToArray().Select(m => m.Flags));
    }

    [Fact]
    public async Task Clause_C9_messages_go_after_thirty_days_whatever_their_internaldate_and_wherever_they_were_copied()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailbox = await host.AddMailboxAsync();
        var owner = host.OwnerOf(mailbox);
        var view = await host.ViewOfAsync(mailbox);
        var reserved = await owner.ReserveAsync(view.Inbox.Id, [100]);
        var future = host.Clock.GetCurrentInstant() + Duration.FromDays(3650);
        await host.Delivery.AppendAsync(mailbox, reserved, MailboxHost.Message("appended"), SystemFlags.None, "", future);
        host.Clock.AdvanceDays(10);
        await owner.CopyAsync(view.Inbox.Id, [1], view.Folders["Sent"].Id, move: false);
        await host.DeliverAsync(mailbox, "later");
        var clerk = new RetentionClerk(
            host.Database, host.Segments, host.Grains, Testing.ShippedPolicy.Policy, WatchOf(host), host.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RetentionClerk>.Instance);

        host.Clock.Advance(Duration.FromDays(20) - Duration.FromMilliseconds(1));
        await host.Journal.CaughtUpAsync();
        var early = await clerk.WorkAsync(TestContext.Current.CancellationToken);
        host.Clock.Advance(Duration.FromMinutes(1));
        var due = await clerk.WorkAsync(TestContext.Current.CancellationToken);

        var after = await host.ViewOfAsync(mailbox);
        Assert.Equal(0, early);
        Assert.Equal(2, due);
        Assert.Equal([2u], after.Inbox.Messages.Span.ToArray().Select(m => m.Uid));
        Assert.Equal(0, after.Folders["Sent"].Messages.Count);
    }

    [Fact]
    public async Task Clause_C9_expiry_goes_on_where_a_stop_has_broken_it_off()
    {
        await using var host = await MailboxHost.StartAsync();
        var mailboxes = new[] { await host.AddMailboxAsync(), await host.AddMailboxAsync("lee@provider.example") };
        foreach (var mailbox in mailboxes)
            await host.DeliverAsync(mailbox, "of thirty days ago");
        host.Clock.AdvanceDays(30);
        foreach (var mailbox in mailboxes)
            await host.DeliverAsync(mailbox, "of today");
        await host.OwnerOf(mailboxes[0]).ExpireAsync(host.Clock.GetCurrentInstant());

        await host.StopAsync();
        await host.StartAgainAsync();
        var expired = await new RetentionClerk(
            host.Database, host.Segments, host.Grains, Testing.ShippedPolicy.Policy, WatchOf(host), host.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RetentionClerk>.Instance).WorkAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, expired);
        foreach (var mailbox in mailboxes)
            Assert.Equal([2u], (await host.ViewOfAsync(mailbox)).Inbox.Messages.Span.ToArray().Select(m => m.Uid));
        Assert.Empty(host.Segments.Verify(TestContext.Current.CancellationToken).Problems);
    }

    private static ClockWatch WatchOf(MailboxHost host) => new(host.Database, Microsoft.Extensions.Logging.Abstractions.NullLogger<ClockWatch>.Instance);

    private static List<string> Picture(MailboxView view) =>
    [
        .. view.Folders.Values.Select(f =>
            $"{f.Name} {string.Join(' ', f.Messages.Span.ToArray().Select(m => $"{m.Uid}:{m.Flags}:{m.Keywords}"))}".TrimEnd()),
    ];
}
