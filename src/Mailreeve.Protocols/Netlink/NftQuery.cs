using System.Buffers.Binary;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Netlink;

/// <summary>Questions about a table of the family <c>inet</c>, one message each.</summary>
public static class NftQuery
{
    /// <summary>All things of a kind: sets, chains or rules. Those of other tables may be among the answers.</summary>
    public static ReadOnlyMemory<byte> All(NftKind kind, string table, uint sequence)
    {
        var writer = Begin(
            kind switch
            {
                NftKind.Set => Nft.GetSet,
                NftKind.Chain => Nft.GetChain,
                _ => Nft.GetRule,
            }, NetlinkFlags.Dump, sequence);
        // A kernel that does not look at it here tells about all tables.
        if (kind != NftKind.Chain)
            writer.Put(Nft.TableName, table);
        writer.End();
        return writer.Written;
    }

    /// <summary>All elements of a set.</summary>
    public static ReadOnlyMemory<byte> Elements(string table, string set, uint sequence)
    {
        var writer = Begin(Nft.GetElement, NetlinkFlags.Dump, sequence);
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.ElementsSet, set);
        writer.End();
        return writer.Written;
    }

    /// <summary>One address in a set of single addresses: the answer is the element, or the error 2, that there is none.</summary>
    public static ReadOnlyMemory<byte> Single(string table, string set, Address address, uint sequence)
    {
        var writer = Begin(Nft.GetElement, NetlinkFlags.Ack, sequence);
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.ElementsSet, set);
        var nest = writer.BeginNest(Nft.ElementsList);
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, address.Bits);
        PutElement(writer, address.IsIPv4 ? key[12..] : key, isEnd: false, timeout: 0);
        writer.EndNest(nest);
        writer.End();
        return writer.Written;
    }

    internal static void PutElement(NetlinkWriter writer, ReadOnlySpan<byte> key, bool isEnd, ulong timeout)
    {
        var item = writer.BeginNest(Nft.ListItem);
        var value = writer.BeginNest(Nft.ElementKey);
        writer.Put(Nft.DataValue, key);
        writer.EndNest(value);
        if (isEnd)
            writer.Put(Nft.ElementFlags, Nft.IntervalEnd);
        if (timeout > 0)
            writer.Put(Nft.ElementTimeout, timeout);
        writer.EndNest(item);
    }

    private static NetlinkWriter Begin(ushort kind, NetlinkFlags flags, uint sequence)
    {
        var writer = new NetlinkWriter();
        writer.Begin(Nft.Type(kind), NetlinkFlags.Request | flags, sequence);
        writer.PutRaw([Nft.FamilyInet, 0, 0, 0]);
        return writer;
    }
}
