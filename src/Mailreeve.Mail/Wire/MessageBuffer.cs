using System.Buffers;

namespace Mailreeve.Mail.Wire;

/// <summary>Holds a message while it arrives, in pieces that come from the pool as they are needed: never from an announced size.</summary>
internal sealed class MessageBuffer : IBufferWriter<byte>, IDisposable
{
    private const int PieceBytes = 64 << 10;

    private readonly List<(byte[] Bytes, int Length)> full = [];
    private byte[] current = [];
    private int used;
    private int filled;

    public int Length => filled + used;

    public void Advance(int count) => used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return current.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return current.AsSpan(used);
    }

    /// <summary>One array with the prefix and everything written.</summary>
    public byte[] ToArray(ReadOnlySpan<byte> prefix)
    {
        var all = new byte[prefix.Length + Length];
        prefix.CopyTo(all);
        var at = prefix.Length;
        foreach (var (bytes, length) in full)
        {
            bytes.AsSpan(0, length).CopyTo(all.AsSpan(at));
            at += length;
        }

        current.AsSpan(0, used).CopyTo(all.AsSpan(at));
        return all;
    }

    /// <summary>The prefix and everything written, where it lies. Valid until more is written or the buffer is disposed of.</summary>
    public ReadOnlySequence<byte> ToSequence(ReadOnlyMemory<byte> prefix)
    {
        // No empty piece in front: what lies in one piece is read as one.
        if (prefix.IsEmpty && full.Count == 0)
            return new ReadOnlySequence<byte>(current.AsMemory(0, used));
        var first = prefix.IsEmpty ? null : new Piece(prefix, null);
        var last = first;
        foreach (var (bytes, length) in full)
        {
            last = new Piece(bytes.AsMemory(0, length), last);
            first ??= last;
        }

        last = new Piece(current.AsMemory(0, used), last);
        return new ReadOnlySequence<byte>(first!, 0, last, last.Memory.Length);
    }

    /// <summary>Leaves octets out of what was written.</summary>
    /// <param name="ranges">Where they begin and end, in order.</param>
    public void LeaveOut(IReadOnlyList<(int Start, int End)> ranges)
    {
        if (ranges.Count == 0)
            return;
        var whole = ToArray([]);
        Dispose();
        var at = 0;
        foreach (var (start, end) in ranges)
        {
            this.Write(whole.AsSpan(at, start - at));
            at = end;
        }

        this.Write(whole.AsSpan(at));
    }

    /// <summary>The prefix and what was written from some octet on, where it lies. Valid until more is written or the buffer is disposed of.</summary>
    /// <param name="prefix">What stands in place of what is left out.</param>
    /// <param name="skip">Octets to leave out at the beginning.</param>
    public ReadOnlySequence<byte> ToSequence(ReadOnlyMemory<byte> prefix, long skip)
    {
        var first = new Piece(prefix, null);
        var last = first;
        foreach (var memory in ToSequence(default).Slice(skip))
            last = new Piece(memory, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Forgets everything and gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var (bytes, _) in full)
            ArrayPool<byte>.Shared.Return(bytes);
        full.Clear();
        if (current.Length > 0)
            ArrayPool<byte>.Shared.Return(current);
        current = [];
        (used, filled) = (0, 0);
    }

    private void MakeRoom(int sizeHint)
    {
        if (current.Length - used >= Math.Max(1, sizeHint))
            return;
        if (current.Length > 0)
            full.Add((current, used));
        filled += used;
        current = ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, sizeHint));
        used = 0;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
