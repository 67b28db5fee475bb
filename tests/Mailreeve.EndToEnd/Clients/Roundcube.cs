using System.Diagnostics;
using Mailreeve.Serving;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Debian's Roundcube on PHP's own web server, with its settings and database in a folder of its own.</summary>
internal sealed class Roundcube : IAsyncDisposable
{
    private const string Package = "roundcube-core";
    private const string Pages = "/var/lib/roundcube/public_html";
    private const string Tables = "/usr/share/roundcube/SQL/sqlite.initial.sql";

    private readonly ClientProgram php = new("php", "php-cli");
    private readonly MailServerUnderTest server;
    private readonly int port = LocalPorts.Free();
    private Process? process;

    private Roundcube(MailServerUnderTest server) => this.server = server;

    /// <summary>Where its pages are.</summary>
    public string Url => $"http://127.0.0.1:{port}/";

    /// <summary>What it wrote into its logs.</summary>
    public string Logs => string.Join('\n', Directory.GetFiles(php.Home, "*.log").Select(File.ReadAllText));

    /// <summary>Starts it; when this returns, it answers.</summary>
    public static async Task<Roundcube> StartAsync(MailServerUnderTest server)
    {
        if (!File.Exists(Tables) || !Directory.Exists(Pages))
            throw Required.Missing("Roundcube", Package);
        var roundcube = new Roundcube(server);
        await roundcube.PrepareAsync();
        roundcube.Serve();
        using var http = new HttpClient();
        await Eventually.TrueAsync(() => roundcube.AnswersAsync(http), "Roundcube answers");
        return roundcube;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task PrepareAsync()
    {
        var database = Path.Combine(php.Home, "roundcube.db");
        await new ClientProgram("sqlite3", "sqlite3").MustAsync(database, $".read {Tables}");
        foreach (var shipped in new[] { "defaults.inc.php", "mimetypes.php" })
            File.Copy(Path.Combine("/etc/roundcube", shipped), Path.Combine(php.Home, shipped));
        var smtpLogin = server.SubmissionPort is null ? ("", "") : ("%u", "%p");
        await php.WriteAsync("config.inc.php", $$"""
            <?php
            $tls = ['ssl' => ['cafile' => '{{server.CaCertificate}}', 'verify_peer' => true, 'verify_peer_name' => true]];
            $config = [
                'db_dsnw' => 'sqlite:///{{database}}',
                'imap_host' => 'ssl://{{server.Host}}:{{server.ImapsPort}}',
                'imap_conn_options' => $tls,
                'smtp_host' => 'tls://{{server.Host}}:{{server.SendPort}}',
                'smtp_user' => '{{smtpLogin.Item1}}',
                'smtp_pass' => '{{smtpLogin.Item2}}',
                'smtp_conn_options' => $tls,
                'smtp_log' => true,
                'imap_debug' => true,
                'des_key' => 'twenty-four characters.!',
                'log_dir' => '{{php.Home}}',
                'temp_dir' => '{{php.Home}}',
                'plugins' => [],
                'skin' => 'elastic',
                'language' => 'en_US',
                'product_name' => 'Web mail',
                'mime_param_folding' => 0,
                'display_next' => false,
                'check_all_folders' => true,
                'drafts_mbox' => 'Drafts', 'junk_mbox' => 'Junk', 'sent_mbox' => 'Sent', 'trash_mbox' => 'Trash',
            ];

            """);
    }

    private void Serve()
    {
        process = php.Start(
            ["-S", $"127.0.0.1:{port}", "-t", Pages], ("ROUNDCUBE_CONFIG_DIR", php.Home), ("PHP_CLI_SERVER_WORKERS", "3"));
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task<bool> AnswersAsync(HttpClient http)
    {
        Assert.False(process!.HasExited, $"PHP ended.\n{Logs}");
        try
        {
            using var reply = await http.GetAsync(new Uri(Url), TestContext.Current.CancellationToken);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
