using System.Net;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Network;

internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Error, "RADIUS accounting: {Records} records could not be written; their senders were not answered and send them again")]
    public static partial void AccountingNotWritten(this ILogger log, Exception e, int records);

    [LoggerMessage(1101, LogLevel.Warning, "RADIUS accounting: receiving on {EndPoint} failed; it goes on")]
    public static partial void AccountingNotReceived(this ILogger log, Exception e, EndPoint endPoint);

    [LoggerMessage(1102, LogLevel.Warning, "RADIUS accounting: a packet from {Client} was not made with the shared secret; further ones are only counted")]
    public static partial void AccountingForged(this ILogger log, string client);

    [LoggerMessage(1103, LogLevel.Information, "RADIUS accounting is taken on {EndPoint}")]
    public static partial void AccountingTaken(this ILogger log, EndPoint endPoint);
}
