using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Attribution;

/// <summary>
/// A translator that gives each inside address ports by arithmetic, so that nothing need be logged (RFC 7422 §2): the users of one outside
/// address have blocks of equal size, one after the other, above the reserved ports; what is above the blocks is given out on demand.
/// </summary>
public sealed record DeterministicNat
{
    /// <summary>Ports in all.</summary>
    private const int Ports = 65_536;

    /// <summary>Who is translated.</summary>
    public required Prefix Inside { get; init; }

    /// <summary>The addresses they are seen with, in order.</summary>
    public required IReadOnlyList<Prefix> Outside { get; init; }

    /// <summary>Lowest ports, which nobody gets. 0–65,535; 1024 is usual.</summary>
    public long Reserved { get; init; } = 1024;

    /// <summary>Users of one outside address (the compression ratio), 1 or more.</summary>
    public required long Compression { get; init; }

    /// <summary>How many blocks' worth of ports is given out on demand, and logged; 0 for none.</summary>
    public long Dynamic { get; init; }

    /// <summary>Ports of one user.</summary>
    public long PortsPerUser => (Ports - Reserved) / (Compression + Dynamic);

    /// <summary>What is wrong with it, as key and reason; empty when nothing is.</summary>
    public IEnumerable<(string Key, string Reason)> Problems()
    {
        if (Reserved is < 0 or >= Ports)
            yield return ("reserved-ports", $"{Reserved} is no number of ports that leaves any.");
        else if (Compression < 1 || Dynamic < 0 || Compression + Dynamic > Ports || PortsPerUser < 1)
            yield return ("users-per-address", $"{Compression} users and {Dynamic} shares on demand do not divide {Ports - Reserved} ports.");
        else if (!Inside.IsIPv4 || Outside.Any(o => !o.IsIPv4))
            yield return ("inside", "Ports are shared in IPv4 only.");
        else if (Outside.Aggregate(0UL, (sum, o) => sum + o.Count) * (ulong)Compression < Inside.Count)
            yield return ("outside", $"With {Compression} users for each address, {Inside} does not fit behind them.");
    }

    /// <summary>Who had a port of an outside address; null when the address is not one of these.</summary>
    public NatMapping? Find(Address outside, int? port)
    {
        if (IndexOf(outside) is not { } index)
            return null;
        if (port is not { } p)
            return new NatMapping.NoPort();
        if (p < Reserved)
            return new NatMapping.Nobody();
        var block = (p - Reserved) / PortsPerUser;
        if (block >= Compression)
            return block < Compression + Dynamic ? new NatMapping.OnDemand() : new NatMapping.Nobody();
        var user = (index * (UInt128)Compression) + (UInt128)block;
        if (user >= Inside.Count)
            return new NatMapping.Nobody();
        var first = Reserved + (block * PortsPerUser);
        return new NatMapping.Mapped(new Address(Inside.First.Bits + user), first, first + PortsPerUser - 1);
    }

    private UInt128? IndexOf(Address outside)
    {
        UInt128 before = 0;
        foreach (var prefix in Outside)
        {
            if (prefix.Contains(outside))
                return before + outside.Bits - prefix.First.Bits;
            before += prefix.Count;
        }

        return null;
    }
}

/// <summary>What a deterministic translator says about a port.</summary>
public abstract record NatMapping
{
    private NatMapping()
    {
    }

    /// <summary>It was this inside address.</summary>
    /// <param name="Inside">The inside address.</param>
    /// <param name="FirstPort">Its lowest port.</param>
    /// <param name="LastPort">Its highest port.</param>
    public sealed record Mapped(Address Inside, long FirstPort, long LastPort) : NatMapping;

    /// <summary>It is given out on demand: the log has it, or nobody knows.</summary>
    public sealed record OnDemand : NatMapping;

    /// <summary>Nobody gets this port.</summary>
    public sealed record Nobody : NatMapping;

    /// <summary>Without a port it may be any who share the address.</summary>
    public sealed record NoPort : NatMapping;
}
