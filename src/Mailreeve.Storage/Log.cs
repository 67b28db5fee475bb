using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Records} messages that had been acknowledged before the last stop have got their rows")]
    public static partial void JournalReplayed(this ILogger log, int records);

    [LoggerMessage(2, LogLevel.Error, "{Records} messages could not get their rows yet; they are safe in their segments, and it is tried again")]
    public static partial void JournalNotWritten(this ILogger log, Exception e, int records);

    [LoggerMessage(3, LogLevel.Error, "This machine's clock shows {Now}, the program last knew {TrustedAt}: nothing is deleted for its age. Set the clock right; if it is, that ends by itself {BelievedAt}")]
    public static partial void ClockLeapt(this ILogger log, Instant now, Instant trustedAt, Instant believedAt);

    [LoggerMessage(4, LogLevel.Information, "This machine's clock, {Now}, is believed again: what is old is deleted as before")]
    public static partial void ClockBelieved(this ILogger log, Instant now);
}
