using System.Text;

namespace Mailreeve.Fuzz;

/// <summary>Changes inputs: bits, words of the protocol, pieces of other inputs, repeated blocks.</summary>
/// <param name="words">What the protocol is made of; one character is one octet.</param>
/// <param name="seed">What is done; the same seed does the same.</param>
/// <param name="bytesMax">How long an input gets.</param>
internal sealed class Mutator(IReadOnlyList<string> words, int seed, int bytesMax)
{
    private readonly byte[][] words = [.. words.Select(w => Encoding.Latin1.GetBytes([.. w.Where(c => c < 256)]))];
    private readonly Random random = new(seed);

    /// <summary>Takes one of the corpus, the newest a little more often, and changes it.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var input = Pick(corpus);
        for (var changes = 1 << random.Next(0, 5); changes > 0; changes--)
            input = Change(input, corpus);
        return input.Length > bytesMax ? input[..bytesMax] : input;
    }

    // The shorter of two, mostly: it is tried sooner, and every octet of it matters more.
    private byte[] Pick(IReadOnlyList<byte[]> corpus)
    {
        var (one, other) = (One(corpus), One(corpus));
        return one.Length <= other.Length || random.Next(4) == 0 ? one : other;
    }

    private byte[] One(IReadOnlyList<byte[]> corpus) =>
        corpus[random.Next(3) == 0 ? corpus.Count - 1 - random.Next(Math.Min(16, corpus.Count)) : random.Next(corpus.Count)];

    private byte[] Change(byte[] input, IReadOnlyList<byte[]> corpus)
    {
        var at = random.Next(input.Length + 1);
        var length = random.Next(Math.Min(random.Next(2) == 0 ? 8 : 200, input.Length - at) + 1);
        switch (random.Next(10))
        {
            case 0 when at < input.Length:
                return Replace(input, at, 1, [(byte)(input[at] ^ (1 << random.Next(8)))]);
            case 1 when at < input.Length:
                return Replace(input, at, 1, [(byte)random.Next(256)]);
            case 2:
                return Replace(input, at, length, []);
            case 3:
                return Replace(input, at, 0, input.AsSpan(at, length));
            case 4:
                return Replace(input, random.Next(input.Length + 1), 0, input.AsSpan(at, length));
            case 5:
                var other = Pick(corpus);
                var from = random.Next(other.Length + 1);
                return Replace(input, at, random.Next(2) == 0 ? length : input.Length - at, other.AsSpan(from, random.Next(other.Length - from + 1)));
            case 6 when random.Next(8) == 0:
                return Repeat(input, at, length);
            case 7:
                return Replace(input, at, length, words[random.Next(words.Length)]);
            default:
                return Replace(input, at, 0, words[random.Next(words.Length)]);
        }
    }

    // What costs more than linear time shows when it is long.
    private byte[] Repeat(byte[] input, int at, int length)
    {
        if (length == 0)
            return input;
        var times = random.Next(1, Math.Max(2, Math.Min(2000, (bytesMax - input.Length) / length)));
        var block = new byte[times * length];
        for (var i = 0; i < times; i++)
            input.AsSpan(at, length).CopyTo(block.AsSpan(i * length));
        return Replace(input, at, 0, block);
    }

    private static byte[] Replace(byte[] input, int at, int length, ReadOnlySpan<byte> with)
    {
        var changed = new byte[input.Length - length + with.Length];
        input.AsSpan(0, at).CopyTo(changed);
        with.CopyTo(changed.AsSpan(at));
        input.AsSpan(at + length).CopyTo(changed.AsSpan(at + with.Length));
        return changed;
    }
}
