using System.Buffers.Binary;
using System.Globalization;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Netlink;

/// <summary>
/// Changes of nf_tables that the kernel takes all together or not at all. Packets see what was before or what is after, nothing between. The
/// table is of the family <c>inet</c>.
/// </summary>
public sealed class NftBatch
{
    // 64 KiB less what one more element takes.
    private const int ListOctetsMax = 60_000;

    private readonly NetlinkWriter writer = new();
    private readonly string table;
    private uint sequence;
    private uint sets;

    /// <summary>Begins one.</summary>
    /// <param name="table">The table that is changed.</param>
    /// <param name="sequence">The number of its first message; the others count on.</param>
    public NftBatch(string table, uint sequence)
    {
        (this.table, First) = (table, sequence);
        this.sequence = sequence;
        Edge(Nft.BatchBegin);
    }

    /// <summary>The number of its first message. An error about it means that the whole was refused unread.</summary>
    public uint First { get; }

    /// <summary>The number of the last change: the kernel's answer to it is the last one.</summary>
    public uint Last => sequence - 1;

    /// <summary>Whether nothing changes.</summary>
    public bool IsEmpty => Last == First;

    /// <summary>Ends it.</summary>
    /// <returns>What to send in one piece. The kernel answers to the last change once all are in force, and to each that is wrong.</returns>
    public ReadOnlyMemory<byte> Finish()
    {
        writer.AddFlagsToLast(NetlinkFlags.Ack);
        var last = sequence;
        Edge(Nft.BatchEnd);
        sequence = last;
        return writer.Written;
    }

    /// <summary>Makes the table anew: what was in it is gone, whether or not there was one.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <param name="roomOf">For how many elements the kernel makes room in a set at once; further ones it refuses. 0: it makes room as they come, which takes longer.</param>
    public void ReplaceTable(IEnumerable<NftPart> parts, Func<NftPart, uint> roomOf)
    {
        Table(Nft.NewTable, NetlinkFlags.Create);
        Table(Nft.DeleteTable, NetlinkFlags.None);
        Table(Nft.NewTable, NetlinkFlags.Create);
        foreach (var part in parts)
            Add(part, part.Kind == NftKind.Set ? roomOf(part) : 0);
    }

    /// <summary>Removes the table. That it is there must be known.</summary>
    public void DeleteTable() => Table(Nft.DeleteTable, NetlinkFlags.None);

    /// <summary>Adds single addresses to a set, or removes them.</summary>
    /// <remarks>To add one that is there changes nothing; to remove one that is not there is wrong.</remarks>
    public void Singles(bool add, string set, IEnumerable<Address> addresses)
    {
        using var list = new ElementList(this, add, set);
        Span<byte> key = stackalloc byte[16];
        foreach (var address in addresses)
            list.Put(KeyOf(address.Bits, address.IsIPv4, key), isEnd: false, timeout: 0);
    }

    /// <summary>Adds prefixes to a set of ranges, or removes them.</summary>
    public void Ranges(bool add, string set, IEnumerable<Prefix> prefixes)
    {
        using var list = new ElementList(this, add, set);
        Span<byte> key = stackalloc byte[16];
        foreach (var prefix in prefixes)
        {
            list.Put(KeyOf(prefix.First.Bits, prefix.IsIPv4, key), isEnd: false, timeout: 0);
            // The end is the first address behind the range. Behind the last of all there is none.
            if (KeyOf(prefix.Last.Bits, prefix.IsIPv4, key).ContainsAnyExcept((byte)0xFF))
                list.Put(KeyOf(prefix.Last.Bits + 1, prefix.IsIPv4, key), isEnd: true, timeout: 0);
        }
    }

    /// <summary>Makes protocol families elements of a set for a time; those that were there get the new time.</summary>
    /// <param name="set">The set.</param>
    /// <param name="families">2 or 10.</param>
    /// <param name="known">Whether they are there: an old kernel renews no time, so they are removed first.</param>
    /// <param name="milliseconds">How long.</param>
    public void Families(string set, IReadOnlyList<byte> families, bool known, ulong milliseconds)
    {
        if (known)
        {
            using var removed = new ElementList(this, add: false, set);
            foreach (var family in families)
                removed.Put([family], isEnd: false, timeout: 0);
        }

        using var list = new ElementList(this, add: true, set);
        foreach (var family in families)
            list.Put([family], isEnd: false, milliseconds);
    }

    private static ReadOnlySpan<byte> KeyOf(UInt128 bits, bool isIPv4, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt128BigEndian(into, bits);
        return isIPv4 ? into[12..] : into;
    }

    private void Edge(ushort type)
    {
        writer.Begin(type, NetlinkFlags.Request, sequence++);
        writer.PutRaw([0, 0, 0, Nft.Subsystem]);
        writer.End();
    }

    private void Table(ushort kind, NetlinkFlags flags)
    {
        Begin(kind, flags);
        writer.Put(Nft.TableName, table);
        writer.End();
    }

    private void Add(NftPart part, uint room)
    {
        var (kind, flags) = part.Kind switch
        {
            NftKind.Set => (Nft.NewSet, NetlinkFlags.Create),
            NftKind.Chain => (Nft.NewChain, NetlinkFlags.Create),
            _ => (Nft.NewRule, NetlinkFlags.Create | NetlinkFlags.Append),
        };
        Begin(kind, flags);
        part.Write(writer);
        if (room > 0)
        {
            var nest = writer.BeginNest(Nft.SetDescription);
            writer.Put(Nft.DescriptionSize, room);
            writer.EndNest(nest);
        }

        if (part.Kind == NftKind.Set)
            writer.Put(Nft.SetId, ++sets);
        writer.End();
    }

    private void Begin(ushort kind, NetlinkFlags flags)
    {
        writer.Begin(Nft.Type(kind), NetlinkFlags.Request | flags, sequence++);
        writer.PutRaw([Nft.FamilyInet, 0, 0, 0]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Last - First} changes of {table}, {writer.Written.Length} octets");

    // Elements of one set, in as many messages as it takes: an attribute is 64 KiB at most.
    private sealed class ElementList(NftBatch batch, bool add, string set) : IDisposable
    {
        private int nest = -1;

        public void Put(ReadOnlySpan<byte> key, bool isEnd, ulong timeout)
        {
            var writer = batch.writer;
            if (nest < 0)
            {
                batch.Begin(add ? Nft.NewElement : Nft.DeleteElement, add ? NetlinkFlags.Create : NetlinkFlags.None);
                writer.Put(Nft.TableName, batch.table);
                writer.Put(Nft.ElementsSet, set);
                nest = writer.BeginNest(Nft.ElementsList);
            }

            NftQuery.PutElement(writer, key, isEnd, timeout);
            if (writer.LengthSince(nest) > ListOctetsMax)
                Dispose();
        }

        public void Dispose()
        {
            if (nest < 0)
                return;
            batch.writer.EndNest(nest);
            batch.writer.End();
            nest = -1;
        }
    }
}
