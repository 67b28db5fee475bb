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
/// An IPv4 address is looked up by its upper 16 bits, then by the third octet, then by the last, each only where prefixes end within: three
/// reads and hardly an instruction between them, so that a processor has many look-ups on their way at once. A table takes 1 KiB for each /16
/// and each /24 that is divided. That is half a gigabyte for a million prefixes strewn over the whole space by chance, and four megabytes for
/// a million addresses side by side.
/// </remarks>
public sealed class AddressMap<T>
{
    private const int None = -1;
    private const int Halves = 1 << 16;

    private static readonly UInt128 FirstIPv4 = Address.Parse("0.0.0.0").Bits;
    private static readonly UInt128 LastIPv4 = Address.Parse("255.255.255.255").Bits;

    // Distinct prefixes in the order of their addresses, the wider ones first; the one around each; and what they carry.
    private readonly Prefix[] prefixes;
    private readonly int[] around;
    private readonly T[][] values;

    // IPv4: a table of 2^16 entries, and tables of 2^8 behind it. An entry is a prefix and one more, nothing (0), or, below zero, the
    // distance of the next table from the beginning.
    private readonly int[] tables = [];

    // The whole space, for the rest.
    private readonly UInt128[] firsts;
    private readonly int[] ownersOfAll;

    private AddressMap(Prefix[] prefixes, T[][] values)
    {
        (this.prefixes, this.values) = (prefixes, values);
        around = new int[prefixes.Length];
        var ranges = Ranges(prefixes, around);
        if (prefixes.Any(p => p.IsIPv4))
            tables = IPv4(ranges);
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
        if (!address.IsIPv4 || tables.Length == 0)
            return FindAnywhere(address.Bits);
        var bits = (uint)address.Bits;
        ref var first = ref MemoryMarshal.GetArrayDataReference(tables);
        var entry = Unsafe.Add(ref first, (nint)(bits >> 16));
        if (entry < 0)
            entry = Unsafe.Add(ref first, (nint)((uint)-entry + ((bits >> 8) & 0xFF)));
        if (entry < 0)
            entry = Unsafe.Add(ref first, (nint)((uint)-entry + (bits & 0xFF)));
        return entry - 1;
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

    private static int[] IPv4(List<(UInt128 First, int Owner)> ranges)
    {
        var tables = new List<int>(2 * Halves);
        CollectionsMarshal.SetCount(tables, Halves);
        CollectionsMarshal.AsSpan(tables).Clear();
        for (var i = 0; i < ranges.Count; i++)
        {
            var (first, owner) = ranges[i];
            var end = i + 1 < ranges.Count ? ranges[i + 1].First : UInt128.MaxValue;
            if (owner != None && first <= LastIPv4 && end > FirstIPv4)
                Fill(tables, 0, 16, first <= FirstIPv4 ? 0 : (long)(first - FirstIPv4), end > LastIPv4 ? 1L << 32 : (long)(end - FirstIPv4), owner + 1);
        }

        return [.. tables];
    }

    // Sets the entries of a table from the first address up to the end; what is only a part of an entry goes to the table behind it.
    private static void Fill(List<int> tables, int table, int shift, long from, long end, int value)
    {
        while (from < end)
        {
            var size = 1L << shift;
            var place = table + (int)((from >> shift) & (table == 0 ? Halves - 1 : 0xFF));
            var next = Math.Min((from | (size - 1)) + 1, end);
            if (next - from == size)
            {
                tables[place] = value;
            }
            else
            {
                if (tables[place] >= 0)
                    tables[place] = -Begin(tables, tables[place]);
                Fill(tables, -tables[place], shift - 8, from, next, value);
            }

            from = next;
        }
    }

    private static int Begin(List<int> tables, int value)
    {
        var at = tables.Count;
        CollectionsMarshal.SetCount(tables, at + 256);
        CollectionsMarshal.AsSpan(tables)[at..].Fill(value);
        return at;
    }
}
