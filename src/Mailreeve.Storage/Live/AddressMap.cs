using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Storage.Live;

/// <summary>
/// Values by prefix, compiled for look-ups: the address space as ranges in order, each with the prefixes that cover it. Immutable and made as
/// a whole; what changes one by one is in a <see cref="PrefixMap{T}"/>.
/// </summary>
/// <typeparam name="T">What a prefix carries; several values may share a prefix.</typeparam>
/// <remarks>
/// An IPv4 address finds the ranges of its upper 16 bits by an index, and its own among them by their lower 16 bits, which lie side by side:
/// six octets for each range, so that a million prefixes fit a processor's cache, where a table of 2²⁴ entries does not.
/// </remarks>
public sealed class AddressMap<T>
{
    private const int None = -1;
    private const int UpperHalves = 1 << 16;

    private static readonly UInt128 FirstIPv4 = Address.Parse("0.0.0.0").Bits;

    // Distinct prefixes in the order of their addresses, the wider ones first; the one around each; and what they carry.
    private readonly Prefix[] prefixes;
    private readonly int[] around;
    private readonly T[][] values;

    // IPv4: where the ranges of each upper half begin, the lower halves at which they do, and the prefix of each.
    private readonly int[] chunks = [];
    private readonly ushort[] lows = [];
    private readonly int[] owners = [];

    // The whole space, for the rest.
    private readonly UInt128[] firsts;
    private readonly int[] ownersOfAll;

    private AddressMap(Prefix[] prefixes, T[][] values)
    {
        (this.prefixes, this.values) = (prefixes, values);
        around = new int[prefixes.Length];
        var ranges = Ranges(prefixes, around);
        if (prefixes.Any(p => p.IsIPv4))
            (chunks, lows, owners) = IPv4(ranges);
        firsts = [.. ranges.Select(r => r.First)];
        ownersOfAll = [.. ranges.Select(r => r.Owner)];
    }

    /// <summary>The map with these entries; values of one prefix keep their order.</summary>
    public static AddressMap<T> From(IEnumerable<(Prefix Prefix, T Value)> entries)
    {
        var groups = entries.GroupBy(e => e.Prefix, e => e.Value).OrderBy(g => g.Key.First).ThenBy(g => g.Key.Length).ToList();
        return new AddressMap<T>([.. groups.Select(g => g.Key)], [.. groups.Select(g => g.ToArray())]);
    }

    /// <summary>Everything that covers the address, most specific first.</summary>
    public IEnumerable<T> Covering(Address address)
    {
        for (var at = Find(address); at != None; at = around[at])
        {
            foreach (var value in values[at])
                yield return value;
        }
    }

    /// <summary>The most specific of what covers the address and fits. Makes nothing.</summary>
    /// <param name="address">The address.</param>
    /// <param name="argument">Given to <paramref name="fits"/>.</param>
    /// <param name="fits">Whether a value is meant.</param>
    /// <param name="found">The value.</param>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool TryFind<TArgument>(Address address, TArgument argument, Func<T, TArgument, bool> fits, [MaybeNullWhen(false)] out T found)
    {
        for (var at = Find(address); at != None; at = around[at])
        {
            foreach (var value in values[at])
            {
                if (fits(value, argument))
                {
                    found = value;
                    return true;
                }
            }
        }

        found = default;
        return false;
    }

    /// <summary>Everything that lies in the prefix, or is the same, or covers it.</summary>
    public IEnumerable<T> Overlapping(Prefix prefix)
    {
        // Those that cover it and are wider; the rest begins within it, and in order.
        for (var at = Find(prefix.First); at != None; at = around[at])
        {
            if (prefixes[at].Length < prefix.Length)
            {
                foreach (var value in values[at])
                    yield return value;
            }
        }

        for (var at = FirstIn(prefix); at < prefixes.Length && prefix.Contains(prefixes[at]); at++)
        {
            foreach (var value in values[at])
                yield return value;
        }
    }

    /// <summary>The most specific prefix that covers the address, as its index; below zero when there is none.</summary>
    internal int Find(Address address)
    {
        var bits = address.Bits;
        return bits - FirstIPv4 <= uint.MaxValue && chunks.Length > 0 ? FindIPv4((uint)bits) : FindAnywhere(bits);
    }

    private int FindIPv4(uint bits)
    {
        ref var chunk = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunks), (int)(bits >> 16));
        var from = chunk;
        ref var low = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(lows), from);
        var wanted = (ushort)bits;
        // The last range that begins at or before it. Without branches: which way it goes is chance.
        var at = 0;
        for (var count = Unsafe.Add(ref chunk, 1) - from; count > 1;)
        {
            var half = count >> 1;
            at += Unsafe.Add(ref low, at + half) <= wanted ? half : 0;
            count -= half;
        }

        return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(owners), from + at);
    }

    private int FindAnywhere(UInt128 bits)
    {
        var at = Array.BinarySearch(firsts, bits);
        if (at < 0)
            at = ~at - 1;
        return at < 0 ? None : ownersOfAll[at];
    }

    private int FirstIn(Prefix prefix)
    {
        var (low, high) = (0, prefixes.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            var other = prefixes[middle];
            if (other.First < prefix.First || (other.First == prefix.First && other.Length < prefix.Length))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    // Prefixes nest or are apart, so those around an address are on a stack.
    private static List<(UInt128 First, int Owner)> Ranges(Prefix[] prefixes, int[] around)
    {
        var ranges = new List<(UInt128 First, int Owner)>();
        var open = new Stack<int>();
        for (var i = 0; i < prefixes.Length; i++)
        {
            CloseBefore(prefixes[i].First.Bits);
            around[i] = open.Count > 0 ? open.Peek() : None;
            open.Push(i);
            Begin(prefixes[i].First.Bits, i);
        }

        CloseBefore(null);
        return ranges;

        void CloseBefore(UInt128? first)
        {
            while (open.Count > 0 && (first is null || prefixes[open.Peek()].Last.Bits < first))
            {
                var last = prefixes[open.Pop()].Last.Bits;
                if (last != UInt128.MaxValue)
                    Begin(last + 1, open.Count > 0 ? open.Peek() : None);
            }
        }

        void Begin(UInt128 first, int owner)
        {
            if (ranges.Count > 0 && ranges[^1].First == first)
                ranges.RemoveAt(ranges.Count - 1);
            ranges.Add((first, owner));
        }
    }

    private static (int[] Chunks, ushort[] Lows, int[] Owners) IPv4(List<(UInt128 First, int Owner)> ranges)
    {
        var chunks = new int[UpperHalves + 1];
        var lows = new List<ushort>(ranges.Count + UpperHalves);
        var owners = new List<int>(ranges.Count + UpperHalves);
        var (next, owner) = (0, None);
        for (var upper = 0; upper < UpperHalves; upper++)
        {
            chunks[upper] = lows.Count;
            var begin = FirstIPv4 + ((UInt128)upper << 16);
            for (; next < ranges.Count && ranges[next].First <= begin; next++)
                owner = ranges[next].Owner;
            lows.Add(0);
            owners.Add(owner);
            for (; next < ranges.Count && ranges[next].First <= begin + ushort.MaxValue; next++)
            {
                owner = ranges[next].Owner;
                lows.Add((ushort)ranges[next].First);
                owners.Add(owner);
            }
        }

        chunks[UpperHalves] = lows.Count;
        return (chunks, [.. lows], [.. owners]);
    }
}
