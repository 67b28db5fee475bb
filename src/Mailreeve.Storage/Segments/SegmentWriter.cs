using Microsoft.Win32.SafeHandles;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>The segment that is being appended to. Used by the commit thread only.</summary>
internal sealed class SegmentWriter
{
    private readonly SafeFileHandle file;

    private SegmentWriter(Segment segment, SafeFileHandle file, long filled)
    {
        (Segment, this.file, Filled) = (segment, file, filled);
    }

    public Segment Segment { get; }

    /// <summary>How far the file has zeros, or records, on disk.</summary>
    public long Filled { get; private set; }

    /// <summary>Where the next record begins.</summary>
    public long Offset => Segment.End;

    /// <summary>The salt of the segment.</summary>
    public ulong Salt => Segment.Header!.Salt;

    /// <summary>Begins a segment. It is on disk, with its name, when this returns.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="upkeep">Gives the zeros that it begins with; without a spare there are fewer of them, and they are written now.</param>
    /// <param name="options">How large it is.</param>
    /// <param name="header">Which one it is.</param>
    /// <exception cref="IOException">The disk is full or broken: no segment was begun, or an empty one.</exception>
    public static SegmentWriter Begin(
        SegmentFolder folder, SegmentUpkeep upkeep, SegmentOptions options, SegmentHeader header)
    {
        var day = folder.MakeDayOf(header.Id);
        var path = folder.PathOf(header.Id);
        var file = upkeep.TakeSpare();
        var (from, filled) = (folder.SparePath, options.SegmentBytes);
        try
        {
            if (file is null)
            {
                (from, filled) = (folder.BeginningPath, options.FillStepBytes);
                file = File.OpenHandle(from, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                SegmentUpkeep.Fill(file, filled, static () => false);
            }

            Span<byte> octets = stackalloc byte[SegmentHeader.Bytes];
            header.Write(octets);
            RandomAccess.Write(file, octets, 0);
            Libc.Flush(file);
            File.Move(from, path);
            Libc.FlushFolder(day);
        }
        catch
        {
            file?.Dispose();
            File.Delete(from);
            throw;
        }

        return new SegmentWriter(new Segment(header.Id, path, header, SegmentHeader.Bytes) { Newest = Instant.MinValue }, file, filled);
    }

    /// <summary>Goes on with a segment whose journal ended cleanly when the program ended.</summary>
    /// <exception cref="IOException">The file cannot be opened or flushed.</exception>
    public static SegmentWriter GoOn(Segment segment)
    {
        var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new SegmentWriter(segment, file, RandomAccess.GetLength(file));
    }

    /// <summary>Writes octets at <see cref="Offset"/> and returns when they are on disk.</summary>
    /// <exception cref="IOException">They are not, or perhaps not all: <see cref="Abandon"/> the segment.</exception>
    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> octets, long total)
    {
        RandomAccess.Write(file, octets, Offset);
        Libc.FlushData(file);
        Filled = Math.Max(Filled, Offset + total);
        Segment.End = Offset + total;
    }

    /// <summary>Gives up a segment that could not be written to. What was not acknowledged is cut off.</summary>
    public void Abandon()
    {
        using (file)
        {
            try
            {
                RandomAccess.SetLength(file, Offset);
                Libc.Flush(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The header of the next segment says where this one ends, and nothing is acknowledged before that is on disk.
            }
        }
    }

    /// <summary>Ends the segment: nothing more is appended.</summary>
    public void Seal(SegmentUpkeep upkeep) => upkeep.Seal(file, Offset);

    /// <summary>Closes the file and leaves it as it is, to be gone on with.</summary>
    public void Close() => file.Dispose();
}
