using MailKit;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MbsyncTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram mbsync = new("mbsync", "isync");

    [Fact]
    public async Task Both_sides_become_alike_and_a_second_run_changes_nothing()
    {
        await DeliverAsync([.. Enumerable.Range(1, 20).Select(n => SampleMail.Text($"Number {n}")), SampleMail.Rich("With a file")]);
        var mail = Directory.CreateDirectory(Path.Combine(mbsync.Home, "mail")).FullName;
        var settings = await SettingsAsync(mail);

        await mbsync.MustAsync("-c", settings, "-a");
        var once = Tree.Of(mail);
        var said = await mbsync.MustAsync("-c", settings, "-V", "-a");

        Assert.Equal(21, once.Keys.Count(f => f.StartsWith("INBOX/new/", StringComparison.Ordinal)));
        Assert.Contains(once.Keys, f => f.StartsWith("Sent/", StringComparison.Ordinal));
        Assert.Equal(once, Tree.Of(mail));
        Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_was_done_on_the_disk_is_done_on_the_server()
    {
        await DeliverAsync([.. Enumerable.Range(1, 3).Select(n => SampleMail.Text($"Number {n}"))]);
        var mail = Directory.CreateDirectory(Path.Combine(mbsync.Home, "mail")).FullName;
        var settings = await SettingsAsync(mail);
        await mbsync.MustAsync("-c", settings, "-a");

        // One is read, one deleted, one new.
        var inbox = Path.Combine(mail, "INBOX");
        foreach (var file in Directory.GetFiles(Path.Combine(inbox, "new")))
        {
            var subject = (await File.ReadAllLinesAsync(file, Stop)).First(l => l.StartsWith("Subject: ", StringComparison.Ordinal));
            if (subject.EndsWith('1'))
                File.Move(file, Path.Combine(inbox, "cur", Path.GetFileName(file) + ":2,S"));
            if (subject.EndsWith('2'))
                File.Delete(file);
        }

        await File.WriteAllBytesAsync(Path.Combine(inbox, "new", "1.mine.example"), SampleMail.Text("Written on the disk").Wire(), Stop);
        await mbsync.MustAsync("-c", settings, "-a");

        var remote = await InboxAsync();
        var all = await remote.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.Envelope | MessageSummaryItems.Flags), Stop);
        Assert.Equal(["Number 1", "Number 3", "Written on the disk"], all.Select(s => s.Envelope!.Subject));
        Assert.Single(await remote.SearchAsync(SearchQuery.Seen.And(SearchQuery.SubjectContains("Number 1")), Stop));
    }

    private Task<string> SettingsAsync(string mail) => mbsync.WriteAsync("mbsyncrc", $"""
        IMAPAccount server
        Host {Server.Host}
        Port {Server.ImapsPort}
        User {User.Address}
        Pass {User.Password}
        SSLType IMAPS
        CertificateFile {Server.CaCertificate}
        SystemCertificates no
        Timeout 30

        IMAPStore far
        Account server

        MaildirStore near
        Path {mail}/
        Inbox {mail}/INBOX
        SubFolders Verbatim

        Channel all
        Far :far:
        Near :near:
        Patterns *
        Create Both
        Remove Both
        Expunge Both
        SyncState *

        """);
}
