using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Testing.Imap;

/// <summary>A client that sends exactly what it is told to.</summary>
public sealed class ImapPeer : IDisposable
{
    // Only ever reached by a test that fails.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] buffer = new byte[16 << 10];
    private Stream stream;
    private int at;
    private int end;
    private int commands;

    private ImapPeer(Socket socket) => stream = new NetworkStream(socket, ownsSocket: true);

    public static async Task<ImapPeer> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new ImapPeer(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] octets) => await stream.WriteAsync(octets).AsTask().WaitAsync(Patience);

    /// <summary>Sends a command and returns all lines of the answer, the tagged one last and without its tag. Literals stand in the lines.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        var tag = await BeginAsync(command);
        return await AnswerAsync(tag);
    }

    /// <summary>Sends a command and returns the untagged lines; it has to end in OK.</summary>
    public async Task<IReadOnlyList<string>> OkAsync(string command)
    {
        var lines = await AskAsync(command);
        Assert.True(lines[^1].StartsWith("OK ", StringComparison.Ordinal), $"{command}: {lines[^1]}");
        return [.. lines.SkipLast(1)];
    }

    /// <summary>Sends a command and returns its tag.</summary>
    public async Task<string> BeginAsync(string command)
    {
        var tag = $"a{++commands}";
        await SendAsync($"{tag} {command}\r\n");
        return tag;
    }

    /// <summary>The lines up to the one with this tag, which is without it.</summary>
    public async Task<IReadOnlyList<string>> AnswerAsync(string tag)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await LineAsync() ?? throw new EndOfStreamException($"The server closed the connection after {string.Join(" | ", lines)}.");
            if (line.StartsWith($"{tag} ", StringComparison.Ordinal))
            {
                lines.Add(line[(tag.Length + 1)..]);
                return lines;
            }

            lines.Add(line);
        }
    }

    /// <summary>The next line, with its literals; null when the server has closed the connection.</summary>
    public async Task<string?> LineAsync()
    {
        var whole = new StringBuilder();
        while (await PhysicalLineAsync() is { } line)
        {
            whole.Append(line);
            var open = line.LastIndexOf('{');
            if (!line.EndsWith('}') || open < 0 || !int.TryParse(line.AsSpan(open + 1, line.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return whole.ToString();
            whole.Append("\r\n").Append(Encoding.Latin1.GetString(await OctetsAsync(size)));
        }

        return whole.Length == 0 ? null : throw new EndOfStreamException("The server closed the connection behind a literal.");
    }

    public async Task StartTlsAsync()
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=imap.provider.example");
        await secure.AuthenticateAsClientAsync("imap.provider.example").WaitAsync(Patience);
        stream = secure;
        at = end = 0;
    }

    public void Dispose() => stream.Dispose();

    private async Task<byte[]> OctetsAsync(int size)
    {
        var octets = new byte[size];
        for (var have = 0; have < size;)
        {
            if (at == end && !await FillAsync())
                throw new EndOfStreamException("The server closed the connection within a literal.");
            var part = Math.Min(size - have, end - at);
            buffer.AsSpan(at, part).CopyTo(octets.AsSpan(have));
            at += part;
            have += part;
        }

        return octets;
    }

    private async Task<string?> PhysicalLineAsync()
    {
        var line = new MemoryStream();
        while (true)
        {
            if (at == end && !await FillAsync())
                return line.Length == 0 ? null : throw new EndOfStreamException("The server closed the connection within a line.");
            var octet = buffer[at++];
            line.WriteByte(octet);
            if (octet != '\n')
                continue;
            var text = Encoding.Latin1.GetString(line.ToArray());
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : throw new InvalidDataException("A line without CR.");
        }
    }

    // A reset is an end, too.
    private async Task<bool> FillAsync()
    {
        at = 0;
        try
        {
            end = await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
        }
        catch (IOException)
        {
            end = 0;
        }

        return end > 0;
    }
}
