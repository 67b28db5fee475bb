using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Lists;

/// <summary>
/// Listings of addresses and prefixes, in so little memory that a million are few, and found in less time than the kernel takes to hand
/// over a datagram. One changes it, any number read.
/// </summary>
/// <remarks>
/// Whoever reads holds <see cref="Gate"/>, for a batch of questions at once. A change holds it for as long as one entry takes; a table that has
/// become too small is made anew beside the old one, which serves meanwhile.
/// </remarks>
public sealed class ListingIndex
{
    private readonly ListingTable<uint>?[] ipv4 = new ListingTable<uint>?[33];
    private readonly ListingTable<UInt128>?[] ipv6 = new ListingTable<UInt128>?[129];
    private int[] lengths4 = [];
    private int[] lengths6 = [];

    /// <summary>With room for as many single addresses of IPv4.</summary>
    public ListingIndex(int singles)
    {
        if (singles > 0)
            (ipv4[32], lengths4) = (new ListingTable<uint>(singles), [32]);
    }

    /// <summary>Held by whoever reads.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Listings in it, of any time.</summary>
    public long Count => ipv4.Sum(t => (long)(t?.Count ?? 0)) + ipv6.Sum(t => (long)(t?.Count ?? 0));

    /// <summary>Lists a prefix. Only one may change the index at a time.</summary>
    public void Add(Prefix prefix, Listing listing)
    {
        if (prefix.IsIPv4)
            Add(ipv4, ref lengths4, prefix.Length - Prefix.MappedLength, (uint)prefix.First.Bits, listing);
        else
            Add(ipv6, ref lengths6, prefix.Length, prefix.First.Bits, listing);
    }

    /// <summary>Takes back what was added, with the same values. Only one may change the index at a time.</summary>
    public void Remove(Prefix prefix, Listing listing)
    {
        lock (Gate)
        {
            if (prefix.IsIPv4)
                ipv4[prefix.Length - Prefix.MappedLength]?.Remove((uint)prefix.First.Bits, listing);
            else
                ipv6[prefix.Length]?.Remove(prefix.First.Bits, listing);
        }
    }

    /// <summary>What covers an address and is in force, the most specific first. The caller holds <see cref="Gate"/>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="seconds">The time, in seconds of Unix time.</param>
    /// <param name="found">Takes them; what does not fit is left out.</param>
    /// <returns>How many.</returns>
    public int Find(Address address, uint seconds, Span<Listing> found)
    {
        var have = 0;
        if (address.IsIPv4)
        {
            var bits = (uint)address.Bits;
            foreach (var length in lengths4)
                have = ipv4[length]!.Find(length == 0 ? 0 : bits & (uint.MaxValue << (32 - length)), seconds, found, have);
        }
        else
        {
            foreach (var length in lengths6)
                have = ipv6[length]!.Find(new Prefix(address, length).First.Bits, seconds, found, have);
        }

        return have;
    }

    private void Add<TKey>(ListingTable<TKey>?[] tables, ref int[] lengths, int length, TKey key, Listing listing)
        where TKey : unmanaged, IEquatable<TKey>
    {
        var table = tables[length];
        var next = table is null ? new ListingTable<TKey>(0) : table.IsFull ? table.Grown() : table;
        lock (Gate)
        {
            next.Add(key, listing);
            tables[length] = next;
            if (table is null)
                lengths = [.. lengths.Append(length).OrderDescending()];
        }
    }
}
