using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Testing;

/// <summary>A mail server of a customer, as one test wants it to behave. It takes one connection at a time.</summary>
public sealed class TestedHost : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;

    public TestedHost()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What it says first.</summary>
    public string Greeting { get; init; } = "220 mx.alder.example ESMTP ready";

    /// <summary>What it answers to EHLO.</summary>
    public Func<string, string> Ehlo { get; init; } = _ => "250-mx.alder.example\r\n250 PIPELINING";

    /// <summary>What it answers to MAIL.</summary>
    public Func<string, string> Mail { get; init; } = _ => "250 2.1.0 Ok";

    /// <summary>What it answers to RCPT.</summary>
    public Func<string, string> Rcpt { get; set; } = _ => "554 5.7.1 Relay access denied";

    /// <summary>What it does with a message that it has taken: envelope and octets.</summary>
    public Func<string, string, string, Task> Take { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>After so many refusals on a connection it hangs up.</summary>
    public int RefusalsMax { get; init; } = int.MaxValue;

    /// <summary>Every line that was said to it.</summary>
    public List<string> Heard { get; } = [];

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await serving;
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                Connections++;
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
        await using var writer = new StreamWriter(stream, Encoding.ASCII, 1024, leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync(Greeting);
        var (mail, rcpt, refusals) = ("", "", 0);
        while (await reader.ReadLineAsync(stopping.Token) is { } line)
        {
            Heard.Add(line);
            var reply = line.Split(' ', ':')[0].ToUpperInvariant() switch
            {
                "EHLO" => Ehlo(line),
                "MAIL" => Mail(mail = line),
                "RCPT" => Rcpt(rcpt = line),
                "DATA" => "354 Go on",
                "RSET" => "250 2.0.0 Ok",
                "QUIT" => "221 2.0.0 Bye",
                _ => "502 5.5.1 No",
            };
            if (reply[0] is '4' or '5' && ++refusals >= RefusalsMax)
            {
                await writer.WriteLineAsync("421 4.7.0 Error: too many errors");
                return;
            }

            await writer.WriteLineAsync(reply);
            if (reply.StartsWith("354", StringComparison.Ordinal))
            {
                var message = new StringBuilder();
                while (await reader.ReadLineAsync(stopping.Token) is { } text && text != ".")
                    message.Append(text).Append("\r\n");
                await Take(mail, rcpt, message.ToString());
                await writer.WriteLineAsync("250 2.0.0 Queued");
            }

            if (reply.StartsWith("221", StringComparison.Ordinal))
                return;
        }
    }
}
