using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Mailreeve.Storage.Segments;

/// <summary>A record that waits to be written, and who waits for it. Used again and again.</summary>
/// <param name="recycle">Called when the one who waited has taken the result.</param>
internal sealed class PendingAppend(Action<PendingAppend> recycle) : IValueTaskSource<StoredRecord>
{
    private const int KeptBytesMax = 16 << 10;

    private ManualResetValueTaskSourceCore<StoredRecord> source = new() { RunContinuationsAsynchronously = true };
    private ArrayBufferWriter<byte> front = new(256);
    private ReadOnlySequence<byte> message;
    private uint messageChecksum;

    /// <summary>Its head.</summary>
    public RecordHead Head { get; private set; } = null!;

    /// <summary>Octets of the whole record.</summary>
    public long TotalBytes => front.WrittenCount + message.Length;

    /// <summary>What the one who appends waits on.</summary>
    public ValueTask<StoredRecord> Task => new(this, source.Version);

    /// <summary>Everything that can be done before the record has its place, on the thread of the one who appends.</summary>
    /// <exception cref="ArgumentException">It does not fit into a record.</exception>
    public void Prepare(RecordHead head, ReadOnlySequence<byte> octets)
    {
        if (octets.Length > RecordFrame.MessageBytesMax)
            throw new ArgumentException($"A message of {octets.Length} octets is too large.", nameof(octets));
        front.GetSpan(RecordFrame.Bytes)[..RecordFrame.Bytes].Clear();
        front.Advance(RecordFrame.Bytes);
        RecordHeadCode.Write(front, head);
        var padding = RecordFrame.PaddingFor(front.WrittenCount - RecordFrame.Bytes, (int)octets.Length);
        front.GetSpan(padding)[..padding].Clear();
        front.Advance(padding);
        if (front.WrittenCount - RecordFrame.Bytes > RecordFrame.HeadBytesMax)
            throw new ArgumentException($"A head of {front.WrittenCount} octets is too large.", nameof(head));
        Head = head;
        message = octets;
        messageChecksum = Crc32C.Of(octets);
    }

    /// <summary>Gives the record its place, and adds its octets to what is written.</summary>
    /// <returns>What it is once it is on disk.</returns>
    public StoredRecord Place(SegmentId segment, ulong salt, long offset, long onDiskBefore, List<ReadOnlyMemory<byte>> octets)
    {
        var headBytes = front.WrittenCount - RecordFrame.Bytes;
        var frame = new RecordFrame(headBytes, (int)message.Length, onDiskBefore, messageChecksum);
        frame.Write(MemoryMarshal.AsMemory(front.WrittenMemory).Span, salt, offset);
        octets.Add(front.WrittenMemory);
        foreach (var part in message)
        {
            if (!part.IsEmpty)
                octets.Add(part);
        }

        var at = new MessagePlace(segment, offset + front.WrittenCount, (int)message.Length);
        return new StoredRecord(Head, at, new SegmentPosition(segment, offset + TotalBytes));
    }

    /// <summary>It is on disk.</summary>
    public void Complete(StoredRecord record) => source.SetResult(record);

    /// <summary>It is not.</summary>
    public void Fail(Exception why) => source.SetException(why);

    /// <summary>Makes it ready to be used again.</summary>
    public void Clear()
    {
        source.Reset();
        if (front.Capacity > KeptBytesMax)
            front = new ArrayBufferWriter<byte>(256);
        front.ResetWrittenCount();
        message = default;
        Head = null!;
    }

    StoredRecord IValueTaskSource<StoredRecord>.GetResult(short token)
    {
        try
        {
            return source.GetResult(token);
        }
        finally
        {
            recycle(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<StoredRecord>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<StoredRecord>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
