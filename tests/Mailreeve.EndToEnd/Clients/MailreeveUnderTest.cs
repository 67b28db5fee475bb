using Mailreeve.Serving;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Our server with mailboxes, as a process of its own.</summary>
internal sealed class MailreeveUnderTest : IAsyncDisposable
{
    private const string Host = "localhost";
    private const string Password = "correct horse battery staple";

    private readonly string folder = RunFolder.NewFolder("mail-server");

    /// <summary>Starts it with mailboxes for the tests; when this returns, it takes mail.</summary>
    public Task<MailServerUnderTest> StartAsync()
    {
        var certificates = TestAuthority.Write(folder, Host);
        var server = new MailServerUnderTest
        {
            Host = Host,
            SmtpPort = LocalPorts.Free(),
            Pop3Port = LocalPorts.Free(),
            Pop3sPort = LocalPorts.Free(),
            ImapPort = LocalPorts.Free(),
            ImapsPort = LocalPorts.Free(),
            CaCertificate = certificates.Authority,
            Users = [.. Enumerable.Range(1, 200).Select(n => new MailUser($"reader{n}@provider.example", Password))],
        };
        Assert.Skip($"The program does not serve mailboxes on ports yet; {server.Users.Count} users wait.");
        return Task.FromResult(server);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
