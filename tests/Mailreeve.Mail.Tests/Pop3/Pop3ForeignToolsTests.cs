using System.Globalization;
using MailKit.Net.Pop3;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.Mail.Tests.Pop3;

/// <summary>Clients that others wrote.</summary>
public class Pop3ForeignToolsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly string[] Messages =
        [.. Enumerable.Range(1, 50).Select(i => $"From: a@b.example\r\nSubject: message {i}\r\n\r\n.\r\nline of {i}\r\n..\r\n")];

    [Theory]
    [InlineData(SecureSocketOptions.None)]
    [InlineData(SecureSocketOptions.StartTls)]
    [InlineData(SecureSocketOptions.SslOnConnect)]
    public async Task MailKit_fetches_and_deletes(SecureSocketOptions security)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Messages);
        using var client = Trusting();
        await client.ConnectAsync("127.0.0.1", security == SecureSocketOptions.SslOnConnect ? server.TlsPort : server.Port, security, stop);
        Assert.Equal(30, client.ExpirePolicy);
        await client.AuthenticateAsync("kim@provider.example", Pop3TestServer.Password, stop);

        Assert.Equal(50, client.Count);
        Assert.Equal(Messages.Select(m => m.Length), await client.GetMessageSizesAsync(stop));
        Assert.Equal(50, (await client.GetMessageUidsAsync(stop)).Distinct().Count());
        var messages = await client.GetMessagesAsync(0, 50, stop);
        Assert.Equal(Messages.Select((_, i) => $"message {i + 1}"), messages.Select(m => m.Subject));
        Assert.Equal(".\r\nline of 7\r\n..\r\n", messages[6].TextBody?.ReplaceLineEndings("\r\n"));
        Assert.Equal("message 50", (await client.GetMessageHeadersAsync(49, stop))[HeaderId.Subject]);
        await client.DeleteMessagesAsync(Enumerable.Range(0, 49).ToList(), stop);
        await client.DisconnectAsync(quit: true, stop);

        Assert.Equal([50u], await server.UidsAsync());
    }

    [Fact]
    public async Task MailKit_signs_in_with_sasl_plain()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Messages);
        using var client = Trusting();
        await client.ConnectAsync("127.0.0.1", server.Port, SecureSocketOptions.StartTls, stop);

        await client.AuthenticateAsync(new SaslMechanismPlain("kim@provider.example", Pop3TestServer.Password), stop);

        Assert.Equal(50, client.Count);
        Assert.Contains("PLAIN", client.AuthenticationMechanisms);
    }

    [Fact]
    public async Task Curl_lists_and_fetches()
    {
        var curl = Tool.Require("curl", "curl");
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Messages);
        string[] user = ["--silent", "--show-error", "--user", $"kim@provider.example:{Pop3TestServer.Password}", "--insecure"];

        var (listed, list) = await Tool.RunAsync(curl, [.. user, $"pop3s://127.0.0.1:{server.TlsPort}/"]);
        var (fetched, message) = await Tool.RunAsync(curl, [.. user, "--ssl-reqd", $"pop3://127.0.0.1:{server.Port}/7"]);

        Assert.True(listed == 0, list);
        Assert.True(fetched == 0, message);
        Assert.Equal(50, list.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(Messages[6], message);
    }

    [Fact]
    public async Task Fetchmail_keeps_mail_and_fetches_it_once()
    {
        var fetchmail = Tool.Require("fetchmail", "fetchmail");
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Messages[..5]);
        var folder = Directory.CreateTempSubdirectory("mailreeve-fetchmail-");
        try
        {
            var box = Path.Combine(folder.FullName, "box");
            var settings = Path.Combine(folder.FullName, "rc");
            await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
                poll 127.0.0.1 protocol pop3 port {server.Port} uidl
                  user "kim@provider.example" password "{Pop3TestServer.Password}" keep sslproto "" mda "cat >> {box}"
                """), TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            string[] arguments = ["-f", settings, "--nosyslog", "--pidfile", Path.Combine(folder.FullName, "pid"), "-i", Path.Combine(folder.FullName, "ids")];

            var (first, output) = await Tool.RunAsync(fetchmail, arguments);
            await server.Host.DeliverAsync(server.Mailbox, "the sixth");
            var (second, more) = await Tool.RunAsync(fetchmail, arguments);

            Assert.True(first == 0, output);
            Assert.True(second == 0, more);
            var text = await File.ReadAllTextAsync(box, TestContext.Current.CancellationToken);
            Assert.Equal(5, text.Split("Subject: message ").Length - 1);
            Assert.Equal(1, text.Split("Subject: the sixth").Length - 1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Pop3Client Trusting()
    {
        var client = new Pop3Client { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=mx.provider.example";
        return client;
    }
}
