using MailKit;
using MailKit.Net.Imap;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MailKitFolderTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task The_special_folders_are_found_by_what_they_are_for()
    {
        var client = await ImapAsync();

        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.SpecialUse));
        Assert.Equal("Drafts", client.GetFolder(SpecialFolder.Drafts)?.Name);
        Assert.Equal("Sent", client.GetFolder(SpecialFolder.Sent)?.Name);
        Assert.Equal("Junk", client.GetFolder(SpecialFolder.Junk)?.Name);
        Assert.Equal("Trash", client.GetFolder(SpecialFolder.Trash)?.Name);
    }

    [Fact]
    public async Task A_new_mailbox_shows_its_inbox_and_the_special_folders_subscribed()
    {
        var client = await ImapAsync();

        var subscribed = await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.None, subscribedOnly: true, Stop);

        Assert.Superset(
            new HashSet<string> { "Drafts", "Sent", "Junk", "Trash" }, subscribed.Select(f => f.FullName).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Folders_are_made_in_folders_and_renamed_with_what_is_in_them()
    {
        var client = await ImapAsync();
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var clubs = (await top.CreateAsync("Clubs", isMessageFolder: true, Stop))!;
        var chess = (await clubs.CreateAsync("Chess", isMessageFolder: true, Stop))!;
        await chess.AppendAsync(new AppendRequest(SampleMail.Text("Opening")), Stop);

        await clubs.RenameAsync(top, "Societies", Stop);

        var names = await NamesAsync();
        Assert.Contains($"Societies{top.DirectorySeparator}Chess", names);
        Assert.DoesNotContain("Clubs", names);
        await chess.StatusAsync(StatusItems.Count, Stop);
        Assert.Equal(1, chess.Count);
        Assert.Single(await clubs.GetSubfoldersAsync(subscribedOnly: false, Stop));
    }

    [Fact]
    public async Task A_deleted_folder_is_gone_and_its_name_can_be_used_again_with_other_uids()
    {
        var client = await ImapAsync();
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var first = (await top.CreateAsync("Bills", isMessageFolder: true, Stop))!;
        var was = await first.AppendAsync(new AppendRequest(SampleMail.Text("March")), Stop);

        await first.DeleteAsync(Stop);
        Assert.DoesNotContain("Bills", await NamesAsync());
        var elsewhere = await ImapAsync();
        await Assert.ThrowsAsync<FolderNotFoundException>(() => elsewhere.GetFolderAsync("Bills", Stop));

        var second = (await elsewhere.GetFolder(elsewhere.PersonalNamespaces[0]).CreateAsync("Bills", isMessageFolder: true, Stop))!;
        var now = await second.AppendAsync(new AppendRequest(SampleMail.Text("April")), Stop);
        // A UID must not refer to two messages (RFC 3501 §2.3.1.1).
        Assert.True(now!.Value.Validity != was!.Value.Validity || now.Value.Id > was.Value.Id, $"{was.Value.Validity}:{was} and {now.Value.Validity}:{now}");
    }

    [Fact]
    public async Task Subscriptions_are_kept()
    {
        var client = await ImapAsync();
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var lists = (await top.CreateAsync("Lists", isMessageFolder: true, Stop))!;

        await lists.SubscribeAsync(Stop);
        Assert.Contains("Lists", await NamesAsync(subscribedOnly: true));

        await lists.UnsubscribeAsync(Stop);
        Assert.DoesNotContain("Lists", await NamesAsync(subscribedOnly: true));
        Assert.Contains("Lists", await NamesAsync());
    }

    [Theory]
    [InlineData("Entwürfe")]
    [InlineData("日本語")]
    [InlineData("Tom & Jerry")]
    [InlineData("2026 \"quoted\" \\ odd")]
    [InlineData("{5}")]
    [InlineData("NIL")]
    [InlineData("two  spaces")]
    public async Task Any_name_comes_back_as_it_was_given(string name)
    {
        var client = await ImapAsync();
        var folder = (await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true, Stop))!;
        await folder.AppendAsync(new AppendRequest(SampleMail.Text("In a folder with a name")), Stop);

        Assert.Contains(name, await NamesAsync());
        var again = await (await ImapAsync()).GetFolderAsync(name, Stop);
        await again.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        var client = await ImapAsync();
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        await top.CreateAsync("Once", isMessageFolder: true, Stop);
        await top.CreateAsync("Other", isMessageFolder: true, Stop);

        var elsewhere = await ImapAsync();
        var other = await elsewhere.GetFolderAsync("Other", Stop);

        await Assert.ThrowsAsync<ImapCommandException>(() => other.RenameAsync(elsewhere.GetFolder(elsewhere.PersonalNamespaces[0]), "Once", Stop));
    }

    [Fact]
    public async Task Status_tells_what_is_in_a_folder_that_is_not_open()
    {
        var client = await ImapAsync();
        var folder = (await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("Counted", isMessageFolder: true, Stop))!;
        var first = SampleMail.Text("One");
        var second = SampleMail.Text("Two");
        await folder.AppendAsync(new AppendRequest(first, MessageFlags.Seen), Stop);
        var uid = await folder.AppendAsync(new AppendRequest(second), Stop);

        const StatusItems counts = StatusItems.Count | StatusItems.Unread | StatusItems.Size;
        await folder.StatusAsync(counts | StatusItems.UidNext | StatusItems.UidValidity | StatusItems.HighestModSeq, Stop);

        Assert.Equal(2, folder.Count);
        Assert.Equal(1, folder.Unread);
        Assert.True(folder.UidNext!.Value.Id > uid!.Value.Id);
        Assert.Equal(uid.Value.Validity, folder.UidValidity);
        Assert.True(folder.HighestModSeq > 0);
        Assert.Equal((ulong)(first.Wire().Length + second.Wire().Length), folder.Size);
    }

    [Fact]
    public async Task One_list_tells_the_counts_of_all_folders()
    {
        await DeliverAsync(SampleMail.Text("Hello"));
        var client = await ImapAsync();
        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.ListStatus));

        var folders = await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.Count | StatusItems.Unread, subscribedOnly: false, Stop);

        var inbox = Assert.Single(folders, f => f.FullName == "INBOX");
        Assert.Equal(1, inbox.Count);
        Assert.Equal(1, inbox.Unread);
        Assert.Equal(0, Assert.Single(folders, f => f.FullName == "Sent").Count);
    }

    [Fact]
    public async Task The_largest_message_that_can_be_appended_is_told()
    {
        Server.MustHave("APPENDLIMIT");
        var client = await ImapAsync();

        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.AppendLimit));
        Assert.True(client.AppendLimit >= 1_000_000);
    }

    private async Task<List<string>> NamesAsync(bool subscribedOnly = false)
    {
        var client = await ImapAsync();
        return [.. (await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.None, subscribedOnly, Stop)).Select(f => f.FullName)];
    }
}
