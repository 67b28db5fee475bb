namespace Mailreeve.EndToEnd.Clients;

public sealed class MsmtpTests(RunningMailServer running) : MailServerTests(running)
{
    private readonly ClientProgram msmtp = new("msmtp", "msmtp");
    private readonly ClientProgram shell = new("sh", "dash");

    [Theory]
    [InlineData("plain")]
    [InlineData("login")]
    public async Task A_message_is_handed_in_under_starttls(string mechanism)
    {
        var file = await msmtp.WriteAsync("message.eml", SampleMail.Text("Sent by msmtp").By(User).WireText());
        var configuration = await msmtp.WriteAsync("msmtprc", $"""
            account default
            host {Server.Host}
            port {Server.SendPort}
            tls on
            tls_starttls on
            tls_trust_file {Server.CaCertificate}
            auth {mechanism}
            user {User.Address}
            password {User.Password}
            from {User.Address}

            """);

        var run = await shell.RunAsync("-c", $"msmtp -C '{configuration}' '{User.Address}' < '{file}'");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal("Sent by msmtp", (await (await InboxWithAsync(1)).GetMessageAsync(0, Stop)).Subject);
    }
}
