using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Mailreeve.Mail.Tests.Outbound.Client;

/// <summary>A remote mail server that does what its script says, good or bad; the script begins anew with each connection.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Talk, Task> script;
    private readonly Task accepting;

    public ScriptedPeer(Func<Talk, Task> script)
    {
        this.script = script;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What the client said, over all connections; a message is one entry.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                sessions.Add(ServeAsync(client, ++Connections));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        using var _ = client;
        // A script that never waits for anything must not hold up the next connection.
        await Task.Yield();
        try
        {
            await script(new Talk(client, number, Heard, stop.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException)
        {
            return;
        }
    }

    /// <summary>One connection, seen from the server.</summary>
    internal sealed class Talk(TcpClient client, int number, ConcurrentQueue<string> heard, CancellationToken stop)
    {
        private Stream stream = client.GetStream();
        private readonly byte[] one = new byte[1];

        /// <summary>Which connection it is, from 1.</summary>
        public int Number => number;

        public IPEndPoint From => (IPEndPoint)client.Client.RemoteEndPoint!;

        /// <summary>Sends text as it is.</summary>
        public async Task SayAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop);

        /// <summary>The next line; fails when the client has hung up.</summary>
        public async Task<string> LineAsync()
        {
            var line = new StringBuilder();
            while (true)
            {
                if (await stream.ReadAsync(one, stop) == 0)
                    throw new EndOfStreamException();
                if (one[0] == '\n')
                    break;
                line.Append((char)one[0]);
            }

            var text = line.ToString().TrimEnd('\r');
            heard.Enqueue(text);
            return text;
        }

        /// <summary>Reads a line and answers it.</summary>
        public async Task<string> AnswerAsync(string reply)
        {
            var line = await LineAsync();
            await SayAsync(reply + "\r\n");
            return line;
        }

        /// <summary>Reads a message to its dot.</summary>
        public async Task MessageAsync()
        {
            var message = new StringBuilder();
            while (!message.ToString().EndsWith("\r\n.\r\n", StringComparison.Ordinal) && message.ToString() != ".\r\n")
            {
                if (await stream.ReadAsync(one, stop) == 0)
                    throw new EndOfStreamException();
                message.Append((char)one[0]);
            }

            heard.Enqueue(message.ToString());
        }

        /// <summary>Does the handshake of a server.</summary>
        public async Task SecureAsync(SslStreamCertificateContext certificate)
        {
            var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, stop);
            stream = secured;
        }

        /// <summary>Greets, and says what it can.</summary>
        public async Task HelloAsync(params string[] extensions)
        {
            await SayAsync("220 mx.customer.example ESMTP\r\n");
            await EhloAsync(extensions);
        }

        public async Task EhloAsync(params string[] extensions)
        {
            await LineAsync();
            await SayAsync(string.Concat(extensions.Select(e => $"250-{e}\r\n").Prepend("250-mx.customer.example\r\n")) + "250 ENHANCEDSTATUSCODES\r\n");
        }

        /// <summary>Waits until the client hangs up.</summary>
        public async Task EndAsync()
        {
            while (await stream.ReadAsync(one, stop) > 0)
            {
            }
        }

        /// <summary>Takes messages until the client says QUIT; all is well.</summary>
        public async Task ServeAsync()
        {
            while (true)
            {
                var line = await LineAsync();
                if (line == "DATA")
                {
                    await SayAsync("354 go on\r\n");
                    await MessageAsync();
                    await SayAsync("250 2.0.0 queued as 4711\r\n");
                    continue;
                }

                await SayAsync(line == "QUIT" ? "221 bye\r\n" : "250 2.0.0 ok\r\n");
                if (line == "QUIT")
                    return;
            }
        }
    }
}
