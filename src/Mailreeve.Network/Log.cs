using System.Net;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Network;

/// <summary>Every log line of the network. Event ids 5000–5999.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "{Elements} entries of {BackEnd} were not as left: somebody else changed them; they are put right")]
    public static partial void Drifted(this ILogger log, string backEnd, long elements);

    [LoggerMessage(5002, LogLevel.Error, "Blocks are not enforced by {BackEnd}: {Problem} It is tried again; mail goes on")]
    public static partial void NotEnforcing(this ILogger log, string backEnd, string problem);

    [LoggerMessage(5003, LogLevel.Information, "{BackEnd} has the blocks: {Elements} entries, all as they should be")]
    public static partial void Enforcing(this ILogger log, string backEnd, long elements);

    [LoggerMessage(5004, LogLevel.Information, "Another process on this machine enforces the blocks; this one takes over when that ends")]
    public static partial void AnotherEnforces(this ILogger log);

    [LoggerMessage(5501, LogLevel.Information, "Relay test {Run} of {Address} begins, round {Round}")]
    public static partial void RelayTestBegins(this ILogger log, long run, string address, long round);

    [LoggerMessage(5502, LogLevel.Warning, "Relay test {Run}: {Address} relays, the message came out at {Exit}")]
    public static partial void RelayProven(this ILogger log, long run, string address, string exit);

    [LoggerMessage(5101, LogLevel.Error, "RADIUS accounting: {Records} records could not be written; their senders were not answered and send them again")]
    public static partial void AccountingNotWritten(this ILogger log, Exception e, int records);

    [LoggerMessage(5102, LogLevel.Warning, "RADIUS accounting: receiving on {EndPoint} failed; it goes on")]
    public static partial void AccountingNotReceived(this ILogger log, Exception e, EndPoint endPoint);

    [LoggerMessage(5103, LogLevel.Warning, "RADIUS accounting: a packet from {Client} was not made with the shared secret; further ones are only counted")]
    public static partial void AccountingForged(this ILogger log, string client);

    [LoggerMessage(5104, LogLevel.Information, "RADIUS accounting is taken on {EndPoint}")]
    public static partial void AccountingTaken(this ILogger log, EndPoint endPoint);

    [LoggerMessage(5201, LogLevel.Information, "Our lists are served on {EndPoint}, over UDP and TCP")]
    public static partial void ListsServed(this ILogger log, EndPoint endPoint);

    [LoggerMessage(5202, LogLevel.Warning, "Lists: a connection on {EndPoint} could not be taken; it goes on")]
    public static partial void ListConnectionNotTaken(this ILogger log, Exception e, EndPoint endPoint);

    [LoggerMessage(5203, LogLevel.Warning, "Lists: {EndPoint} was not told that blocked names have changed: {Problem}; it will ask by itself")]
    public static partial void NoticeNotTaken(this ILogger log, EndPoint endPoint, string problem);

    [LoggerMessage(5204, LogLevel.Error, "Lists: questions to {EndPoint} were lost; it goes on")]
    public static partial void ListQuestionsLost(this ILogger log, Exception e, EndPoint endPoint);

    [LoggerMessage(5301, LogLevel.Warning, "The list {List} of others was not taken: {Problem} What was taken last stays: {Entries} entries")]
    public static partial void ListNotTaken(this ILogger log, string list, string problem, long entries);

    [LoggerMessage(5601, LogLevel.Information, "Flows are taken on {EndPoint}")]
    public static partial void FlowsTaken(this ILogger log, EndPoint endPoint);

    [LoggerMessage(5602, LogLevel.Warning, "Flows: receiving on {EndPoint} failed; it goes on")]
    public static partial void FlowsNotReceived(this ILogger log, Exception e, EndPoint endPoint);

    [LoggerMessage(5603, LogLevel.Error, "Flows: what was seen could not be written")]
    public static partial void FlowsNotWritten(this ILogger log, Exception e);

    [LoggerMessage(5604, LogLevel.Warning, "The log {Path} of {Sensor} is not read: {Problem} It is tried again")]
    public static partial void EveNotRead(this ILogger log, string sensor, string path, string problem);

    [LoggerMessage(5401, LogLevel.Error, "A bouncer that asked for {Path} was not answered; it asks again")]
    public static partial void BouncerNotAnswered(this ILogger log, Exception e, string? path);

    [LoggerMessage(5402, LogLevel.Debug, "{From} asked for decisions without a key that is known")]
    public static partial void BouncerRefused(this ILogger log, IPAddress? from);
}
