using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>The remote control that Mozilla's programs have: JSON arrays on a socket, each with its length before it.</summary>
internal sealed class MarionetteClient : IDisposable
{
    // As long as the tests wait for anything. The program listens before it can answer, and on a busy machine half a minute passes in between.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ScriptPatience = Patience - TimeSpan.FromSeconds(10);

    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly SemaphoreSlim turn = new(1);
    private int messages;

    private MarionetteClient(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket);
    }

    /// <summary>Connects and takes control of the program itself, not of pages in it.</summary>
    /// <returns>null while nobody listens yet.</returns>
    public static async Task<MarionetteClient?> TryConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }

        var client = new MarionetteClient(socket);
        await client.ReadAsync().WaitAsync(Patience);
        await client.CommandAsync("WebDriver:NewSession", new { });
        await client.CommandAsync("Marionette:SetContext", new { value = "chrome" });
        return client;
    }

    /// <summary>Runs a script with the program's own rights.</summary>
    /// <param name="script">The body of an asynchronous function; what it returns is the result.</param>
    /// <param name="arguments">What the script calls <c>args[0]</c>, <c>args[1]</c> …</param>
    public async Task<JsonNode?> RunAsync(string script, params object[] arguments)
    {
        var wrapped = $$"""
            const done = arguments[arguments.length - 1];
            const args = Array.prototype.slice.call(arguments, 0, -1);
            (async () => { {{script}} })().then(value => done({ value }), error => done({ error: `${error}\n${error.stack ?? ""}` }));
            """;
        var answer = await CommandAsync(
            "WebDriver:ExecuteAsyncScript", new { script = wrapped, args = arguments, scriptTimeout = (long)ScriptPatience.TotalMilliseconds, newSandbox = true });
        if (answer?["value"]?["error"] is { } error)
            throw new InvalidOperationException($"{error}\n{script}");
        return answer?["value"]?["value"];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
        turn.Dispose();
    }

    private async Task<JsonNode?> CommandAsync(string name, object parameters)
    {
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var json = JsonSerializer.Serialize(new object[] { 0, ++messages, name, parameters });
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(json)}:{json}"));
            var answer = (await ReadAsync().WaitAsync(Patience))!.AsArray();
            return answer[2] is { } error ? throw new InvalidOperationException($"{name}: {error}") : answer[3];
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<JsonNode?> ReadAsync()
    {
        var length = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one);
            if (one[0] == ':')
                break;
            length.Append((char)one[0]);
        }

        var json = new byte[int.Parse(length.ToString(), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(json);
        return JsonNode.Parse(json);
    }
}
