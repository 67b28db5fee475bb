using System.Diagnostics;
using System.Text;
using Mailreeve.Serving;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>
/// The program as an operator runs it: a process with a configuration file. A test starts it, kills it, and starts it again on the same
/// database and ports.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Only ever reached by a test that fails; a busy machine may stand still for a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly HttpClient OfThisMachine = new();

    private readonly string folder = RunFolder.NewFolder("server");
    private readonly string dataFolder;
    private readonly StringBuilder said = new();
    private readonly int webPort = LocalPorts.Free();
    private Process? process;

    /// <summary>Writes the configuration; nothing runs yet.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="smarthostPort">Where all mail goes, on the loopback.</param>
    /// <param name="smtp">More lines of the section <c>[smtp]</c>.</param>
    /// <param name="sections">More sections.</param>
    /// <param name="dataFolder">Where its files lie, when it matters.</param>
    /// <param name="web">More lines of the section <c>[web]</c>.</param>
    public ServerProcess(string connection, int smarthostPort, string smtp = "", string sections = "", string? dataFolder = null, string web = "")
    {
        this.dataFolder = dataFolder ?? Path.Combine(folder, "data");
        ConfigPath = Path.Combine(folder, "mailreeve.toml");
        File.WriteAllText(ConfigPath, $"""
            data-folder = "{this.dataFolder}"

            [database]
            connection = "{connection}"

            [provider]
            name = "Example Internet"
            domains = ["provider.example"]
            host-name = "mail.provider.example"
            base-url = "http://127.0.0.1:{webPort}"
            support-telephone = "+1 555 0100"
            networks = ["203.0.113.0/24", "198.51.100.0/24", "127.80.7.0/24", "2001:db8:40::/48"]

            [smtp]
            listen = ["127.0.0.1:{SmtpPort}"]
            {smtp}

            [web]
            listen = ["127.0.0.1:{webPort}"]
            {web}

            [outbound]
            smarthost = "127.0.0.1"
            smarthost-port = {smarthostPort}
            smarthost-tls = "when-offered"

            {sections}
            """);
    }

    /// <summary>Writes a configuration of the test's own; nothing runs yet.</summary>
    /// <param name="configuration">Given the folder for its files and where its pages must be.</param>
    public ServerProcess(Func<string, string, string> configuration)
    {
        dataFolder = Path.Combine(folder, "data");
        ConfigPath = Path.Combine(folder, "mailreeve.toml");
        File.WriteAllText(ConfigPath, configuration(dataFolder, Pages));
    }

    /// <summary>The configuration file.</summary>
    public string ConfigPath { get; }

    /// <summary>Where it takes mail, on the loopback.</summary>
    public int SmtpPort { get; } = LocalPorts.Free();

    /// <summary>Where its pages are, on the loopback.</summary>
    public int WebPort => webPort;

    /// <summary>Where its files lie.</summary>
    public string DataFolder => dataFolder;

    /// <summary>Where its messages lie.</summary>
    public string MailFolder => Path.Combine(dataFolder, "mail");

    /// <summary>Where messages lie that it has to send.</summary>
    public string QueueFolder => Path.Combine(dataFolder, "queue");

    /// <summary>A program that starts it, with its arguments; it must put the server in its own place.</summary>
    public IReadOnlyList<string> Under { get; init; } = [];

    /// <summary>How its pages are asked for; not on this machine's loopback when it runs in another network.</summary>
    public HttpClient Http { get; init; } = OfThisMachine;

    /// <summary>Where its pages are.</summary>
    public string Pages => $"127.0.0.1:{webPort}";

    /// <summary>Its number while it runs.</summary>
    public int Id => process!.Id;

    /// <summary>Starts it; when this returns, it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        Assert.True(process is null or { HasExited: true }, "It runs already.");
        process?.Dispose();
        string[] command = [.. Under, "dotnet", Program.Path, "serve", "-c", ConfigPath];
        process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(stop))
        {
            Assert.False(process.HasExited, $"The server ended.\n{Said}");
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"The server did not become ready.\n{Said}");
            await Task.Delay(20, stop);
        }
    }

    /// <summary>What it has printed so far, over all its lives.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>SIGKILL: it gets no chance to finish anything.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        process!.Kill();
        await process.WaitForExitAsync(stop);
    }

    /// <summary>SIGTERM, as systemd stops it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(CancellationToken stop)
    {
        await SignalAsync("TERM", stop);
        await process!.WaitForExitAsync(stop).WaitAsync(Patience, stop);
        return process.ExitCode;
    }

    /// <summary>Sends it a signal, as in <c>HUP</c>.</summary>
    public async Task SignalAsync(string signal, CancellationToken stop)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process!.Id}"]);
        await kill.WaitForExitAsync(stop);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            await KillAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        try
        {
            using var reply = await Http.GetAsync(new Uri($"http://{Pages}/health/ready"), stop);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
            said.AppendLine(line.Data);
    }
}
