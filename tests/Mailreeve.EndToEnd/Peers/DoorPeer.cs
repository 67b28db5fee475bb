using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Mailreeve.EndToEnd.Clients;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Someone at one of our server's doors who sends exactly what the test says. Text is bytes: one character for each (Latin-1).</summary>
internal sealed class DoorPeer : IDisposable
{
    private Stream stream;
    private StreamReader reader;

    private DoorPeer(Stream stream) => (this.stream, reader) = (stream, Reader(stream));

    /// <summary>Connects from a machine and says EHLO; with a user, under TLS and signed in.</summary>
    public static async Task<DoorPeer> ComeAsync(
        NetworkOfPeers net, Machine from, int port, MailUser? user, CancellationToken stop, IPAddress? address = null)
    {
        var socket = await from.ConnectAsync(net.Provider.Address, port, stop, address);
        var peer = new DoorPeer(new NetworkStream(socket, ownsSocket: true));
        if (port == 465)
            await peer.SecureAsync(net);
        Assert.StartsWith("220", await peer.ReplyAsync(), StringComparison.Ordinal);
        await peer.SayAsync("EHLO stranger.example");
        if (user is null)
            return peer;
        if (port != 465)
        {
            Assert.StartsWith("220", await peer.SayAsync("STARTTLS"), StringComparison.Ordinal);
            await peer.SecureAsync(net);
            await peer.SayAsync("EHLO stranger.example");
        }

        var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user.Address}\0{user.Password}"));
        Assert.StartsWith("235", await peer.SayAsync($"AUTH PLAIN {secret}"), StringComparison.Ordinal);
        return peer;
    }

    /// <summary>Sends a command and returns the last line of the reply; null when the server hung up.</summary>
    public async Task<string> SayAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Sends text as it is.</summary>
    public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The last line of the next reply.</summary>
    /// <exception cref="EndOfStreamException">The server hung up.</exception>
    public async Task<string> ReplyAsync()
    {
        while (true)
        {
            var line = await reader.ReadLineAsync() ?? throw new EndOfStreamException("The server hung up.");
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private async Task SecureAsync(NetworkOfPeers net)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => net.Authority.Trusts(shown, net.Provider.Host));
        await secure.AuthenticateAsClientAsync(net.Provider.Host);
        (stream, reader) = (secure, Reader(secure));
    }

    private static StreamReader Reader(Stream stream) => new(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
}
