using NodaTime;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>A time found in a text.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">One past the last character.</param>
/// <param name="Time">The reading.</param>
/// <param name="Offset">How far its zone, or the one that was assumed, is ahead of UTC.</param>
internal readonly record struct TimeMention(int Start, int End, ReportedTime Time, Offset Offset);

/// <summary>What a text says about its times besides the times themselves.</summary>
/// <param name="SentAt">Date of the mail: gives the year where a log has none, and decides between day and month first.</param>
/// <param name="Zone">Zone stated once for all ("all times are GMT+8"); null when none is.</param>
/// <param name="ZoneConfidence">How far that zone may be trusted.</param>
internal readonly record struct TimeContext(Instant? SentAt, DateTimeZone? Zone, TimeConfidence ZoneConfidence);
