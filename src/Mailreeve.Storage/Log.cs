using Microsoft.Extensions.Logging;

namespace Mailreeve.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Records} messages that had been acknowledged before the last stop have got their rows")]
    public static partial void JournalReplayed(this ILogger log, int records);

    [LoggerMessage(2, LogLevel.Error, "{Records} messages could not get their rows yet; they are safe in their segments, and it is tried again")]
    public static partial void JournalNotWritten(this ILogger log, Exception e, int records);
}
