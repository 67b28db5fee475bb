namespace Mailreeve.Storage.Segments;

/// <summary>What a store has done since it was opened, for metrics.</summary>
/// <param name="Appends">Records that are on disk.</param>
/// <param name="Commits">Flushes that brought them there.</param>
/// <param name="Bytes">Octets of these records, with their frames.</param>
/// <param name="Failures">Records that could not be written.</param>
/// <param name="Segments">Segments that were begun.</param>
public readonly record struct SegmentCounters(long Appends, long Commits, long Bytes, long Failures, long Segments);
