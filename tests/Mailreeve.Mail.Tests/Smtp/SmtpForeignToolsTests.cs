using System.Text;

namespace Mailreeve.Mail.Tests.Smtp;

public class SmtpForeignToolsTests
{
    [Fact]
    public async Task Swaks_sends_a_report_over_starttls()
    {
        var swaks = Tool.Require("swaks", "swaks");
        var (_, support) = await Tool.RunAsync(swaks, ["--support"]);
        Assert.SkipUnless(support.Contains("TLS supported", StringComparison.Ordinal), "swaks has no TLS (Debian package: libnet-ssleay-perl)");
        await using var server = await SmtpTestServer.StartAsync();

        var (code, output) = await Tool.RunAsync(swaks,
        [
            "--server", "127.0.0.1", "--port", $"{server.Port}", "--tls", "--pipeline", "--ehlo", "client.example",
            "--from", "reporter@elsewhere.example", "--to", "abuse@provider.example", "--header", "Subject: spam from 192.0.2.7",
        ]);

        Assert.True(code == 0, output);
        Assert.Contains("250 2.0.0 Accepted as report R-1", output, StringComparison.Ordinal);
        var message = Assert.Single(server.Kept);
        Assert.NotNull(message.Tls);
        Assert.Contains("Subject: spam from 192.0.2.7\r\n", Encoding.UTF8.GetString(message.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C7_nmap_finds_no_open_relay()
    {
        var nmap = Tool.Require("nmap", "nmap");
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { ErrorsMax = 1000 } });

        // -sV: the script runs on ports where SMTP was recognised, and this port has another number.
        var (code, output) = await Tool.RunAsync(nmap,
        [
            "-Pn", "-n", "-sT", "-sV", "--version-light", "-p", $"{server.Port}", "--script", "smtp-open-relay,smtp-commands", "--script-args",
            "smtp-open-relay.domain=v.example,smtp-open-relay.ip=192.0.2.1", "127.0.0.1",
        ]);

        Assert.True(code == 0, output);
        Assert.Contains("doesn't seem to be an open relay, all tests failed", output, StringComparison.Ordinal);
    }
}
