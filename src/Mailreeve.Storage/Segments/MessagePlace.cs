namespace Mailreeve.Storage.Segments;

/// <summary>Where the octets of a message lie. It stays true for as long as the segment exists.</summary>
/// <param name="Segment">The file.</param>
/// <param name="Offset">The first octet of the message, from the beginning of the file; the frame around it comes before.</param>
/// <param name="Length">Octets of the message.</param>
public readonly record struct MessagePlace(SegmentId Segment, long Offset, int Length);
