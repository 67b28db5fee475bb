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
/// An IPv4 address is looked up in a table by its upper 24 bits, and in one of its fourth octet where something begins within: few instructions, so
/// that a processor waits for the memory of many at once. Only the /8 in which something is have a table, of 256 KiB each.
/// </remarks>
public sealed class AddressMap<T>
{
    private const int None = -1;
    private const int Networks8 = 1 << 8;
    private const int Networks24 = 1 << 16;

    private static readonly Prefix AllIPv4 = Prefix.Parse("0.0.0.0/0");
    private static readonly UInt128 FirstIPv4 = AllIPv4.First.Bits;
    private static readonly int[] Nothing = TableOf(None);
    private static readonly int[][] NothingAnywhere = [.. Enumerable.Repeat(Nothing, Networks8)];

    // Distinct prefixes in the order of their addresses, the wider ones first; the one around each; and what they carry: the values of each stand
    // side by side, from where the first of them is.
    private readonly Prefix[] prefixes;
    private readonly int[] around;
    private readonly T[] values;
    private readonly int[] firstValues;

    // IPv4: for each /8 the entries of its /24, and those of the fourth octets that entries lead to.
    private readonly int[][] tables = NothingAnywhere;
    private readonly AddressSteps steps = AddressSteps.None;

    // The whole space, for the rest.
    private readonly UInt128[] firsts;
    private readonly int[] ownersOfAll;

    private AddressMap(Prefix[] prefixes, T[] values, int[] firstValues)
    {
        (this.prefixes, this.values, this.firstValues) = (prefixes, values, firstValues);
        around = new int[prefixes.Length];
        var ranges = Ranges(prefixes, around);
        if (prefixes.Any(AllIPv4.Overlaps))
            (tables, steps) = new TableBuilder(ranges).Build();
        firsts = [.. ranges.Select(r => r.First)];
        ownersOfAll = [.. ranges.Select(r => r.Owner)];
    }

    /// <summary>The map with these entries; values of one prefix keep their order.</summary>
    public static AddressMap<T> From(IEnumerable<(Prefix Prefix, T Value)> entries)
    {
        var groups = entries.GroupBy(e => e.Prefix, e => e.Value).OrderBy(g => g.Key.First).ThenBy(g => g.Key.Length).ToList();
        var values = new List<T>(groups.Count);
        var firstValues = new int[groups.Count + 1];
        for (var i = 0; i < groups.Count; i++)
        {
            values.AddRange(groups[i]);
            firstValues[i + 1] = values.Count;
        }

        return new AddressMap<T>([.. groups.Select(g => g.Key)], [.. values], firstValues);
    }

    /// <summary>Everything that covers the address, most specific first.</summary>
    public IEnumerable<T> Covering(Address address)
    {
        for (var at = Find(address); at != None; at = around[at])
        {
            for (var i = firstValues[at]; i < firstValues[at + 1]; i++)
                yield return values[i];
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
            foreach (var value in values.AsSpan(firstValues[at]..firstValues[at + 1]))
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
                for (var i = firstValues[at]; i < firstValues[at + 1]; i++)
                    yield return values[i];
            }
        }

        for (var at = FirstIn(prefix); at < prefixes.Length && prefix.Contains(prefixes[at]); at++)
        {
            for (var i = firstValues[at]; i < firstValues[at + 1]; i++)
                yield return values[i];
        }
    }

    /// <summary>The most specific prefix that covers the address, as its index; below zero when there is none.</summary>
    internal int Find(Address address)
    {
        var bits = address.Bits;
        return address.IsIPv4 ? FindIPv4((uint)bits) : FindAnywhere(bits);
    }

    private int FindIPv4(uint bits)
    {
        var table = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(tables), (nint)(bits >> 24));
        var entry = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), (nint)(ushort)(bits >> 8));
        return AddressSteps.IsStep(entry) ? steps.Follow(entry, (byte)bits) : entry;
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

    private static int[] TableOf(int entry)
    {
        var table = new int[Networks24];
        Array.Fill(table, entry);
        return table;
    }

    // Goes through the ranges once.
    private sealed class TableBuilder(List<(UInt128 First, int Owner)> ranges)
    {
        private readonly AddressSteps.Builder steps = new();
        private int next;
        private int owner = None;

        // The last /8 that is all the same: another one with the same in it needs no table of its own.
        private (int Owner, int[] Table) whole = (None, Nothing);

        public (int[][] Tables, AddressSteps Steps) Build()
        {
            var tables = new int[Networks8][];
            for (var i = 0; i < Networks8; i++)
                tables[i] = TableFrom(FirstIPv4 + ((UInt128)i << 24));
            return (tables, steps.Build());
        }

        private int[] TableFrom(UInt128 begin)
        {
            Pass(begin);
            if (!BeginsBefore(begin + (1 << 24)))
                return (whole = whole.Owner == owner ? whole : (owner, TableOf(owner))).Table;
            var table = new int[Networks24];
            for (var at = 0; at < Networks24;)
            {
                var first = begin + ((UInt128)at << 8);
                Pass(first);
                var (entry, after) = BeginsBefore(first + (1 << 8)) ? (StepFrom(first), at + 1) : (owner, AtNext(begin, 8, Networks24));
                table.AsSpan(at..after).Fill(entry);
                at = after;
            }

            return table;
        }

        private int StepFrom(UInt128 begin)
        {
            Span<ulong> begins = stackalloc ulong[4];
            Span<int> found = stackalloc int[byte.MaxValue + 1];
            begins.Clear();
            var count = 0;
            for (var octet = 0; octet <= byte.MaxValue; octet = AtNext(begin, 0, byte.MaxValue + 1))
            {
                Pass(begin + (UInt128)octet);
                begins[octet >> 6] |= 1UL << octet;
                found[count++] = owner;
            }

            return steps.Add(begins, found[..count]);
        }

        private void Pass(UInt128 first)
        {
            for (; next < ranges.Count && ranges[next].First <= first; next++)
                owner = ranges[next].Owner;
        }

        private bool BeginsBefore(UInt128 end) => next < ranges.Count && ranges[next].First < end;

        // In which of so many networks the next range begins; their number when it does in none.
        private int AtNext(UInt128 begin, int bits, int count) =>
            BeginsBefore(begin + ((UInt128)count << bits)) ? (int)((ranges[next].First - begin) >> bits) : count;
    }
}
