using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.ClientSetup;

/// <summary>BIND reads the records that we print.</summary>
public class ZoneForeignToolsTests
{
    [Theory]
    [InlineData("provider.example", 993, 143, "https://mail.provider.example")]
    [InlineData("bücher.example", 993, null, "https://mail.provider.example:8443")]
    [InlineData("xn--bcher-kva.example", null, null, "http://192.0.2.7")]
    public async Task Bind_takes_the_records_as_they_are(string domain, int? implicitTls, int? startTls, string baseUrl)
    {
        var check = Tool.Require("named-checkzone", "bind9-utils");
        var name = domain == "provider.example" ? domain : "xn--bcher-kva.example";
        var services = new MailServices
        {
            ProviderName = "Example; Internet\n$INCLUDE elsewhere",
            Domains = ["provider.example"],
            HostName = "mail.provider.example",
            BaseUrl = baseUrl,
            SupportTelephone = "+1 555 0100",
            Imap = new MailPorts(implicitTls, startTls),
            Pop3 = new MailPorts(implicitTls, startTls),
            Submission = new MailPorts(implicitTls, startTls),
        };
        var file = RunFolder.NewPath("zone");
        var frame = $"{name}. 3600 IN SOA ns.dns.example. hostmaster.dns.example. 1 3600 600 86400 60\n{name}. 3600 IN NS ns.dns.example.\nmail.{name}. 3600 IN A 192.0.2.25\n";
        await File.WriteAllTextAsync(file, frame + ZoneSnippet.WriteOrNull(services, domain), TestContext.Current.CancellationToken);

        // Strict about everything that can be known without asking other servers.
        var (code, output) = await Tool.RunAsync(check, ["-i", "local", "-k", "fail", "-m", "fail", "-M", "fail", "-n", "fail", "-r", "fail", "-S", "fail", "-D", name, file]);

        Assert.True(code == 0, output);
        Assert.Contains($"_submissions._tcp.{name}.", output, StringComparison.Ordinal);
        Assert.Equal(implicitTls is null ? 6 : startTls is null ? 3 : 0, output.Split('\n').Count(l => l.EndsWith("0 0 0 .", StringComparison.Ordinal)));
    }
}
