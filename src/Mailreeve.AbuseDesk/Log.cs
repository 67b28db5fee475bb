using Mailreeve.Policy;
using Microsoft.Extensions.Logging;

namespace Mailreeve.AbuseDesk;

/// <summary>Every log line of the abuse desk. Event ids 2000–2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Error, "A batch of {Reports} reports failed; each is tried alone")]
    public static partial void BatchFailed(this ILogger log, Exception why, int reports);

    [LoggerMessage(2002, LogLevel.Error, "Report {Report} failed and goes to a person")]
    public static partial void ReportFailed(this ILogger log, Exception why, ReportId report);

    [LoggerMessage(2003, LogLevel.Information, "No registry could be asked about {Address}: {Why}")]
    public static partial void RegistryFailed(this ILogger log, string why, string address);
}
