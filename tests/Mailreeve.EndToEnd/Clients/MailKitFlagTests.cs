using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MailKitFlagTests(RunningMailServer running) : MailServerTests(running)
{
    private ImapClient? client;

    [Fact]
    public async Task Flags_are_added_taken_away_and_set()
    {
        var inbox = await FilledAsync(1);

        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Seen | MessageFlags.Flagged), Stop);
        Assert.Equal(MessageFlags.Seen | MessageFlags.Flagged, await FlagsAsync());

        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Remove, MessageFlags.Flagged), Stop);
        Assert.Equal(MessageFlags.Seen, await FlagsAsync());

        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Set, MessageFlags.Answered | MessageFlags.Draft) { Silent = true }, Stop);
        Assert.Equal(MessageFlags.Answered | MessageFlags.Draft, await FlagsAsync());

        async Task<MessageFlags> FlagsAsync() =>
            (await (await InboxAsync()).FetchAsync(0, 0, new FetchRequest(MessageSummaryItems.Flags), Stop))[0].Flags!.Value & ~MessageFlags.Recent;
    }

    [Fact]
    public async Task Keywords_of_the_clients_choosing_are_kept_and_found()
    {
        var inbox = await FilledAsync(3);
        Assert.True(inbox.PermanentFlags.HasFlag(MessageFlags.UserDefined));

        await inbox.StoreAsync([0, 2], new StoreFlagsRequest(StoreAction.Add, ["$Forwarded", "NonJunk", "tax-2026"]), Stop);
        await inbox.StoreAsync([2], new StoreFlagsRequest(StoreAction.Remove, ["NonJunk"]), Stop);

        var again = await InboxAsync();
        var summaries = await again.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags), Stop);
        Assert.Equal(["$Forwarded", "NonJunk", "tax-2026"], summaries[0].Keywords.Order(StringComparer.Ordinal));
        Assert.Empty(summaries[1].Keywords);
        Assert.Equal(["$Forwarded", "tax-2026"], summaries[2].Keywords.Order(StringComparer.Ordinal));
        Assert.Equal([summaries[0].UniqueId, summaries[2].UniqueId], await again.SearchAsync(SearchQuery.HasKeyword("TAX-2026"), Stop));
    }

    [Fact]
    public async Task A_flag_is_only_changed_if_nobody_changed_it_since_it_was_seen()
    {
        var inbox = await FilledAsync(2);
        Assert.True(inbox.Supports(FolderFeature.ModSequences));
        var seen = await inbox.FetchAsync(
            0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.ModSeq | MessageSummaryItems.Flags), Stop);
        var since = seen.Max(s => s.ModSeq!.Value);
        await (await InboxAsync()).StoreAsync([1], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Flagged), Stop);

        var refused = await inbox.StoreAsync(
            [.. seen.Select(s => s.UniqueId)], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { UnchangedSince = since }, Stop);

        Assert.Equal([seen[1].UniqueId], refused);
        var now = await inbox.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags), Stop);
        Assert.True(now[0].Flags!.Value.HasFlag(MessageFlags.Deleted));
        Assert.Equal(MessageFlags.Flagged, now[1].Flags!.Value & ~MessageFlags.Recent);
    }

    [Fact]
    public async Task Only_what_changed_since_is_fetched()
    {
        var inbox = await FilledAsync(5);
        await inbox.StatusAsync(StatusItems.HighestModSeq, Stop);
        var before = inbox.HighestModSeq;
        await (await InboxAsync()).StoreAsync([1, 3], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Seen), Stop);

        const MessageSummaryItems items = MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.ModSeq;
        var changed = await inbox.FetchAsync(0, -1, new FetchRequest(items) { ChangedSince = before }, Stop);

        Assert.Equal([1, 3], changed.Select(s => s.Index));
        Assert.All(changed, s => Assert.True(s.ModSeq > before));
        Assert.Equal(2, (await inbox.SearchAsync(SearchQuery.ChangedSince(before + 1), Stop)).Count);
    }

    [Fact]
    public async Task What_is_marked_as_deleted_goes_when_it_is_expunged_and_only_what_is_named()
    {
        var inbox = await FilledAsync(4);
        var uids = await inbox.SearchAsync(SearchQuery.All, Stop);
        await inbox.StoreAsync([0, 1, 3], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);

        await inbox.ExpungeAsync([uids[1], uids[2]], Stop);
        Assert.Equal([uids[0], uids[2], uids[3]], await inbox.SearchAsync(SearchQuery.All, Stop));

        await inbox.ExpungeAsync(Stop);
        Assert.Equal([uids[2]], await inbox.SearchAsync(SearchQuery.All, Stop));
        Assert.Equal(1, inbox.Count);
    }

    [Fact]
    public async Task Closing_a_folder_expunges_it_if_asked_to()
    {
        var inbox = await FilledAsync(3);
        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);

        await inbox.CloseAsync(expunge: false, Stop);
        await inbox.OpenAsync(FolderAccess.ReadWrite, Stop);
        Assert.Equal(3, inbox.Count);

        await inbox.CloseAsync(expunge: true, Stop);
        await inbox.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Equal(2, inbox.Count);
    }

    [Fact]
    public async Task Copies_keep_flags_and_date_and_their_uids_are_told()
    {
        var inbox = await FilledAsync(3);
        await inbox.StoreAsync([0, 2], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Flagged, ["kept"]), Stop);
        var from = await inbox.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate), Stop);
        var target = await FolderAsync("Copies");

        var map = await inbox.CopyToAsync([from[0].UniqueId, from[2].UniqueId], target, Stop);

        await target.OpenAsync(FolderAccess.ReadOnly, Stop);
        var to = await target.FetchAsync(
            0, -1, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate), Stop);
        Assert.Equal([from[0].UniqueId, from[2].UniqueId], map.Source);
        Assert.Equal(map.Destination, to.Select(s => s.UniqueId));
        Assert.Equal([from[0].InternalDate, from[2].InternalDate], to.Select(s => s.InternalDate));
        Assert.All(to, s => Assert.True(s.Flags!.Value.HasFlag(MessageFlags.Flagged)));
        Assert.All(to, s => Assert.Contains("kept", s.Keywords));
        Assert.Equal("Number 3", (await target.GetMessageAsync(1, Stop)).Subject);
    }

    [Fact]
    public async Task What_is_moved_is_there_and_no_longer_here()
    {
        var inbox = await FilledAsync(3);
        var uids = await inbox.SearchAsync(SearchQuery.All, Stop);
        var target = await FolderAsync("Moved");

        var map = await inbox.MoveToAsync([uids[1]], target, Stop);

        Assert.Equal([uids[1]], map.Source);
        Assert.Equal(2, inbox.Count);
        Assert.Equal([uids[0], uids[2]], await inbox.SearchAsync(SearchQuery.All, Stop));
        await target.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Equal(map.Destination, await target.SearchAsync(SearchQuery.All, Stop));
        Assert.Equal("Number 2", (await target.GetMessageAsync(0, Stop)).Subject);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_takes_no_copies()
    {
        var inbox = await FilledAsync(1);
        var target = await FolderAsync("Vanishing");
        var elsewhere = await ImapAsync();
        await (await elsewhere.GetFolderAsync("Vanishing", Stop)).DeleteAsync(Stop);

        await Assert.ThrowsAsync<FolderNotFoundException>(() => inbox.CopyToAsync([0], target, Stop));
        Assert.Equal(1, inbox.Count);
    }

    private async Task<IMailFolder> FilledAsync(int messages)
    {
        await DeliverAsync([.. Enumerable.Range(1, messages).Select(n => SampleMail.Text($"Number {n}"))]);
        client = await ImapAsync();
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadWrite, Stop);
        Assert.Equal(messages, inbox.Count);
        return inbox;
    }

    private async Task<IMailFolder> FolderAsync(string name)
    {
        await client!.GetFolder(client.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true, Stop);
        return await client.GetFolderAsync(name, Stop);
    }
}
