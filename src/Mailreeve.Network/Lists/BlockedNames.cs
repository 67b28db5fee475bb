using System.Collections.Frozen;
using Mailreeve.Protocols.Dns;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Lists;

/// <summary>The blocked names of the live view as a zone, of which resolvers take a copy. Each state of it has a serial of its own.</summary>
/// <param name="views">Has the names.</param>
/// <param name="head">What the zone says about itself.</param>
/// <remarks>A state is made when it is asked for and another one is due: names have changed, or one of them has begun or ended.</remarks>
public sealed class BlockedNames(LiveViews views, DnsZoneHead head)
{
    private readonly Lock making = new();
    private IReadOnlyList<NameBlockRow> seen = [];
    private BlockedNamesZone? zone;
    private Instant turn;

    /// <summary>The zone as it is at a moment.</summary>
    public BlockedNamesZone At(Instant now)
    {
        lock (making)
        {
            var names = views.Names;
            if (zone is not null && ReferenceEquals(names, seen) && now < turn)
                return zone;
            seen = names;
            turn = names.SelectMany(n => new[] { n.StartsAt, n.ExpiresAt }).Where(t => t > now).DefaultIfEmpty(Instant.MaxValue).Min();
            var inForce = names.Where(n => n.IsInForce(now)).Select(n => n.Name).ToList();
            // What changes nothing for others is no other state. The time makes it later than any before a restart.
            if (zone is null || !zone.Names.SequenceEqual(inForce))
                zone = new BlockedNamesZone(head, Math.Max((zone?.Serial ?? 0) + 1, (uint)now.ToUnixTimeSeconds()), inForce);
            return zone;
        }
    }
}

/// <summary>One state of the zone of blocked names: a response policy zone, in which a name and all below it are said not to exist. Immutable.</summary>
public sealed class BlockedNamesZone
{
    private readonly FrozenSet<string> blocked;
    private readonly FrozenSet<string> above;

    /// <summary>Of these names, in order.</summary>
    public BlockedNamesZone(DnsZoneHead head, uint serial, IReadOnlyList<string> names)
    {
        (Head, Serial, Names) = (head, serial, names);
        blocked = names.ToFrozenSet(StringComparer.Ordinal);
        above = names.SelectMany(Parents).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>What it says about itself.</summary>
    public DnsZoneHead Head { get; }

    /// <summary>Its number.</summary>
    public uint Serial { get; }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether a name is blocked: it, or one above it.</summary>
    public bool IsBlocked(string name) => blocked.Contains(name) || Parents(name).Any(blocked.Contains);

    /// <summary>Whether names below it are blocked, so that it exists.</summary>
    public bool IsAbove(string name) => above.Contains(name);

    private static IEnumerable<string> Parents(string name)
    {
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
            yield return name[(dot + 1)..];
    }
}
