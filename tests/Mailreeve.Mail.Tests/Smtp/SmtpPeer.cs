using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Mail.Tests.Smtp;

/// <summary>A client that sends exactly what it is told to.</summary>
internal sealed class SmtpPeer : IDisposable
{
    // Only ever reached by a test that fails.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[4096];
    private Stream stream;
    private int at;
    private int end;

    private SmtpPeer(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<SmtpPeer> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new SmtpPeer(socket);
    }

    public Stream Stream => stream;

    public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask().WaitAsync(Patience);

    /// <summary>Sends one line and returns the last line of the reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>The last line of the next reply.</summary>
    public async Task<string> ReplyAsync()
    {
        while (true)
        {
            var line = await LineAsync() ?? throw new EndOfStreamException("The server closed the connection.");
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
    }

    /// <summary>The next line; null when the server has closed the connection.</summary>
    public async Task<string?> LineAsync()
    {
        var line = new MemoryStream();
        while (true)
        {
            if (at == end)
            {
                at = 0;
                end = await ReadAsync();
                if (end == 0)
                    return line.Length == 0 ? null : throw new EndOfStreamException("The server closed the connection within a line.");
            }

            var b = buffer[at++];
            line.WriteByte(b);
            if (b != '\n')
                continue;
            var text = Encoding.UTF8.GetString(line.ToArray());
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : throw new InvalidDataException("A line without CR.");
        }
    }

    /// <summary>Everything until the server closes.</summary>
    public async Task<IReadOnlyList<string>> RestAsync()
    {
        var lines = new List<string>();
        while (await LineAsync() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>Opens a transaction up to the 354.</summary>
    public async Task BeginDataAsync()
    {
        Assert.StartsWith("250", await AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await AskAsync("DATA"), StringComparison.Ordinal);
    }

    public async Task StartTlsAsync()
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=mx.provider.example");
        await secure.AuthenticateAsClientAsync("mx.provider.example").WaitAsync(Patience);
        stream = secure;
        at = end = 0;
    }

    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => stream.Dispose();

    // A reset is an end, too.
    private async Task<int> ReadAsync()
    {
        try
        {
            return await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
