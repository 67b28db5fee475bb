namespace Mailreeve.Storage.Segments;

/// <summary>A record of the journal that is on disk.</summary>
/// <param name="Head">What stands before the message.</param>
/// <param name="Message">Where the message lies.</param>
/// <param name="Next">The position after the record.</param>
public sealed record StoredRecord(RecordHead Head, MessagePlace Message, SegmentPosition Next);
