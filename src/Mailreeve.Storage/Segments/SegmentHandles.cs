using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>Segments that are open for reading, a limited number of them.</summary>
internal sealed class SegmentHandles(int openMax) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Segment> open = [];

    /// <summary>Reads octets of a segment.</summary>
    /// <returns>How many; fewer than wanted where the file ends.</returns>
    /// <exception cref="IOException">The file is gone, or the disk could not read it.</exception>
    public int Read(Segment segment, Span<byte> into, long offset)
    {
        while (true)
        {
            var handle = segment.Handle is { IsClosed: false } known ? known : Open(segment);
            segment.LastUsed = Environment.TickCount64;
            try
            {
                return RandomAccess.Read(handle, into, offset);
            }
            catch (ObjectDisposedException)
            {
                // It was closed between our look and the read, to make room for another; a read under way is never disturbed.
            }
        }
    }

    /// <summary>Closes a segment that has been deleted, as soon as nobody reads it.</summary>
    public void Close(Segment segment)
    {
        lock (gate)
        {
            open.Remove(segment);
            segment.Handle?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var segment in open)
                segment.Handle?.Dispose();
            open.Clear();
        }
    }

    private SafeFileHandle Open(Segment segment)
    {
        lock (gate)
        {
            if (segment.Handle is { IsClosed: false } known)
                return known;
            if (open.Count >= openMax && open.MinBy(s => s.LastUsed) is { } idle)
            {
                open.Remove(idle);
                idle.Handle?.Dispose();
            }

            var handle = Segment.OpenForReading(segment.Path);
            segment.Handle = handle;
            open.Add(segment);
            return handle;
        }
    }
}
