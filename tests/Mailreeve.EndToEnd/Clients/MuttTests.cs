using MailKit;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MuttTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram mutt = new("mutt", "mutt");

    [Fact]
    public async Task A_message_is_read_copied_to_a_file_and_flagged()
    {
        var message = SampleMail.Rich("For mutt");
        await DeliverAsync(message, SampleMail.Text("Left alone"));
        var copy = Path.Combine(mutt.Home, "copy.eml");

        await MuttAsync($"<first-entry><display-message><exit><first-entry><set-flag>!<decode-copy>{copy}<enter><sync-mailbox><quit>");

        Assert.Contains("Grüße aus Köln", await File.ReadAllTextAsync(copy, Stop), StringComparison.Ordinal);
        var inbox = await InboxAsync();
        var first = await inbox.SearchAsync(SearchQuery.Seen.And(SearchQuery.Flagged), Stop);
        Assert.Equal("For mutt", (await inbox.GetMessageAsync(Assert.Single(first), Stop)).Subject);
    }

    [Fact]
    public async Task Messages_are_saved_to_another_folder_and_deleted()
    {
        await DeliverAsync(SampleMail.Text("To keep"), SampleMail.Text("To throw away"), SampleMail.Text("To leave"));

        await MuttAsync("<first-entry><save-message>=Sent<enter><next-entry><delete-message><sync-mailbox><quit>");

        var client = await ImapAsync();
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly, Stop);
        var left = await client.Inbox.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.Envelope), Stop);
        Assert.Equal(["To leave"], left.Select(s => s.Envelope!.Subject));
        var sent = client.GetFolder(SpecialFolder.Sent)!;
        await sent.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Equal("To keep", (await sent.GetMessageAsync(0, Stop)).Subject);
    }

    // It draws on a terminal, which "script" pretends to be; it reads the keys from its settings.
    private async Task MuttAsync(string keys)
    {
        var script = new ClientProgram("script", "bsdutils");
        var url = $"imaps://{Server.Host}:{Server.ImapsPort}/";
        var settings = await mutt.WriteAsync("muttrc", $"""
            set imap_user="{User.Address}" imap_pass="{User.Password}" folder="{url}" spoolfile="{url}INBOX"
            set ssl_ca_certificates_file="{Server.CaCertificate}"
            set from="{User.Address}" realname="Reader" sort=mailbox-order mark_old=no header_cache="" resolve=no
            set quit=yes delete=yes confirmappend=no confirmcreate=no wait_key=no pager_stop=yes prompt_after=no
            set net_inc=0 read_inc=0 imap_idle=no mail_check=60
            push "{keys}"

            """);
        await script.MustAsync(
            "-q", "-e", "-c", $"export HOME={mutt.Home} TERM=xterm; stty rows 40 cols 120; mutt -n -F {settings}", "/dev/null");
    }
}
