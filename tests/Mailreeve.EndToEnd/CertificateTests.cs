using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>Certificates as an operator has them: in files that change, or from an authority.</summary>
public sealed class CertificateTests
{
    private readonly int imaps = LocalPorts.Free();
    private readonly int pop3s = LocalPorts.Free();
    private readonly int https = LocalPorts.Free();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_pair_is_shown_at_every_door_after_SIGHUP_and_a_bad_one_at_none()
    {
        var folder = RunFolder.NewFolder("certificates");
        var files = TestCertificates.Write(folder, "first.example");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Server(database, $"""
            [[tls]]
            certificate = "{files.Certificate}"
            key = "{files.Key}"
            """);
        await server.StartAsync(Stop);
        Assert.All(await ShownAsync(server), name => Assert.Equal("first.example", name));

        TestCertificates.Write(folder, "second.example");
        await server.SignalAsync("HUP", Stop);
        await Eventually.TrueAsync(async () => (await ShownAsync(server)).All(name => name == "second.example"));

        await File.WriteAllTextAsync(files.Certificate, "-----BEGIN CERTIFICATE-----\nMIIB", Stop);
        await server.SignalAsync("HUP", Stop);
        await Eventually.TrueAsync(() => server.Said.Contains("is not used", StringComparison.Ordinal));
        Assert.All(await ShownAsync(server), name => Assert.Equal("second.example", name));

        var show = await Program.RunAsync(Stop, "certificate", "show", "-c", server.ConfigPath);
        Assert.Equal(1, show.ExitCode);
        Assert.Contains(files.Certificate, show.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.TerminateAsync(Stop));
    }

