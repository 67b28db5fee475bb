using System.Text;
using MailKit;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class CurlTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram curl = new("curl", "curl");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_is_read_by_imap(bool implicitTls)
    {
        var message = SampleMail.Text("For curl");
        await DeliverAsync(message);

        var got = await CurlAsync($"{Imap(implicitTls)}/INBOX;MAILINDEX=1");

        Assert.EndsWith(Encoding.UTF8.GetString(message.Wire()).TrimEnd(), got.ReplaceLineEndings("\r\n").TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_are_listed_and_a_part_is_read()
    {
        await DeliverAsync(SampleMail.Text("For curl", "The text and nothing else.\r\n"));

        Assert.Contains("INBOX", await CurlAsync($"{Imap(true)}/"), StringComparison.Ordinal);
        Assert.Equal("The text and nothing else.", (await CurlAsync($"{Imap(true)}/INBOX;UID=1;SECTION=TEXT")).Trim());
    }

    [Fact]
    public async Task A_file_is_appended_and_found()
    {
        var file = await curl.WriteAsync("message.eml", SampleMail.Text("Put there by curl").WireText());

        await CurlAsync($"{Imap(true)}/Drafts", "-T", file);

        Assert.Equal("* SEARCH 1", (await CurlAsync($"{Imap(true)}/Drafts?SUBJECT%20curl")).Trim());
        Assert.Equal("* SEARCH 1", (await CurlAsync($"{Imap(true)}/Drafts", "-X", "SEARCH ALL")).Trim());
        Assert.Contains("\\Flagged", await CurlAsync($"{Imap(true)}/Drafts", "-X", "STORE 1 +FLAGS (\\Flagged)"), StringComparison.Ordinal);
        var drafts = await (await ImapAsync()).GetFolderAsync("Drafts", Stop);
        await drafts.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Single(await drafts.SearchAsync(SearchQuery.Flagged, Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_are_listed_and_read_by_pop3(bool implicitTls)
    {
        var message = SampleMail.Rich("For curl");
        await DeliverAsync(message);
        var pop3 = implicitTls ? $"pop3s://{Server.Host}:{Server.Pop3sPort}" : $"pop3://{Server.Host}:{Server.Pop3Port}";

        var list = await CurlAsync($"{pop3}/");
        var got = await CurlAsync($"{pop3}/1");

        Assert.Matches(@"^1 \d+\s*$", list);
        Assert.EndsWith(Encoding.UTF8.GetString(message.Wire()).TrimEnd(), got.ReplaceLineEndings("\r\n").TrimEnd(), StringComparison.Ordinal);
        Assert.Matches(@"^1 [!-~]+\s*$", await CurlAsync($"{pop3}/", "-X", "UIDL"));
    }

    [Fact]
    public async Task A_file_is_sent_by_smtp()
    {
        var file = await curl.WriteAsync("message.eml", SampleMail.Text("Sent by curl").By(User).WireText());
        string[] signingIn = Server.SubmissionPort is null ? [] : ["-u", $"{User.Address}:{User.Password}"];

        await curl.MustAsync(
        [
            "-sS", "--max-time", "30", "--cacert", Server.CaCertificate, "--ssl-reqd", .. signingIn,
            "--url", $"smtp://{Server.Host}:{Server.SendPort}/client.example", "--mail-from", User.Address, "--mail-rcpt", User.Address, "-T", file,
        ]);

        Assert.Equal("Sent by curl", (await (await InboxWithAsync(1)).GetMessageAsync(0, Stop)).Subject);
    }

    private string Imap(bool implicitTls) =>
        implicitTls ? $"imaps://{Server.Host}:{Server.ImapsPort}" : $"imap://{Server.Host}:{Server.ImapPort}";

    private Task<string> CurlAsync(string url, params string[] more) => curl.MustAsync(
        ["-sS", "--max-time", "30", "--cacert", Server.CaCertificate, "--ssl-reqd", "-u", $"{User.Address}:{User.Password}", "--url", url, .. more]);
}
