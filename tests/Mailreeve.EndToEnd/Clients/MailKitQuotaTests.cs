using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MailKitQuotaTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task C9_a_client_is_told_the_room_and_what_is_used_of_it()
    {
        var client = await ImapAsync();
        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.Quota));
        await client.Inbox!.AppendAsync(new AppendRequest(SampleMail.Rich("Weighs something", attachmentBytes: 1 << 20)), Stop);

        var quota = await client.Inbox.GetQuotaAsync(Stop);

        // 25 MB in units of 1024 octets (RFC 9208 §5.1), rounded either way.
        Assert.InRange(quota.StorageLimit!.Value, 25_000_000u / 1024, (25_000_000u / 1024) + 1);
        Assert.InRange(quota.CurrentStorageSize!.Value, 1390u, 1450u);
    }

    [Fact]
    public async Task C9_when_the_room_is_used_up_nothing_is_added_but_the_owner_can_clear_up()
    {
        var client = await ImapAsync();
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadWrite, Stop);
        var heavy = SampleMail.Rich("Nine megabytes", attachmentBytes: 9 * 1_000_000 * 3 / 4);
        await inbox.AppendAsync(new AppendRequest(heavy), Stop);
        await inbox.AppendAsync(new AppendRequest(heavy), Stop);

        var refused = await Assert.ThrowsAnyAsync<CommandException>(() => inbox.AppendAsync(new AppendRequest(heavy), Stop));
        Assert.Contains("quota", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True(client.IsConnected);

        await inbox.CheckAsync(Stop);
        await inbox.MoveToAsync([0], client.GetFolder(SpecialFolder.Trash)!, Stop);
        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await inbox.ExpungeAsync(Stop);
        Assert.Empty(await inbox.SearchAsync(SearchQuery.All, Stop));

        await inbox.AppendAsync(new AppendRequest(heavy), Stop);
        Assert.InRange((await inbox.GetQuotaAsync(Stop)).CurrentStorageSize!.Value, 17_000u, 19_000u);
    }

    [Fact]
    public async Task Users_do_not_set_their_own_limit()
    {
        var inbox = await InboxAsync();

        await Assert.ThrowsAnyAsync<CommandException>(() => inbox.SetQuotaAsync(null, 1_000_000, Stop));
    }
}
