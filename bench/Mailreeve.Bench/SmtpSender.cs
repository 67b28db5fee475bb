using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Bench;

/// <summary>Sends reports over one SMTP connection as fast as the server takes them; costs next to nothing itself.</summary>
internal sealed class SmtpSender : IDisposable
{
    private readonly TcpClient client = new();
    private readonly StreamReader answers;
    private readonly NetworkStream stream;

    private SmtpSender(TcpClient client)
    {
        this.client = client;
        stream = client.GetStream();
        answers = new StreamReader(stream, Encoding.ASCII);
    }

    /// <summary>Connects and greets.</summary>
    public static async Task<SmtpSender> ConnectAsync(int port, CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, stop);
        var sender = new SmtpSender(client);
        await sender.ExpectAsync("220", stop);
        await sender.WriteAsync("EHLO mx1.reporter.example\r\n", stop);
        await sender.ExpectAsync("250", stop);
        return sender;
    }

    /// <summary>Sends one message; returns when the server has answered that it is durable.</summary>
    public async Task SendAsync(string from, byte[] message, CancellationToken stop)
    {
        await WriteAsync($"MAIL FROM:<{from}>\r\nRCPT TO:<abuse@provider.example>\r\nDATA\r\n", stop);
        await ExpectAsync("250", stop);
        await ExpectAsync("250", stop);
        await ExpectAsync("354", stop);
        await stream.WriteAsync((byte[])[.. message, .. ".\r\n"u8], stop);
        await ExpectAsync("250", stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        answers.Dispose();
        client.Dispose();
    }

    private Task WriteAsync(string text, CancellationToken stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop).AsTask();

    private async Task ExpectAsync(string code, CancellationToken stop)
    {
        string line;
        do
        {
            line = await answers.ReadLineAsync(stop) ?? throw new EndOfStreamException("The server hung up.");
            if (!line.StartsWith(code, StringComparison.Ordinal))
                throw new InvalidOperationException($"Expected {code}, got: {line}");
        }
        while (line.Length > 3 && line[3] == '-');
    }
}
