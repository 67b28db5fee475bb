using System.Runtime.CompilerServices;

namespace Mailreeve.Network.Lists;

/// <summary>Listings of prefixes of one length, by their first address: a table in one piece, found in one or two reads. Several may have one key.</summary>
/// <typeparam name="TKey">32 or 128 bits.</typeparam>
internal sealed class ListingTable<TKey>
    where TKey : unmanaged, IEquatable<TKey>
{
    private const int SlotsMin = 8;

    private readonly Slot[] slots;
    private readonly int capacity;

    /// <summary>With room for as many. Two slots of five stay free: what is not there is known after three or four.</summary>
    public ListingTable(int capacity)
    {
        this.capacity = Math.Max(SlotsMin, capacity);
        slots = new Slot[(int)(this.capacity * 5L / 3)];
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one more would make it slow.</summary>
    public bool IsFull => Count >= capacity;

    /// <summary>The same with room for half as many again.</summary>
    public ListingTable<TKey> Grown()
    {
        var grown = new ListingTable<TKey>(Count + (Count / 2) + SlotsMin);
        foreach (var slot in slots)
        {
            if (slot.Listing.Reason != 0)
                grown.Add(slot.Key, slot.Listing);
        }

        return grown;
    }

    /// <summary>Adds one; the table must not be full.</summary>
    public void Add(TKey key, Listing listing)
    {
        var at = Home(key);
        while (slots[at].Listing.Reason != 0)
            at = Next(at);
        slots[at] = new Slot { Key = key, Listing = listing };
        Count++;
    }

    /// <summary>Removes one, or nothing when there is none that is the same.</summary>
    public void Remove(TKey key, Listing listing)
    {
        var gap = Home(key);
        while (!(slots[gap].Key.Equals(key) && slots[gap].Listing == listing))
        {
            if (slots[gap].Listing.Reason == 0)
                return;
            gap = Next(gap);
        }

        // What came later and was pushed past the gap moves up, so that there need be no mark where something was.
        for (var at = Next(gap); slots[at].Listing.Reason != 0; at = Next(at))
        {
            var home = Home(slots[at].Key);
            if (gap <= at ? gap < home && home <= at : gap < home || home <= at)
                continue;
            slots[gap] = slots[at];
            gap = at;
        }

        slots[gap] = default;
        Count--;
    }

    /// <summary>Adds to <paramref name="found"/> those of a key that are in force.</summary>
    /// <returns>How many there are in it now.</returns>
    public int Find(TKey key, uint seconds, Span<Listing> found, int have)
    {
        for (var at = Home(key); slots[at].Listing.Reason != 0 && have < found.Length; at = Next(at))
        {
            ref readonly var slot = ref slots[at];
            if (slot.Key.Equals(key) && slot.Listing.From <= seconds && seconds < slot.Listing.Until)
                found[have++] = slot.Listing;
        }

        return have;
    }

    private int Next(int at) => at + 1 == slots.Length ? 0 : at + 1;

    // Neighbours must not lie side by side, or networks that are listed address by address would be one long row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(TKey key)
    {
        uint hash;
        if (typeof(TKey) == typeof(uint))
        {
            hash = Unsafe.BitCast<TKey, uint>(key) * 0x9E37_79B1;
        }
        else
        {
            var bits = Unsafe.BitCast<TKey, UInt128>(key);
            var mixed = ((ulong)(bits >> 64) * 0x9E37_79B9_7F4A_7C15) ^ (ulong)bits;
            hash = (uint)((mixed * 0xD6E8_FEB8_6659_FD93) >> 32);
        }

        return (int)(((ulong)hash * (uint)slots.Length) >> 32);
    }

    private struct Slot
    {
        public TKey Key;
        public Listing Listing;
    }
}
