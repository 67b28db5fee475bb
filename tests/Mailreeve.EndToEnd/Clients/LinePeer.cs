using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MailKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>A client that sends exactly what it is told to. Text is bytes: one character for each (Latin-1).</summary>
internal class LinePeer : IDisposable
{
    // Only ever reached by a test that fails.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProtocolLogger log;
    private readonly byte[] buffer = new byte[65_536];
    private Stream stream;
    private int at;
    private int end;

    private protected LinePeer(Stream stream, IProtocolLogger log)
    {
        this.stream = stream;
        this.log = log;
    }

    public static async Task<LinePeer> ConnectAsync(MailServerUnderTest server, int port, bool tls, IProtocolLogger log)
    {
        var peer = new LinePeer(await OpenAsync(server, port), log);
        if (tls)
            await peer.StartTlsAsync(server);
        return peer;
    }

    /// <summary>Goes on under TLS, as after STARTTLS.</summary>
    public async Task StartTlsAsync(MailServerUnderTest server)
    {
        Assert.Equal(at, end);
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => server.Trusts(certificate));
        await secure.AuthenticateAsClientAsync(server.Host).WaitAsync(Patience);
        stream = secure;
    }

    /// <summary>Sends text as it is: line ends are the caller's.</summary>
    public async Task SendAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        log.LogClient(bytes, 0, bytes.Length);
        await stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
    }

    /// <summary>The next line without its CRLF.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            var b = await ByteAsync();
            line.Append((char)b);
            if (b != '\n')
                continue;
            var text = line.ToString();
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : throw new InvalidDataException($"A line without CR: {text}");
        }
    }

    /// <summary>Sends a line and returns the next one.</summary>
    public async Task<string> SayAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await LineAsync();
    }

    /// <summary>So many bytes.</summary>
    public async Task<string> BytesAsync(int count)
    {
        var text = new StringBuilder(count);
        for (var i = 0; i < count; i++)
            text.Append((char)await ByteAsync());
        return text.ToString();
    }

    /// <summary>Lines up to the lone dot (RFC 1939 §3), dot-stuffing undone.</summary>
    public async Task<IReadOnlyList<string>> DottedAsync()
    {
        var lines = new List<string>();
        while (await LineAsync() is var line && line != ".")
            lines.Add(line.StartsWith('.') ? line[1..] : line);
        return lines;
    }

    public void Dispose()
    {
        stream.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task<NetworkStream> OpenAsync(MailServerUnderTest server, int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, port).WaitAsync(Patience);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private protected static bool EndsInLiteral(string line, out int size)
    {
        size = 0;
        var open = line.LastIndexOf('{');
        return open >= 0 && line.EndsWith('}') && int.TryParse(line.AsSpan(open + 1, line.Length - open - 2), CultureInfo.InvariantCulture, out size);
    }

    private async ValueTask<byte> ByteAsync()
    {
        if (at == end)
        {
            at = 0;
            end = await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            if (end == 0)
                throw new EndOfStreamException("The server closed the connection.");
            log.LogServer(buffer, 0, end);
        }

        return buffer[at++];
    }
}
