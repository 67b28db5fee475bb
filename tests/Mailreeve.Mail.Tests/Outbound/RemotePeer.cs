using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Mail.Tests.Outbound;

/// <summary>A remote mail server that answers as it is told to.</summary>
internal sealed class RemotePeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, string?> answer;
    private readonly Task accepting;

    /// <param name="answer">
    /// The reply to a command; "greeting" and "." stand for the connection and the end of data. Null: hang up without a word.
    /// </param>
    public RemotePeer(Func<string, string?>? answer = null)
    {
        this.answer = answer ?? (_ => "");
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<string> Commands { get; } = [];

    public ConcurrentQueue<string> Messages { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        try
        {
            var line = "greeting";
            while (line is not null)
            {
                if (Reply(line) is not { } reply)
                    return;
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(reply + "\r\n"), stop.Token);
                if (reply.StartsWith("354", StringComparison.Ordinal))
                {
                    Messages.Enqueue(await MessageAsync(reader));
                    line = ".";
                    continue;
                }

                line = await reader.ReadLineAsync(stop.Token);
                Commands.Enqueue(line ?? "(closed)");
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return;
        }
    }

    private string? Reply(string line) => answer(line) switch
    {
        "" when line == "greeting" => "220 mx.customer.example ESMTP",
        "" when line.StartsWith("DATA", StringComparison.Ordinal) => "354 go on",
        "" when line == "." => "250 2.0.0 queued as 4711",
        "" => "250 OK",
        var other => other,
    };

    private async Task<string> MessageAsync(StreamReader reader)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
            message.Append(line).Append("\r\n");
        return message.ToString();
    }
}
