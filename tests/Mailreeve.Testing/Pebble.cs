using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mailreeve.Testing;

/// <summary>
/// A certificate authority on the loopback: Debian's pebble, a real server of RFC 8555, with its name server, for which every name is this machine.
/// </summary>
public sealed class Pebble : IAsyncDisposable
{
    private const string Package = "pebble";

    private readonly StringBuilder said = new();
    private readonly List<Process> processes = [];
    private readonly string folder = RunFolder.NewFolder("pebble");
    private readonly int port = FreePorts.Next();

    private Pebble()
    {
    }

    /// <summary>Its directory.</summary>
    public Uri Directory => new($"https://localhost:{port}/dir");

    /// <summary>PEM file of who has signed the certificate of the directory.</summary>
    public string TrustedRoots => Path.Combine(folder, "pebble.pem");

    /// <summary>The port at which it looks for proofs, instead of 80.</summary>
    public int ProofPort { get; } = FreePorts.Next();

    /// <summary>What it has printed so far.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Starts it; when this returns, it answers.</summary>
    /// <param name="noncesRejected">How many of a hundred good nonces it refuses.</param>
    /// <param name="validity">How long its certificates are good.</param>
    /// <param name="externalAccount">Name and secret of the only ones for whom it makes accounts; null for anybody.</param>
    public static async Task<Pebble> StartAsync(int noncesRejected = 0, TimeSpan? validity = null, (string Id, string Key)? externalAccount = null)
    {
        var program = Required.Program("pebble", Package);
        var names = Required.Program("pebble-challtestsrv", Package);
        var pebble = new Pebble();
        try
        {
            await pebble.StartAsync(program, names, noncesRejected, validity ?? TimeSpan.FromDays(90), externalAccount);
            return pebble;
        }
        catch
        {
            await pebble.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task StartAsync(string program, string names, int noncesRejected, TimeSpan validity, (string Id, string Key)? externalAccount)
    {
        var (namePort, managementPort) = (FreePorts.Next(), FreePorts.Next());
        WriteCertificate();
        Start(names, [
            "-dns01", $"127.0.0.1:{namePort}", "-management", $"127.0.0.1:{managementPort}", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "",
        ]);
        var config = Path.Combine(folder, "pebble.json");
        await File.WriteAllTextAsync(config, $$"""
            { "pebble": {
              "listenAddress": "127.0.0.1:{{port}}", "managementListenAddress": "127.0.0.1:{{FreePorts.Next()}}",
              "certificate": "{{TrustedRoots}}", "privateKey": "{{Path.Combine(folder, "pebble.key")}}",
              "httpPort": {{ProofPort}}, "tlsPort": {{FreePorts.Next()}},
              "certificateValidityPeriod": {{(long)validity.TotalSeconds}},
              "externalAccountBindingRequired": {{(externalAccount is null ? "false" : "true")}},
              "externalAccountMACKeys": { {{(externalAccount is var (id, key) ? $"\"{id}\": \"{key}\"" : "")}} }
            } }
            """);
        Start(program, ["-config", config, "-dnsserver", $"127.0.0.1:{namePort}", "-strict"], ("PEBBLE_VA_NOSLEEP", "1"),
            ("PEBBLE_WFE_NONCEREJECT", $"{noncesRejected}"), ("PEBBLE_AUTHZREUSE", "0"));
        await Eventually.TrueAsync(AnswersAsync);
    }

    private void Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
    }

    private async Task<bool> AnswersAsync()
    {
        Assert.False(processes[^1].HasExited, Said);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
            said.AppendLine(line.Data);
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(TrustedRoots, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "pebble.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
