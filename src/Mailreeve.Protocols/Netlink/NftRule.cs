using System.Buffers.Binary;

namespace Mailreeve.Protocols.Netlink;

/// <summary>A rule, written from left to right as nft(8) would show it. Each match compares; the rule ends with what becomes of the packet.</summary>
public sealed class NftRule
{
    private const uint Register = 1;
    private const uint NetworkHeader = 1;
    private const uint TransportHeader = 2;
    private const uint ProtocolFamily = 15;
    private const uint TransportProtocol = 16;

    private readonly NetlinkWriter writer = new();
    private readonly string chain;
    private readonly int list;

    /// <summary>A rule of a chain.</summary>
    public NftRule(string table, string chain)
    {
        this.chain = chain;
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.RuleChain, chain);
        list = writer.BeginNest(Nft.RuleExpressions);
    }

    /// <summary><c>meta nfproto</c> is this: 2 for IPv4, 10 for IPv6.</summary>
    public NftRule Family(byte family) => Meta(ProtocolFamily).Equal([family]);

    /// <summary><c>meta nfproto != @set</c></summary>
    public NftRule FamilyNotIn(string set) => Meta(ProtocolFamily).Lookup(set, invert: true);

    /// <summary><c>tcp dport</c></summary>
    public NftRule TcpTo(ushort port)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, port);
        return Meta(TransportProtocol).Equal([6]).Payload(TransportHeader, 2, 2).Equal(octets);
    }

    /// <summary><c>ip saddr @set</c>, or <c>ip6 saddr</c>; the packet's family must have been compared before.</summary>
    public NftRule From(bool isIPv4, string set) => Payload(NetworkHeader, isIPv4 ? 12u : 8, isIPv4 ? 4u : 16).Lookup(set, invert: false);

    /// <summary><c>ip daddr @set</c>, or <c>ip6 daddr</c>; the packet's family must have been compared before.</summary>
    public NftRule To(bool isIPv4, string set) => Payload(NetworkHeader, isIPv4 ? 16u : 24, isIPv4 ? 4u : 16).Lookup(set, invert: false);

    /// <summary>Ends the rule.</summary>
    /// <param name="verdict">What becomes of a packet that fits.</param>
    /// <param name="other">The chain to jump to.</param>
    public NftPart Then(NftVerdict verdict, string? other = null)
    {
        Expression("immediate", () =>
        {
            writer.Put(1, 0u);
            var data = writer.BeginNest(2);
            var nest = writer.BeginNest(Nft.DataVerdict);
            writer.Put(Nft.VerdictCode, unchecked((uint)verdict));
            if (other is not null)
                writer.Put(Nft.VerdictChain, other);
            writer.EndNest(nest);
            writer.EndNest(data);
        });
        writer.EndNest(list);
        return new NftPart(NftKind.Rule, chain, writer.Written.Span);
    }

    private NftRule Meta(uint key) => Expression("meta", () =>
    {
        writer.Put(1, Register);
        writer.Put(2, key);
    });

    private NftRule Payload(uint header, uint offset, uint length) => Expression("payload", () =>
    {
        writer.Put(1, Register);
        writer.Put(2, header);
        writer.Put(3, offset);
        writer.Put(4, length);
    });

    private NftRule Equal(ReadOnlySpan<byte> value)
    {
        var octets = value.ToArray();
        return Expression("cmp", () =>
        {
            writer.Put(1, Register);
            writer.Put(2, 0u);
            var data = writer.BeginNest(3);
            writer.Put(Nft.DataValue, octets);
            writer.EndNest(data);
        });
    }

    private NftRule Lookup(string set, bool invert) => Expression("lookup", () =>
    {
        writer.Put(1, set);
        writer.Put(2, Register);
        writer.Put(5, invert ? 1u : 0);
    });

    private NftRule Expression(string name, Action put)
    {
        var item = writer.BeginNest(Nft.ListItem);
        writer.Put(Nft.ExpressionName, name);
        var data = writer.BeginNest(Nft.ExpressionData);
        put();
        writer.EndNest(data);
        writer.EndNest(item);
        return this;
    }
}
