namespace Mailreeve.Protocols.Netlink;

/// <summary>One thing that a table of nf_tables is made of: a set, a chain, a rule. Made with the methods here, compared with what the kernel tells.</summary>
public sealed class NftPart
{
    private readonly byte[] attributes;

    internal NftPart(NftKind kind, string name, ReadOnlySpan<byte> attributes)
    {
        (Kind, Name) = (kind, name);
        this.attributes = attributes.ToArray();
    }

    /// <summary>What it is.</summary>
    public NftKind Kind { get; }

    /// <summary>The set's or the chain's name; a rule's is that of its chain.</summary>
    public string Name { get; }

    /// <summary>Whether the kernel's word about a thing says what was said when this was made.</summary>
    /// <param name="told">The body of the kernel's message, without the four octets before its attributes.</param>
    public bool IsTold(NetlinkAttributes told) => told.Contain(new NetlinkAttributes(attributes));

    /// <summary>A set.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">Its name.</param>
    /// <param name="keyType">How <c>nft list</c> shows its elements.</param>
    /// <param name="flags">What its elements are.</param>
    public static NftPart Set(string table, string name, NftKeyType keyType, NftSetFlags flags)
    {
        var writer = new NetlinkWriter();
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.SetName, name);
        if (flags != NftSetFlags.None)
            writer.Put(Nft.SetFlags, (uint)flags);
        writer.Put(Nft.SetKeyType, (uint)keyType);
        writer.Put(Nft.SetKeyLength, keyType switch
        {
            NftKeyType.Protocol => 1u,
            NftKeyType.IPv4 => 4,
            _ => 16,
        });
        return new NftPart(NftKind.Set, name, writer.Written.Span);
    }

    /// <summary>A chain that rules of others jump to.</summary>
    public static NftPart Chain(string table, string name)
    {
        var writer = new NetlinkWriter();
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.ChainName, name);
        return new NftPart(NftKind.Chain, name, writer.Written.Span);
    }

    /// <summary>A chain that packets come to by themselves; what it does not decide passes.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">Its name.</param>
    /// <param name="hook">Where on their way.</param>
    /// <param name="priority">Before which others; -300 is before the tracking of connections.</param>
    public static NftPart Chain(string table, string name, NftHook hook, int priority)
    {
        var writer = new NetlinkWriter();
        writer.Put(Nft.TableName, table);
        writer.Put(Nft.ChainName, name);
        var nest = writer.BeginNest(Nft.ChainHook);
        writer.Put(Nft.HookNumber, (uint)hook);
        writer.Put(Nft.HookPriority, unchecked((uint)priority));
        writer.EndNest(nest);
        writer.Put(Nft.ChainPolicy, (uint)NftVerdict.Accept);
        writer.Put(Nft.ChainType, "filter");
        return new NftPart(NftKind.Chain, name, writer.Written.Span);
    }

    internal void Write(NetlinkWriter writer) => writer.PutRaw(attributes);
}

/// <summary>What an <see cref="NftPart"/> is.</summary>
public enum NftKind
{
    /// <summary>A set of addresses.</summary>
    Set,

    /// <summary>A list of rules.</summary>
    Chain,

    /// <summary>A rule.</summary>
    Rule,
}

/// <summary>What a set's elements are, as numbered by nft(8).</summary>
public enum NftKeyType
{
    /// <summary>A protocol family: 2 or 10.</summary>
    Protocol = 2,

    /// <summary>An IPv4 address.</summary>
    IPv4 = 7,

    /// <summary>An IPv6 address.</summary>
    IPv6 = 8,
}

/// <summary>How a set's elements are kept.</summary>
[Flags]
public enum NftSetFlags
{
    /// <summary>In a hash table.</summary>
    None = 0,

    /// <summary>As ranges, in order.</summary>
    Interval = 4,

    /// <summary>They may end by themselves.</summary>
    Timeout = 0x10,
}

/// <summary>Where on its way a packet comes to a chain.</summary>
public enum NftHook
{
    /// <summary>As it arrives.</summary>
    PreRouting = 0,

    /// <summary>As a process of this machine sends it.</summary>
    LocalOut = 3,
}

/// <summary>What becomes of a packet.</summary>
public enum NftVerdict
{
    /// <summary>Gone.</summary>
    Drop = 0,

    /// <summary>It passes this table.</summary>
    Accept = 1,

    /// <summary>Another chain is asked, and what it does not decide comes back.</summary>
    Jump = -3,
}
