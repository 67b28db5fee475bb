using System.Net;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Configuration;

/// <summary>How this installation is set up: <c>mailreeve.toml</c>, read once at start. Every key is in <c>docs/operating/configuration.md</c>.</summary>
internal sealed record Settings
{
    /// <summary>Who runs it.</summary>
    public required Provider Provider { get; init; }

    /// <summary>Where everything is kept; see <see cref="Storage.Database.Open"/>.</summary>
    public required string Database { get; init; }

    /// <summary>Folder for keys and the like. Whoever reads it can sign in as anyone.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folder with <c>policy.toml</c> and <c>notices/</c>.</summary>
    public required string PolicyFolder { get; init; }

    /// <summary>Where mail is taken.</summary>
    public required IReadOnlyList<IPEndPoint> SmtpListen { get; init; }

    /// <summary>PEM files of the certificate and its key; null when STARTTLS is not offered.</summary>
    public (string Certificate, string Key)? SmtpCertificate { get; init; }

    /// <summary>Limits of the SMTP listeners.</summary>
    public SmtpLimits SmtpLimits { get; init; } = new();

    /// <summary>Where the pages are served, in plain HTTP: a proxy in front of them does TLS.</summary>
    public required IReadOnlyList<IPEndPoint> WebListen { get; init; }

    /// <summary>Proxies whose word about the client is believed.</summary>
    public IReadOnlyList<Prefix> TrustedProxies { get; init; } = [];

    /// <summary>How mail is sent.</summary>
    public required OutboundOptions Outbound { get; init; }

    /// <summary>Whether log lines are JSON rather than text.</summary>
    public bool JsonLog { get; init; }

    /// <summary>Whether only warnings are logged; for the demonstration, which tells its own story.</summary>
    public bool QuietLog { get; init; }

    /// <summary>Whether log lines say more, customers' addresses among it.</summary>
    public bool DebugLog { get; init; }
}
