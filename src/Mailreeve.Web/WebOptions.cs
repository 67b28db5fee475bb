using Mailreeve.Policy;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Web;

/// <summary>What the pages need to know about this installation.</summary>
public sealed record WebOptions
{
    /// <summary>Who runs it. Its <see cref="Provider.BaseUrl"/> decides whether cookies and HSTS demand TLS.</summary>
    public required Provider Provider { get; init; }

    /// <summary>
    /// Folder for the keys that protect cookies and forms; made when it is missing. Whoever reads it can sign in as anyone. When it is
    /// lost, everybody signs in anew.
    /// </summary>
    public required string KeysFolder { get; init; }

    /// <summary>
    /// Largest report in bytes, posted or uploaded. 10 MiB: a report carries one message, and mail systems commonly allow 10 to 25 MB.
    /// </summary>
    public int ReportSizeBytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>Reports by form from one network (IPv4 address or IPv6 /64) in a minute. People do not type faster.</summary>
    public int FormReportsPerMinute { get; init; } = 10;

    /// <summary>Reports by API from one network in a minute; a feedback loop comes in bursts.</summary>
    public int ApiReportsPerMinute { get; init; } = 600;

    /// <summary>Attempts to sign in, and look-ups of forgotten numbers, from one network in a minute.</summary>
    public int SignInsPerMinute { get; init; } = 20;

    /// <summary>Looks at how a report stands, from one network in a minute. People do not type faster, and codes cannot be tried.</summary>
    public int StatusLooksPerMinute { get; init; } = 60;

    /// <summary>Settings posted for by mail programs of one network in a minute. An office that begins its day asks at once.</summary>
    public int ClientSetupsPerMinute { get; init; } = 120;

    /// <summary>Requests for <c>GET /api/who</c> from one network in a minute, with a key or without. Keys cannot be tried, and are not to be.</summary>
    public int WhoQuestionsPerMinute { get; init; } = 120;

    /// <summary>
    /// Answers of <c>GET /api/who</c> to one key in an hour, wherever it is used. A tool that looks up each case needs a few; a stolen key must
    /// not read out the directory of customers.
    /// </summary>
    public long WhoAnswersPerKeyAndHour { get; init; } = 1000;

    /// <summary>Requests for <c>POST /api/detections</c> from one network in a minute, with a key or without. One attack by many hosts is told host by host.</summary>
    public int DetectionPostsPerMinute { get; init; } = 600;

    /// <summary>Detections that are taken of one key in an hour, wherever it is used. A stolen key must not fill the disk.</summary>
    public long DetectionsPerKeyAndHour { get; init; } = 20_000;

    /// <summary>Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; nobody else's are.</summary>
    public IReadOnlyList<Prefix> TrustedProxies { get; init; } = [];

    /// <summary>What keeps the program from working, one sentence each; empty when it is ready. Asked by <c>/health/ready</c>.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> NotReady { get; init; } = static _ => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Whether the pages are reached over TLS.</summary>
    public bool IsTls => Provider.BaseUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
