using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>A mail server that does what no good one does, and keeps a ledger of it.</summary>
internal sealed class OddServer : IAsyncDisposable
{
    /// <summary>What stands for the connection where a command is expected.</summary>
    public const string Greeting = "greeting";

    /// <summary>What stands for the end of the message.</summary>
    public const string Dot = ".";

    private readonly ConcurrentQueue<OddMessage> messages = new();
    private readonly ConcurrentDictionary<Socket, Task> sessions = new();
    private readonly CancellationTokenSource end = new();
    private readonly List<Socket> listeners = [];
    private readonly List<Task> accepting = [];
    private int connections;

    /// <summary>The reply to a command; empty for what a good server says, null to hang up without a word.</summary>
    public Func<OddSession, string, string?> Answer { get; init; } = (_, _) => "";

    /// <summary>Offers STARTTLS, with this certificate.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Offers STARTTLS and says something else than TLS after it.</summary>
    public bool BreaksTls { get; init; }

    /// <summary>Sends its replies octet by octet, so far apart.</summary>
    public TimeSpan? Drip { get; init; }

    /// <summary>What arrived, in order.</summary>
    public IReadOnlyCollection<OddMessage> Messages => messages;

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Starts to listen on port 25.</summary>
    public OddServer Open(Machine machine, params IReadOnlyList<IPAddress> at)
    {
        foreach (var address in at)
        {
            var listener = machine.Listen(address, 25);
            listeners.Add(listener);
            accepting.Add(AcceptAsync(listener));
        }

        return this;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listeners.ForEach(l => l.Dispose());
        await Task.WhenAll(accepting);
        foreach (var (socket, session) in sessions)
        {
            socket.Dispose();
            await session;
        }

        end.Dispose();
        Certificate?.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(end.Token);
                var session = new OddSession(Interlocked.Increment(ref connections), sessions.Count(s => !s.Value.IsCompleted) + 1);
                sessions.TryAdd(socket, ServeAsync(socket, session));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task ServeAsync(Socket socket, OddSession session)
    {
        using (socket)
        {
            try
            {
                Stream stream = new NetworkStream(socket, ownsSocket: false);
                await using (stream)
                {
                    await TalkAsync(stream, session);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
                                          or System.Security.Authentication.AuthenticationException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Stream stream, OddSession session)
    {
        var reader = Reader(stream);
        var line = Greeting;
        while (line is not null)
        {
            if (Reply(session, line) is not { } reply)
                return;
            await SayAsync(stream, reply);
            if (reply.StartsWith("421", StringComparison.Ordinal) || reply.StartsWith("221", StringComparison.Ordinal))
                return;
            if (line == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
            {
                if (BreaksTls)
                {
                    // Not before the client has begun: what comes with the 220 is another crime (CVE-2011-0411).
                    await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, end.Token);
                    await stream.WriteAsync("This is no TLS.\r\n"u8.ToArray(), end.Token);
                    return;
                }

                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, end.Token);
                (stream, session.IsTls, reader) = (secure, true, Reader(secure));
            }
            else if (reply.StartsWith("354", StringComparison.Ordinal))
            {
                if (await MessageAsync(reader) is not { } text)
                    return;
                session.Text = text;
                line = Dot;
                continue;
            }

            line = await reader.ReadLineAsync(end.Token);
        }
    }

    private static StreamReader Reader(Stream stream) => new(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, bufferSize: 4096, leaveOpen: true);

    private string? Reply(OddSession session, string line)
    {
        if (line.StartsWith("MAIL FROM:", StringComparison.OrdinalIgnoreCase))
            (session.From, session.Recipients) = (Path(line), []);
        var answer = Answer(session, line);
        if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase) && (answer is "" || answer?.StartsWith('2') == true))
            session.Recipients = [.. session.Recipients, Path(line)];
        if (line == Dot)
            Keep(session, answer);
        return answer is "" ? Usual(session, line) : answer;
    }

    private void Keep(OddSession session, string? answer)
    {
        var taken = answer is "" || answer?.StartsWith('2') == true;
        if (taken)
            session.Messages++;
        messages.Enqueue(new OddMessage(session.Connection, session.From, session.Recipients, session.Text, session.IsTls, taken));
    }

    private string Usual(OddSession session, string line) => line.Split(' ')[0].ToUpperInvariant() switch
    {
        "GREETING" => "220 mx.odd.example ESMTP",
        "EHLO" when !session.IsTls && (Certificate is not null || BreaksTls) => "250-mx.odd.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 STARTTLS",
        "EHLO" => "250-mx.odd.example\r\n250-PIPELINING\r\n250 8BITMIME",
        "STARTTLS" => "220 2.0.0 Go ahead",
        "DATA" when session.Recipients.Count == 0 => "554 5.5.1 No valid recipients",
        "DATA" => "354 Go on",
        "QUIT" => "221 2.0.0 Bye",
        Dot => "250 2.0.0 Kept",
        _ => "250 2.0.0 OK",
    };

    private static string Path(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];

    private async Task SayAsync(Stream stream, string reply)
    {
        var octets = Encoding.Latin1.GetBytes(reply + "\r\n");
        if (Drip is not { } pause)
        {
            await stream.WriteAsync(octets, end.Token);
            return;
        }

        foreach (var octet in octets)
        {
            await stream.WriteAsync(new[] { octet }, end.Token);
            await Task.Delay(pause, end.Token);
        }
    }

    private async Task<string?> MessageAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(end.Token) is { } line)
        {
            if (line == ".")
                return text.ToString();
            text.Append(line.StartsWith('.') ? line.AsSpan(1) : line).Append("\r\n");
        }

        return null;
    }
}

/// <summary>One connection to an odd server.</summary>
/// <param name="connection">The how many-th it is, from 1.</param>
/// <param name="open">How many are open with it.</param>
internal sealed class OddSession(int connection, int open)
{
    /// <summary>The how many-th connection this is, from 1.</summary>
    public int Connection => connection;

    /// <summary>How many were open when it came, itself among them.</summary>
    public int Open => open;

    /// <summary>Whether TLS has begun.</summary>
    public bool IsTls { get; set; }

    /// <summary>Messages taken in it so far.</summary>
    public int Messages { get; set; }

    /// <summary>The sender of this transaction.</summary>
    public string From { get; set; } = "";

    /// <summary>The recipients that were taken.</summary>
    public IReadOnlyList<string> Recipients { get; set; } = [];

    /// <summary>The message.</summary>
    public string Text { get; set; } = "";
}

/// <summary>A message whose last dot has arrived.</summary>
/// <param name="Connection">By which connection.</param>
/// <param name="From">Envelope sender.</param>
/// <param name="Recipients">Envelope recipients that were taken.</param>
/// <param name="Text">The message.</param>
/// <param name="IsTls">Whether it came under TLS.</param>
/// <param name="WasTaken">Whether the server has said that it is its own now, or meant to.</param>
internal sealed record OddMessage(int Connection, string From, IReadOnlyList<string> Recipients, string Text, bool IsTls, bool WasTaken);
