using MailKit;
using MailKit.Search;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

public sealed class ThunderbirdTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task Mail_is_read_starred_labelled_moved_deleted_and_sent()
    {
        await DeliverAsync(SampleMail.Rich("Grüße — photographs"), SampleMail.Text("To move"), SampleMail.Text("To delete"), SampleMail.Text("Left alone"));
        await using var thunderbird = await Thunderbird.StartAsync(Server, User);

        await thunderbird.SyncAsync();
        await SeesAsync(thunderbird, "INBOX", "Grüße — photographs", "To move", "To delete", "Left alone");
        Assert.True(await thunderbird.IsUnreadAsync("To move"));
        var (text, files) = await thunderbird.ReadAsync("Grüße — photographs");
        Assert.Contains("Grüße aus Köln", text, StringComparison.Ordinal);
        Assert.Contains("bericht – März.bin", files);

        await thunderbird.StarAsync("Grüße — photographs");
        await thunderbird.LabelAsync("Grüße — photographs", "$label1");
        await thunderbird.MakeFolderAsync("Kept ünder");
        await Eventually.TrueAsync(async () => (await thunderbird.FoldersAsync()).Contains("Kept ünder"), "the new folder is there");
        await thunderbird.MoveAsync("To move", "Kept ünder");
        await SeesAsync(thunderbird, "INBOX", "Grüße — photographs", "To delete", "Left alone");
        await thunderbird.DeleteAsync("To delete");
        await SeesAsync(thunderbird, "INBOX", "Grüße — photographs", "Left alone");

        await OnServerAsync("INBOX", SearchQuery.Seen.And(SearchQuery.Flagged).And(SearchQuery.HasKeyword("$label1")), "Grüße — photographs");
        await OnServerAsync("INBOX", SearchQuery.NotDeleted, "Grüße — photographs", "Left alone");
        await OnServerAsync("Kept ünder", SearchQuery.NotSeen, "To move");
        await OnServerAsync("Trash", SearchQuery.All, "To delete");
    }

    [Fact]
    public async Task A_message_that_is_sent_arrives_and_its_copy_is_kept()
    {
        await using var thunderbird = await Thunderbird.StartAsync(Server, User);
        await thunderbird.SyncAsync();

        await thunderbird.SendAsync(User, "Written in Thunderbird", "Grüße aus dem Programm");

        await OnServerAsync("INBOX", SearchQuery.BodyContains("Grüße aus dem Programm"), "Written in Thunderbird");
        await OnServerAsync("Sent", SearchQuery.All, "Written in Thunderbird");
    }

    [Fact]
    public async Task New_mail_and_what_another_client_does_show_without_being_asked_for()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        await using var thunderbird = await Thunderbird.StartAsync(Server, User);
        await thunderbird.SyncAsync();
        await SeesAsync(thunderbird, "INBOX", "First", "Second");

        await DeliverAsync(SampleMail.Text("Third"));
        await SeesAsync(thunderbird, "INBOX", "First", "Second", "Third");
        var inbox = await InboxAsync();
        await inbox.StoreAsync([1], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Seen), Stop);
        await Eventually.TrueAsync(async () => !await thunderbird.IsUnreadAsync("Second"), "what another client has read is read");
        await inbox.StoreAsync([0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Stop);
        await inbox.ExpungeAsync(Stop);
        await SeesAsync(thunderbird, "INBOX", "Second", "Third");
    }

    private static async Task SeesAsync(Thunderbird thunderbird, string folder, params string[] subjects)
    {
        IReadOnlyList<string> seen = [];
        await Eventually.TrueAsync(
            async () => (seen = await thunderbird.SubjectsAsync(folder)).Order(StringComparer.Ordinal).SequenceEqual(subjects.Order(StringComparer.Ordinal)),
            $"Thunderbird sees {string.Join(", ", subjects)} in {folder}");
    }

    private async Task OnServerAsync(string name, SearchQuery query, params string[] subjects)
    {
        var client = await ImapAsync();
        IMailFolder? folder = null;
        await Eventually.TrueAsync(async () =>
        {
            folder ??= (await client.GetFoldersAsync(client.PersonalNamespaces[0], cancellationToken: Stop)).FirstOrDefault(f => f.FullName == name);
            if (folder is null)
                return false;
            await folder.OpenAsync(FolderAccess.ReadOnly, Stop);
            await client.NoOpAsync(Stop);
            var found = await folder.SearchAsync(query, Stop);
            var summaries = await folder.FetchAsync([.. found], new FetchRequest(MessageSummaryItems.Envelope), Stop);
            return summaries.Select(s => s.Envelope!.Subject).Order(StringComparer.Ordinal).SequenceEqual(subjects.Order(StringComparer.Ordinal));
        }, $"{string.Join(", ", subjects)} on the server in {name}");
    }
}
