using System.Net;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Network;
using Mailreeve.Network.Detections;
using Mailreeve.Network.Lists;
using Mailreeve.Network.Relay;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Protocols.ClientSetup;
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

    /// <summary>Folder with the messages.</summary>
    public string MailFolder => Path.Combine(DataFolder, "mail");

    /// <summary>Folder with the messages that wait to be sent.</summary>
    public string QueueFolder => Path.Combine(DataFolder, "queue");

    /// <summary>Folder with <c>policy.toml</c> and <c>notices/</c>.</summary>
    public required string PolicyFolder { get; init; }

    /// <summary>Where mail is taken.</summary>
    public required IReadOnlyList<IPEndPoint> SmtpListen { get; init; }

    /// <summary>The certificates of all services.</summary>
    public TlsSettings Tls { get; init; } = TlsSettings.None;

    /// <summary>Where mailboxes are read over IMAP.</summary>
    public MailDoors Imap { get; init; } = MailDoors.None;

    /// <summary>Where mailboxes are read over POP3.</summary>
    public MailDoors Pop3 { get; init; } = MailDoors.None;

    /// <summary>Where customers hand their mail in.</summary>
    public SubmissionDoors Submission { get; init; } = new(MailDoors.None);

    /// <summary>Where another mail server of ours hands mail in for the mailboxes, over LMTP.</summary>
    public IReadOnlyList<IPEndPoint> LmtpListen { get; init; } = [];

    /// <summary>Where a Postfix of ours asks what the policy says: addresses, and paths of Unix sockets.</summary>
    public IReadOnlyList<EndPoint> PolicyServiceListen { get; init; } = [];

    /// <summary>Where a Postfix or Sendmail of ours shows its messages, as to any milter: addresses, and paths of Unix sockets.</summary>
    public IReadOnlyList<EndPoint> MilterListen { get; init; } = [];

    /// <summary>Where someone who is blocked or suspended finds the way out; mail is what is shut.</summary>
    public string WhereToTurn => $"{Provider.BaseUrl}/portal or {Provider.SupportTelephone}";

    /// <summary>Who suspends services when a block says so, besides our own mail servers.</summary>
    public SuspensionBackEnds SuspensionBackEnds =>
        new(Enforcement.Webhooks, EndsSessions: Accounting.Listen.Count > 0 && Accounting.Clients.Any(c => c.Control is not null));

    /// <summary>Limits of the SMTP listeners.</summary>
    public SmtpLimits SmtpLimits { get; init; } = new();

    /// <summary>How mail from outside is checked.</summary>
    public InboundSettings Inbound { get; init; } = new();

    /// <summary>Where the pages are served in plain HTTP: a proxy in front of them does TLS.</summary>
    public required IReadOnlyList<IPEndPoint> WebListen { get; init; }

    /// <summary>Where the pages are served under TLS, without a proxy.</summary>
    public IReadOnlyList<IPEndPoint> WebListenTls { get; init; } = [];

    /// <summary>Proxies whose word about the client is believed.</summary>
    public IReadOnlyList<Prefix> TrustedProxies { get; init; } = [];

    /// <summary>How mail is sent.</summary>
    public required OutboundOptions Outbound { get; init; }

    /// <summary>Whether registries of addresses are asked whose an address is that is not ours, so that a reporter can be told.</summary>
    public bool AsksRegistries { get; init; }

    /// <summary>Where access servers say who has which address.</summary>
    public AccountingOptions Accounting { get; init; } = AccountingOptions.None;

    /// <summary>How long it is kept who had an address, and who asked.</summary>
    public WhoRetention WhoRetention { get; init; } = new();

    /// <summary>Who stops packets.</summary>
    public EnforcementSettings Enforcement { get; init; } = EnforcementSettings.None;

    /// <summary>How hosts of customers are tested for relaying.</summary>
    public RelayTestOptions RelayTest { get; init; } = RelayTestOptions.None;

    /// <summary>What sees scans and break-ins (C5).</summary>
    public DetectionOptions Detection { get; init; } = DetectionOptions.None;

    /// <summary>Whether postmaster@ of the domains of those who run a mail server is checked.</summary>
    public bool ChecksPostmasters { get; init; }

    /// <summary>The lists that we serve; null for none.</summary>
    public ListServerOptions? Lists { get; init; }

    /// <summary>Subscriptions to lists of others.</summary>
    public IReadOnlyList<ThirdPartyList> ThirdParties { get; init; } = [];

    /// <summary>Whether log lines are JSON rather than text.</summary>
    public bool JsonLog { get; init; }

    /// <summary>Whether only warnings are logged; for the demonstration, which tells its own story.</summary>
    public bool QuietLog { get; init; }

    /// <summary>Whether log lines say more, customers' addresses among it.</summary>
    public bool DebugLog { get; init; }
}

/// <summary>Where customers hand their mail in, and how.</summary>
/// <param name="Doors">Where.</param>
internal sealed record SubmissionDoors(MailDoors Doors)
{
    /// <summary>Ports of this host name that mail programs are told, where these are not ours: at another server, or in front of us.</summary>
    public MailPorts Elsewhere { get; init; } = MailPorts.None;

    /// <summary>How mail is taken.</summary>
    public SubmissionOptions Options { get; init; } = new();

    /// <summary>Recipients of one message; null for the default.</summary>
    public int? RecipientsPerMessage { get; init; }
}

/// <summary>Where mailboxes are read over one protocol.</summary>
/// <param name="Listen">In the clear at first; TLS is asked for in the protocol.</param>
/// <param name="ListenTls">Under TLS from the first octet (RFC 8314 §3).</param>
internal sealed record MailDoors(IReadOnlyList<IPEndPoint> Listen, IReadOnlyList<IPEndPoint> ListenTls)
{
    /// <summary>Nowhere.</summary>
    public static readonly MailDoors None = new([], []);

    /// <summary>Connections in all; null for the default.</summary>
    public int? ConnectionsMax { get; init; }

    /// <summary>Connections from one address; null for the default.</summary>
    public int? ConnectionsPerAddress { get; init; }

    /// <summary>Whether passwords are taken without TLS.</summary>
    public bool AllowsPlain { get; init; }
}
