using Microsoft.Win32.SafeHandles;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>What is known about one file.</summary>
/// <param name="id">Which one.</param>
/// <param name="path">Where it lies.</param>
/// <param name="header">Its header; <see langword="null"/> when that is damaged.</param>
/// <param name="end">Where the journal in it ends.</param>
internal sealed class Segment(SegmentId id, string path, SegmentHeader? header, long end)
{
    private long end = end;

    public SegmentId Id { get; } = id;

    public string Path { get; } = path;

    public SegmentHeader? Header { get; } = header;

    /// <summary>Where the journal in it ends. Grows while it is written to, and only after what is before is on disk.</summary>
    public long End
    {
        get => Volatile.Read(ref end);
        set => Volatile.Write(ref end, value);
    }

    /// <summary>Whether no record is in it.</summary>
    public bool IsEmpty => End <= SegmentHeader.Bytes;

    /// <summary>When its newest record was saved; <see langword="null"/> when nobody has looked yet.</summary>
    public Instant? Newest { get; set; }

    /// <summary>Open for reading, or not; see <see cref="SegmentHandles"/>.</summary>
    public SafeFileHandle? Handle { get; set; }

    /// <summary>When <see cref="Handle"/> was last asked for, in milliseconds of no particular clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>Opens the file at <paramref name="path"/> for reading, beside whoever writes to it.</summary>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public static SafeFileHandle OpenForReading(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }

    /// <summary>Reads the header of an open file.</summary>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public static SegmentHeader? ReadHeader(SafeFileHandle file, SegmentId id, out string problem)
    {
        Span<byte> octets = stackalloc byte[SegmentHeader.Bytes];
        var read = RandomAccess.Read(file, octets, 0);
        return SegmentHeader.Read(octets[..read], id, out problem);
    }
}
