using MailKit.Search;

namespace Mailreeve.EndToEnd.Clients;

public sealed class OfflineImapTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram offlineImap = new("offlineimap", "offlineimap3");

    [Fact]
    public async Task Both_sides_become_alike_and_a_second_run_changes_nothing()
    {
        await DeliverAsync([.. Enumerable.Range(1, 10).Select(n => SampleMail.Text($"Number {n}"))]);
        var (settings, mail) = await SettingsAsync();

        await offlineImap.MustAsync("-o", "-1", "-c", settings);
        var once = Tree.Of(mail);
        await offlineImap.MustAsync("-o", "-1", "-c", settings);

        Assert.Equal(10, once.Keys.Count(f => f.StartsWith("INBOX/new/", StringComparison.Ordinal)));
        Assert.Equal(once, Tree.Of(mail));
        Assert.Equal(10, (await InboxAsync()).Count);
    }

    [Fact]
    public async Task What_was_read_and_written_on_the_disk_is_so_on_the_server()
    {
        await DeliverAsync(SampleMail.Text("Number 1"));
        var (settings, mail) = await SettingsAsync();
        await offlineImap.MustAsync("-o", "-1", "-c", settings);

        var file = Assert.Single(Directory.GetFiles(Path.Combine(mail, "INBOX", "new")));
        File.Move(file, Path.Combine(mail, "INBOX", "cur", Path.GetFileName(file).Split(":2,")[0] + ":2,FS"));
        await File.WriteAllBytesAsync(
            Path.Combine(mail, "INBOX", "new", "1792000000_0.1.mine.example:2,"), SampleMail.Text("Written on the disk").Wire(), Stop);
        await offlineImap.MustAsync("-o", "-1", "-c", settings);

        var inbox = await InboxAsync();
        Assert.Equal(2, inbox.Count);
        Assert.Single(await inbox.SearchAsync(SearchQuery.Flagged.And(SearchQuery.Seen).And(SearchQuery.SubjectContains("Number 1")), Stop));
        Assert.Single(await inbox.SearchAsync(SearchQuery.SubjectContains("Written on the disk"), Stop));
    }

    private async Task<(string Settings, string Mail)> SettingsAsync()
    {
        var mail = Directory.CreateDirectory(Path.Combine(offlineImap.Home, "mail")).FullName;
        var settings = await offlineImap.WriteAsync("offlineimaprc", $"""
            [general]
            accounts = a
            metadata = {offlineImap.Home}/state
            socktimeout = 30
            [Account a]
            localrepository = near
            remoterepository = far
            [Repository near]
            type = Maildir
            localfolders = {mail}
            [Repository far]
            type = IMAP
            remotehost = {Server.Host}
            remoteport = {Server.ImapsPort}
            remoteuser = {User.Address}
            remotepass = {User.Password}
            ssl = yes
            sslcacertfile = {Server.CaCertificate}

            """);
        return (settings, mail);
    }
}
