using System.Net;
using System.Security.Cryptography;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.Web.Api;

/// <summary>Keeps a report that came over the web. When it returns, the report is on disk and may be acknowledged.</summary>
internal sealed class ReportIntake(Database database, ReportStatuses statuses, IClock clock)
{
    /// <summary>Keeps it.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="channel">Form or API.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="stop">Stops before it is written.</param>
    /// <returns>Its number, and the code by which its sender may ask about it.</returns>
    public async Task<KeptReport> KeepAsync(byte[] raw, ReportChannel channel, IPAddress? client, CancellationToken stop)
    {
        var report = new IncomingReport
        {
            ReceivedAt = clock.GetCurrentInstant(),
            Channel = channel,
            Queue = ReportQueue.Abuse,
            Recipients = "",
            ClientAddress = client is null ? null : Address.From(client),
            Sha256 = SHA256.HashData(raw),
            Raw = raw,
        };
        var id = await database.WriteAsync(db => new ReportStore(db).AddAsync(report, stop), stop);
        return new KeptReport(id, statuses.CodeOf(id));
    }
}

/// <summary>A report that is on disk.</summary>
internal sealed record KeptReport(ReportId Id, string Code)
{
    /// <summary>Where its sender sees how it fares.</summary>
    public string StatusPath => $"/report/status#{Id}.{Code}";
}
