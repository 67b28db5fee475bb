namespace Mailreeve.EndToEnd.Clients;

public sealed class FetchmailTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram fetchmail = new("fetchmail", "fetchmail");

    // How it ends when there is nothing to fetch (fetchmail's manual, "Exit codes").
    private const int NothingNew = 1;

    [Theory]
    [InlineData("pop3", true)]
    [InlineData("pop3", false)]
    [InlineData("imap", true)]
    public async Task Mail_that_is_kept_on_the_server_is_fetched_once(string protocol, bool implicitTls)
    {
        var messages = new[] { SampleMail.Text("First", ".leading dot\r\n"), SampleMail.Rich("Second"), SampleMail.Text("Third") };
        await DeliverAsync(messages);
        var (settings, fetched) = await SettingsAsync(protocol, implicitTls, "keep");

        await fetchmail.MustAsync("-f", settings, "-i", Path.Combine(fetchmail.Home, "seen"), "--nosyslog", "-v");
        var once = await File.ReadAllTextAsync(fetched, Stop);
        var again = await fetchmail.RunAsync("-f", settings, "-i", Path.Combine(fetchmail.Home, "seen"), "--nosyslog", "-v");

        Assert.True(again.ExitCode == NothingNew, again.Output + again.Errors);
        Assert.Equal(once, await File.ReadAllTextAsync(fetched, Stop));
        Assert.Equal(["First", "Second", "Third"], Subjects(once));
        Assert.Contains("\n.leading dot\n", once, StringComparison.Ordinal);
        Assert.Equal(3, (await InboxAsync()).Count);

        await DeliverAsync(SampleMail.Text("Fourth"));
        await fetchmail.MustAsync("-f", settings, "-i", Path.Combine(fetchmail.Home, "seen"), "--nosyslog", "-v");
        Assert.Equal(["First", "Second", "Third", "Fourth"], Subjects(await File.ReadAllTextAsync(fetched, Stop)));
    }

    [Fact]
    public async Task Mail_that_is_not_kept_is_gone()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var (settings, fetched) = await SettingsAsync("pop3", implicitTls: true, "nokeep");

        await fetchmail.MustAsync("-f", settings, "--nosyslog", "-v");

        Assert.Equal(["First", "Second"], Subjects(await File.ReadAllTextAsync(fetched, Stop)));
        Assert.Equal(0, (await InboxAsync()).Count);
    }

    private async Task<(string Settings, string Fetched)> SettingsAsync(string protocol, bool implicitTls, string keep)
    {
        var fetched = Path.Combine(fetchmail.Home, "fetched");
        var port = (protocol, implicitTls) switch
        {
            ("pop3", true) => Server.Pop3sPort,
            ("pop3", false) => Server.Pop3Port,
            (_, true) => Server.ImapsPort,
            (_, false) => Server.ImapPort,
        };
        var tls = implicitTls ? "ssl" : "sslproto TLS1.2+";
        var uidl = protocol == "pop3" ? "uidl" : "";
        var settings = await fetchmail.WriteAsync("fetchmailrc", $"""
            poll {Server.Host} port {port} protocol {protocol} {uidl} timeout 30
              user "{User.Address}" password "{User.Password}" {tls} sslcertck sslcertfile {Server.CaCertificate}
              mda "cat >>{fetched}" {keep}

            """);
        return (settings, fetched);
    }

    // Not those of messages inside of messages: their Subject lines are indented by nothing, but come after the first of each.
    private static IEnumerable<string> Subjects(string fetched) =>
        fetched.ReplaceLineEndings("\n").Split('\n')
            .Where(l => l.StartsWith("Subject: ", StringComparison.Ordinal) && !l.Contains("forwarded", StringComparison.Ordinal))
            .Select(l => l["Subject: ".Length..]);
}
