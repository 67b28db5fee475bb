using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>Reads the records of one segment in order, checks each, and says how the segment ends.</summary>
internal sealed class SegmentScan
{
    private const int Chunk = 64 << 10;

    private readonly SegmentWindow window;
    private readonly SegmentId id;
    private readonly ulong salt;
    private readonly byte[] magic = new byte[RecordFrame.MagicBytes];
    private readonly bool withMessages;
    private readonly bool endIsKnown;
    private readonly long end;

    /// <param name="file">Open for reading.</param>
    /// <param name="header">Of the segment.</param>
    /// <param name="from">Where a record begins.</param>
    /// <param name="end">
    /// Where the journal in this file ends; <see langword="null"/> when that is not known, because the program that wrote it has ended
    /// or is another one.
    /// </param>
    /// <param name="withMessages">Whether messages are read and checked, or only what is in front of them.</param>
    /// <exception cref="IOException">The size of the file cannot be told.</exception>
    public SegmentScan(SafeFileHandle file, SegmentHeader header, long from, long? end, bool withMessages = true)
    {
        this.withMessages = withMessages;
        window = new SegmentWindow(file);
        (id, salt) = (header.Id, header.Salt);
        BinaryPrimitives.WriteUInt32LittleEndian(magic, (uint)salt);
        endIsKnown = end is not null;
        this.end = end ?? RandomAccess.GetLength(file);
        Offset = from;
    }

    /// <summary>Where the scan is: the end of the last good record, which is where a problem begins when there is one.</summary>
    public long Offset { get; private set; }

    /// <summary>Why <see cref="TryNext"/> said no.</summary>
    public ScanEnd End { get; private set; }

    /// <summary>What is wrong at <see cref="Offset"/>; empty at a clean end.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Where the next record after the damage begins; <see langword="null"/> when there is none.</summary>
    public long? ResumeAt { get; private set; }

    /// <summary>The next record.</summary>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public bool TryNext([NotNullWhen(true)] out StoredRecord? record)
    {
        record = null;
        if (Offset == end && endIsKnown)
            return Stop(ScanEnd.Clean, "");
        if (!TryReadFront(Offset, out var frame, out var reason))
            return Judge(reason);
        if (!RecordHeadCode.TryRead(window.At(Offset + RecordFrame.Bytes, frame.HeadBytes), out var head))
            return Judge("The head of the record is malformed.");
        var message = Offset + RecordFrame.Bytes + frame.HeadBytes;
        if (withMessages && ChecksumOf(message, frame.MessageBytes) != frame.MessageChecksum)
            return Judge("The checksum of the message is wrong.");

        Offset = message + frame.MessageBytes;
        record = new StoredRecord(head, new MessagePlace(id, message, frame.MessageBytes), new SegmentPosition(id, Offset));
        return true;
    }

    private bool TryReadFront(long offset, out RecordFrame frame, out string reason)
    {
        reason = "This is no record.";
        if (!RecordFrame.TryRead(window.At(offset, (int)Math.Min(RecordFrame.Bytes, end - offset)), salt, offset, end, out frame))
            return false;
        var front = window.At(offset, RecordFrame.Bytes + frame.HeadBytes);
        reason = "The checksum of the record is wrong.";
        return front.Length == RecordFrame.Bytes + frame.HeadBytes && RecordFrame.IsIntact(front, salt, offset);
    }

    private uint ChecksumOf(long offset, int length)
    {
        var running = Crc32C.Begin();
        var left = length;
        while (left > 0)
        {
            var part = window.At(offset, Math.Min(left, Chunk));
            if (part.IsEmpty)
                break; // The file is shorter than it was: a wrong checksum is what comes of it.
            running = Crc32C.Add(running, part);
            offset += part.Length;
            left -= part.Length;
        }

        return Crc32C.Finish(running);
    }

    // Several writes share one flush, and after a power cut any of them may be missing while a later one is there. None of those was
    // acknowledged. But what a later record says had been on disk was.
    private bool Judge(string reason)
    {
        if (endIsKnown)
        {
            ResumeAt = NextFront(Offset + RecordFrame.Alignment, provenBehind: null);
            return Stop(ScanEnd.Damaged, reason);
        }

        if (IsZeroFrom(Offset))
            return Stop(ScanEnd.Clean, "");
        if (NextFront(Offset + RecordFrame.Alignment, provenBehind: Offset) is not null)
        {
            ResumeAt = NextFront(Offset + RecordFrame.Alignment, provenBehind: null);
            return Stop(ScanEnd.Damaged, reason);
        }

        return Stop(ScanEnd.Torn, reason);
    }

    private bool Stop(ScanEnd how, string reason)
    {
        (End, Reason) = (how, reason);
        return false;
    }

    // The next intact front of a record; with proof only one that says that something behind this offset had been on disk.
    private long? NextFront(long from, long? provenBehind)
    {
        for (var offset = from; end - offset >= RecordFrame.Bytes;)
        {
            var part = window.At(offset, (int)Math.Min(Chunk, end - offset));
            if (part.Length < RecordFrame.Bytes)
                return null;
            var found = part.IndexOf(magic);
            if (found < 0)
            {
                offset += AlignDown(part.Length - magic.Length + 1);
                continue;
            }

            if (found % RecordFrame.Alignment == 0
                && TryReadFront(offset + found, out var frame, out _)
                && (provenBehind is null || frame.OnDiskBefore > provenBehind))
                return offset + found;
            offset += AlignDown(found) + RecordFrame.Alignment;
        }

        return null;
    }

    private static int AlignDown(int length) => length & ~(RecordFrame.Alignment - 1);

    private bool IsZeroFrom(long offset)
    {
        while (offset < end)
        {
            var part = window.At(offset, (int)Math.Min(Chunk, end - offset));
            if (part.ContainsAnyExcept((byte)0))
                return false;
            if (part.IsEmpty)
                return true;
            offset += part.Length;
        }

        return true;
    }
}

/// <summary>How a segment ends, or where reading it had to stop.</summary>
internal enum ScanEnd
{
    /// <summary>At its end, or with the zeros that were written ahead.</summary>
    Clean,

    /// <summary>With something that was being written when the program or the machine stopped. It was never acknowledged.</summary>
    Torn,

    /// <summary>With something that is wrong though it had been on disk: acknowledged mail may be lost.</summary>
    Damaged,
}
