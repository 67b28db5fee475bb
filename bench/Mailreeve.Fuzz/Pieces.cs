using System.Buffers;

namespace Mailreeve.Fuzz;

/// <summary>Cuts an input into pieces, as a network does. The same input is always cut the same way, or a finding could not be repeated.</summary>
internal static class Pieces
{
    /// <summary>The ways an input is cut: in one piece, octet by octet while it is short, and in two ways that its octets decide.</summary>
    public static IEnumerable<int[]> Ways(byte[] input)
    {
        yield return [input.Length];
        if (input.Length <= 512)
            yield return [.. Enumerable.Repeat(1, input.Length)];
        var hash = Hash(input);
        yield return Lengths(input.Length, hash, 7);
        yield return Lengths(input.Length, hash ^ 0x5bd1e995, 90);
    }

    /// <summary>The pieces.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(byte[] input, int[] lengths)
    {
        var at = 0;
        foreach (var length in lengths)
        {
            yield return input.AsMemory(at, length);
            at += length;
        }
    }

    /// <summary>What is left of a buffer, with more behind it, in two segments as a pipe has it.</summary>
    public static ReadOnlySequence<byte> Join(ReadOnlySequence<byte> left, ReadOnlyMemory<byte> more)
    {
        if (left.IsEmpty)
            return new ReadOnlySequence<byte>(more);
        var first = new Segment(left.ToArray(), 0);
        var last = first.Append(more);
        return new ReadOnlySequence<byte>(first, 0, last, more.Length);
    }

    private static int[] Lengths(int total, uint seed, int most)
    {
        var lengths = new List<int>();
        while (total > 0)
        {
            seed = (seed * 1664525) + 1013904223;
            var length = Math.Min(total, 1 + (int)((seed >> 16) % (uint)most));
            lengths.Add(length);
            total -= length;
        }

        return [.. lengths];
    }

    private static uint Hash(byte[] input)
    {
        var hash = 2166136261u;
        foreach (var octet in input)
            hash = (hash ^ octet) * 16777619;
        return hash;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
