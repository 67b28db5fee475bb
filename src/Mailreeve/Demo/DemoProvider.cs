using System.Net;
using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Demo;

/// <summary>The provider of the demonstration, and how its server is set up: everything on the loopback, in a temporary folder.</summary>
internal static class DemoProvider
{
    /// <summary>Who it is.</summary>
    public static Provider Provider(int webPort) => new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = $"http://127.0.0.1:{webPort}",
        SupportTelephone = "+1 555 0100",
        Networks =
        [
            Prefix.Parse("127.80.7.0/24"), Prefix.Parse("198.51.100.0/24"), Prefix.Parse("203.0.113.0/24"), Prefix.Parse("2001:db8:40::/48"),
        ],
        // Not what a real server would find by itself: the customers of the demonstration live on the loopback.
        NeverBlock = [new NeverBlockEntry(Prefix.Parse("127.0.0.1"), "this machine")],
    };

    /// <summary>How its server is set up.</summary>
    public static Settings Settings(string folder, int webPort, int smtpPort, int imapPort, int submissionPort, int sinkPort) => new()
    {
        Provider = Provider(webPort),
        Database = $"sqlite:{Path.Combine(folder, "mailreeve.db")}",
        DataFolder = folder,
        PolicyFolder = Path.Combine(AppContext.BaseDirectory, "policy"),
        SmtpListen = [new IPEndPoint(IPAddress.Loopback, smtpPort)],
        Tls = new TlsSettings { Files = [DemoCertificate.Write(folder, "mail.provider.example")] },
        Imap = new MailDoors([], [new IPEndPoint(IPAddress.Loopback, imapPort)]),
        Submission = new SubmissionDoors(new MailDoors([], [new IPEndPoint(IPAddress.Loopback, submissionPort)])),
        WebListen = [new IPEndPoint(IPAddress.Loopback, webPort)],
        Outbound = new OutboundOptions
        {
            HostName = "mail.provider.example",
            Smarthost = new Smarthost("127.0.0.1", sinkPort, SmarthostTls.WhenOffered),
        },
    };
}
