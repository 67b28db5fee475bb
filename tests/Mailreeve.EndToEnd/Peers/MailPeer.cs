using System.Net;
using Mailreeve.Testing;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>A mail server that others wrote, on a machine of its own, with a domain of its own. It takes mail for anyone there.</summary>
internal sealed class MailPeer : IAsyncDisposable
{
    private readonly Machine machine;
    private readonly MailPeerSetup setup;
    private readonly Box box;

    /// <summary>Prepares it; nothing runs yet. Without its package the test is skipped.</summary>
    public MailPeer(Machine machine, MailPeerSetup setup, PeerCertificate certificate)
    {
        (this.machine, this.setup) = (machine, setup);
        box = new Box(machine, setup.Package);
        box.Write("server.pem", certificate.Pem);
        box.Write("server.key", certificate.Key);
        foreach (var (name, text) in setup.Files)
            box.Write(name, text);
    }

    /// <summary>Its domain.</summary>
    public string Domain => setup.Domain;

    /// <summary>Its name.</summary>
    public string Host => $"mx.{Domain}";

    /// <summary>Where it is.</summary>
    public IPAddress Address => machine.Address;

    /// <summary>All that it has said.</summary>
    public string Said => box.Said;

    /// <summary>Starts it; when this returns, it takes mail.</summary>
    public async Task StartAsync(NameServers names, CancellationToken stop)
    {
        box.Start($"{names.Resolver}", $"mkdir -p /peer/mail; chown peer:peer /peer/mail\n{setup.Prepare}", setup.Start);
        await UpAsync(stop);
    }

    /// <summary>Kills all its processes (SIGKILL) and starts it again on its queue.</summary>
    public Task KillAndStartAsync(CancellationToken stop)
    {
        box.KillAndStart();
        return UpAsync(stop);
    }

    /// <summary>One of its users sends a message: it is handed to it on its loopback.</summary>
    public async Task SendAsync(string from, string to, MimeMessage message, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        using var socket = await machine.ConnectAsync(IPAddress.Loopback, 25, stop);
        await smtp.ConnectAsync(socket, Host, 25, SecureSocketOptions.None, stop);
        await smtp.SendAsync(message, new MailboxAddress("", from), [new MailboxAddress("", to)], stop);
        await smtp.DisconnectAsync(quit: true, stop);
    }

    /// <summary>The messages that it has delivered, as they lie there.</summary>
    public IReadOnlyList<string> Delivered()
    {
        var folder = Path.Combine(box.Folder, "mail", "all", "new");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(File.ReadAllText)] : [];
    }

    /// <summary>A message that has arrived there, when it has.</summary>
    public async Task<MimeMessage> ArrivedAsync(string messageId)
    {
        string? text = null;
        await Eventually.TrueAsync(
            () => (text = Delivered().FirstOrDefault(t => t.Contains($"<{messageId}>", StringComparison.Ordinal))) is not null,
            $"{messageId} arrives at {Domain}");
        return await MimeMessage.LoadAsync(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text!)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => box.DisposeAsync();

    private Task UpAsync(CancellationToken stop) => Eventually.TrueAsync(async () =>
    {
        try
        {
            using var socket = await machine.ConnectAsync(IPAddress.Loopback, 25, stop);
            using var reader = new StreamReader(new System.Net.Sockets.NetworkStream(socket));
            return (await reader.ReadLineAsync(stop))?.StartsWith("220", StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            return false;
        }
    }, $"{Host} is up");
}

/// <summary>How a mail server is set up.</summary>
/// <param name="Package">The Debian package.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Files">Files of its configuration, by name; they lie in <c>/peer</c>.</param>
/// <param name="Prepare">Shell commands, once.</param>
/// <param name="Start">Shell commands that start it in the background.</param>
internal sealed record MailPeerSetup(
    string Package, string Domain, IReadOnlyDictionary<string, string> Files, string Prepare, string Start);
