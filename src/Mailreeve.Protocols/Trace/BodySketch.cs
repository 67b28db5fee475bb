using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Mailreeve.Protocols.Trace;

/// <summary>
/// Twenty octets by which a body is known again that somebody cut, quoted or redacted: a hash of its first words, and of eight classes of
/// its pairs of words the least hash in each (one-permutation min-hash). It tells nothing to those who have not got the body.
/// </summary>
public static class BodySketch
{
    /// <summary>Octets of a sketch.</summary>
    public const int Bytes = HeadBytes + (Buckets * 2);

    private const int HeadBytes = 4;
    private const int Buckets = 8;
    private const int HeadWords = 8;

    // Enough words for any estimate; a large attachment adds nothing but time.
    private const int OctetsMax = 32 << 10;

    private const ulong Seed = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>Sketches a body.</summary>
    public static byte[] Of(ReadOnlySequence<byte> body)
    {
        var words = new Words();
        foreach (var piece in body.Slice(0, Math.Min(body.Length, OctetsMax)))
            words.Append(piece.Span);
        return words.Finish();
    }

    /// <summary>Compares what was signed with what was found.</summary>
    /// <param name="signed">The sketch of the body that was sent.</param>
    /// <param name="found">The sketch of the body that is shown now.</param>
    public static SketchMatch Compare(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> found)
    {
        if (signed.SequenceEqual(found))
            return SketchMatch.Alike;
        // Without a head there are fewer than eight words: too few to say anything.
        if (found[..HeadBytes].IndexOfAnyExcept((byte)0) < 0)
            return SketchMatch.TooShort;
        var same = 0;
        for (var at = HeadBytes; at < Bytes; at += 2)
        {
            if (signed.Slice(at, 2).IndexOfAnyExcept((byte)0) >= 0 && signed.Slice(at, 2).SequenceEqual(found.Slice(at, 2)))
                same++;
        }

        // Texts that have nothing in common share one class now and then, by their boilerplate; two hardly ever.
        return same >= 2 || signed[..HeadBytes].SequenceEqual(found[..HeadBytes]) ? SketchMatch.Alike : SketchMatch.Different;
    }

    private ref struct Words()
    {
        private readonly ushort[] least = new ushort[Buckets];
        private ulong head = Seed;
        private ulong word = Seed;
        private ulong before;
        private int count;

        public void Append(ReadOnlySpan<byte> octets)
        {
            var hash = word;
            foreach (var b in octets)
            {
                if (b > ' ')
                    hash = (hash ^ b) * Prime;
                else if (hash != Seed)
                    hash = EndWord(hash);
            }

            word = hash;
        }

        public byte[] Finish()
        {
            if (word != Seed)
                EndWord(word);
            var sketch = new byte[Bytes];
            if (count >= HeadWords)
                BinaryPrimitives.WriteUInt32BigEndian(sketch, (uint)(Mix(head) >> 32) | 1);
            for (var i = 0; i < Buckets; i++)
                BinaryPrimitives.WriteUInt16BigEndian(sketch.AsSpan(HeadBytes + (i * 2)), least[i]);
            return sketch;
        }

        private ulong EndWord(ulong hash)
        {
            if (count < HeadWords)
                head = (head ^ hash) * Prime;
            if (count > 0)
                Pair(Mix(BitOperations.RotateLeft(before, 17) ^ hash));
            count++;
            before = hash;
            return Seed;
        }

        // The least of a class; zero says that there is none. Sixteen bits of it are kept, from the top, so that order is kept.
        private readonly void Pair(ulong hash)
        {
            ref var kept = ref least[(int)(hash & (Buckets - 1))];
            var value = (ushort)Math.Max(1, hash >> 48);
            if (kept == 0 || value < kept)
                kept = value;
        }

        private static ulong Mix(ulong hash)
        {
            hash ^= hash >> 32;
            hash *= 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
            hash *= 0xD6E8FEB86659FD93;
            return hash ^ (hash >> 32);
        }
    }
}

/// <summary>What two sketches have to do with each other.</summary>
public enum SketchMatch
{
    /// <summary>It is the same text, whole or in part.</summary>
    Alike,

    /// <summary>It is another text.</summary>
    Different,

    /// <summary>There is too little text to tell.</summary>
    TooShort,
}
