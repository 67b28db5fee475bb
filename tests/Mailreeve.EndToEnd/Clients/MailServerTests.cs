using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using Mailreeve.Testing;
using MimeKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>What tests of clients have in common: the server, a mailbox of their own, and the dialogue to look at when they fail.</summary>
public abstract class MailServerTests(RunningMailServer running) : IAsyncLifetime
{
    private const int ShownMax = 4_000;

    private readonly List<(string Name, MemoryStream Lines)> dialogues = [];
    private readonly List<IDisposable> clients = [];

    /// <summary>When to give up.</summary>
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal MailServerUnderTest Server { get; private set; } = null!;

    internal MailUser User { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Server = await running.UpAsync();
        User = Server.NextUser();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            client.Dispose();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            var output = TestContext.Current.TestOutputHelper;
            output?.WriteLine($"--- the server ---\n{EndOf(running.Said)}");
            foreach (var (name, lines) in dialogues)
                output?.WriteLine($"--- {name} ---\n{EndOf(Encoding.UTF8.GetString(lines.ToArray()))}");
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A session of MailKit's that is signed in. It ends with the test.</summary>
    internal async Task<ImapClient> ImapAsync(MailUser? user = null)
    {
        var client = new ImapClient(Log("IMAP"));
        clients.Add(client);
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => Server.Trusts(certificate);
        await client.ConnectAsync(Server.Host, Server.ImapsPort, SecureSocketOptions.SslOnConnect, Stop);
        await client.AuthenticateAsync((user ?? User).Address, (user ?? User).Password, Stop);
        return client;
    }

    /// <summary>The inbox of a new session, open for changes.</summary>
    internal async Task<IMailFolder> InboxAsync(MailUser? user = null)
    {
        var client = await ImapAsync(user);
        await client.Inbox!.OpenAsync(FolderAccess.ReadWrite, Stop);
        return client.Inbox;
    }

    /// <summary>The inbox once so many messages are in it: what is handed in goes through the queue.</summary>
    internal async Task<IMailFolder> InboxWithAsync(int count)
    {
        var inbox = await InboxAsync();
        await Eventually.TrueAsync(async () =>
        {
            await inbox.CheckAsync(Stop);
            return inbox.Count >= count;
        }, $"{count} messages in the inbox");
        return inbox;
    }

    /// <summary>A session of MailKit's that is signed in. It ends with the test.</summary>
    internal async Task<Pop3Client> Pop3Async()
    {
        var client = new Pop3Client(Log("POP3"));
        clients.Add(client);
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => Server.Trusts(certificate);
        await client.ConnectAsync(Server.Host, Server.Pop3sPort, SecureSocketOptions.SslOnConnect, Stop);
        await client.AuthenticateAsync(User.Address, User.Password, Stop);
        return client;
    }

    /// <summary>A connection that says exactly what it is told to.</summary>
    internal async Task<ImapPeer> ImapPeerAsync(bool signedIn = true)
    {
        var peer = await ImapPeer.ConnectAsync(Server, Log("IMAP"));
        clients.Add(peer);
        if (signedIn)
            await peer.AskAsync($"LOGIN {User.Address} \"{User.Password}\"");
        return peer;
    }

    /// <summary>A connection that says exactly what it is told to.</summary>
    internal async Task<LinePeer> PeerAsync(int port, bool tls)
    {
        var peer = await LinePeer.ConnectAsync(Server, port, tls, Log($"port {port}"));
        clients.Add(peer);
        return peer;
    }

    /// <summary>Delivers messages from outside, in this order.</summary>
    internal async Task DeliverAsync(params MimeMessage[] messages)
    {
        foreach (var message in messages)
            await Server.DeliverAsync(User, message, Stop);
    }

    // Large messages are in it, too.
    private static string EndOf(string dialogue) => dialogue.Length <= ShownMax ? dialogue : $"…{dialogue[^ShownMax..]}";

    private protected ProtocolLogger Log(string name)
    {
        var lines = new MemoryStream();
        dialogues.Add((name, lines));
        return new ProtocolLogger(lines, leaveOpen: true);
    }
}