    [Fact]
    public async Task A_server_without_a_certificate_fetches_one_shows_it_at_every_door_and_another_one_when_it_is_told_to()
    {
        await using var pebble = await Pebble.StartAsync(noncesRejected: 20);
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Server(database, Acme(pebble));
        await server.StartAsync(Stop);

        await Eventually.TrueAsync(async () => (await ShownAsync(server)).All(name => name == "mail.provider.example"));
        var show = await Program.RunAsync(Stop, "certificate", "show", "-c", server.ConfigPath);
        var first = await SerialAsync();
        Assert.True(show.ExitCode == 0, show.Output + show.Errors);
        Assert.Contains("mail.provider.example, autoconfig.provider.example", show.Output, StringComparison.Ordinal);
        Assert.Contains("Pebble Intermediate", show.Output, StringComparison.Ordinal);
        Assert.Contains("mailreeve_certificate_not_after_seconds{name=\"autoconfig.provider.example\"}", await MetricsAsync(server), StringComparison.Ordinal);

        var renew = await Program.RunAsync(Stop, "certificate", "renew", "-c", server.ConfigPath);
        Assert.True(renew.ExitCode == 0, renew.Output + renew.Errors + server.Said);
        await Eventually.TrueAsync(async () => await SerialAsync() != first);

        // Who comes to the authority's door for anything else is sent to the pages.
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var sent = await http.GetAsync(new Uri($"http://127.0.0.1:{pebble.ProofPort}/autodiscover/autodiscover.json?x=1"), Stop);
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Equal($"http://127.0.0.1:{server.WebPort}/autodiscover/autodiscover.json?x=1", sent.Headers.Location!.OriginalString);
        using var unknown = await http.GetAsync(new Uri($"http://127.0.0.1:{server.WebPort}/.well-known/acme-challenge/unknown"), Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_server_that_was_killed_while_it_fetched_has_a_certificate_after_the_next_start()
    {
        await using var pebble = await Pebble.StartAsync();
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = Server(database, Acme(pebble));
        var order = Path.Combine(server.DataFolder, "acme", "order.json");
        await server.StartAsync(Stop);
        await Eventually.TrueAsync(() => File.Exists(order));
        await server.KillAsync(Stop);

        await server.StartAsync(Stop);

        await Eventually.TrueAsync(async () => (await ShownAsync(server)).All(name => name == "mail.provider.example"));
        await Eventually.TrueAsync(() => !File.Exists(order));
    }

    [Fact]
    public async Task Mistakes_about_certificates_are_told_with_their_lines()
    {
        await using var server = new ServerProcess("sqlite:unused.db", smarthostPort: 25, sections: """
            [[tls]]
            certificate = "mail.pem"

            [acme]
            directory = "http://acme.provider.example/directory"
            names = ["mail.provider.example", "*.provider.example"]
            external-account-id = "customer-7"
            chalenge = "http-01"
            """);
        var lines = await File.ReadAllLinesAsync(server.ConfigPath, Stop);

        var run = await Program.RunAsync(Stop, "serve", "-c", server.ConfigPath);

        Assert.Equal(2, run.ExitCode);
        AssertMistake(run, lines, "[[tls]]", "key");
        AssertMistake(run, lines, "directory = \"http:", "https://");
        AssertMistake(run, lines, "names = ", "*.provider.example");
        AssertMistake(run, lines, "[acme]", "agree-terms = true");
        AssertMistake(run, lines, "[acme]", "external-account-key");
        AssertMistake(run, lines, "chalenge", "unknown");
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_at_the_start_is_told_and_nothing_starts()
    {
        var made = TestCertificates.Write(RunFolder.NewFolder("certificates"), "first.example");
        var other = TestCertificates.Write(RunFolder.NewFolder("certificates"), "other.example");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, smtp: $"""
            certificate = "{made.Certificate}"
            key = "{other.Key}"
            """);

        var run = await Program.RunAsync(Stop, "serve", "-c", server.ConfigPath);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(made.Certificate, run.Errors, StringComparison.Ordinal);
    }

    private static void AssertMistake(CommandRun run, string[] lines, string line, string told)
    {
        var number = Array.FindIndex(lines, l => l.StartsWith(line, StringComparison.Ordinal)) + 1;
        Assert.Contains(run.Errors.Split('\n'), e => e.Contains($".toml:{number}:", StringComparison.Ordinal) && e.Contains(told, StringComparison.Ordinal));
    }

    private ServerProcess Server(TestDatabase database, string tls) => new(database.ConnectionString, smarthostPort: 25, sections: $"""
        [imap]
        listen-tls = ["127.0.0.1:{imaps}"]

        [pop3]
        listen-tls = ["127.0.0.1:{pop3s}"]

        {tls}
        """, web: $"listen-tls = [\"127.0.0.1:{https}\"]");

    private static string Acme(Pebble pebble) => $"""
        [acme]
        directory = "{pebble.Directory}"
        trusted-roots = "{pebble.TrustedRoots}"
        names = ["mail.provider.example", "autoconfig.provider.example"]
        contact = ["mailto:hostmaster@provider.example"]
        listen = ["127.0.0.1:{pebble.ProofPort}"]
        agree-terms = true
        """;

    /// <summary>The names that the server shows: under SMTP, IMAP, POP3 and the pages; empty where it does no TLS.</summary>
    private async Task<string[]> ShownAsync(ServerProcess server) =>
    [
        await ShownAtAsync(server.SmtpPort, SmtpStartTlsAsync), await ShownAtAsync(imaps, null), await ShownAtAsync(pop3s, null), await ShownAtAsync(https, null),
    ];

    private async Task<string> SerialAsync()
    {
        using var certificate = await CertificateAtAsync(imaps, null);
        return certificate?.SerialNumber ?? "";
    }

    private static async Task<string> ShownAtAsync(int port, Func<Stream, Task<bool>>? begin)
    {
        using var certificate = await CertificateAtAsync(port, begin);
        return certificate?.GetNameInfo(X509NameType.DnsName, forIssuer: false) ?? "";
    }

    private static async Task<X509Certificate2?> CertificateAtAsync(int port, Func<Stream, Task<bool>>? begin)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Stop);
        if (begin is not null && !await begin(socket.GetStream()))
            return null;
        await using var tls = new SslStream(socket.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "mail.provider.example",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }, Stop);
            return new X509Certificate2((X509Certificate2)tls.RemoteCertificate!);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }

    private static async Task<bool> SmtpStartTlsAsync(Stream stream)
    {
        var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        await reader.ReadLineAsync(Stop);
        await stream.WriteAsync("EHLO client.example\r\n"u8.ToArray(), Stop);
        while (await reader.ReadLineAsync(Stop) is { } line && line[3] == '-')
            continue;
        await stream.WriteAsync("STARTTLS\r\n"u8.ToArray(), Stop);
        return (await reader.ReadLineAsync(Stop))!.StartsWith("220", StringComparison.Ordinal);
    }

    private static async Task<string> MetricsAsync(ServerProcess server)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.WebPort}/metrics"), Stop);
    }
}
