using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Enforcement.Bgp;

/// <summary>
/// A router that is told over BGP what to drop: by blackholes (RFC 7999), by flow specifications (RFC 8955), or by both. What it does with that it
/// does not say, so a block is never more than announced.
/// </summary>
/// <remarks>
/// What is in force is what was announced in this session: with the session it begins and ends, and the next one announces everything anew,
/// followed by End-of-RIB. A program that is gone blocks for no longer than the peer keeps its routes (RFC 4724).
/// </remarks>
public sealed class BgpBackEnd : IBlockBackEnd
{
    private readonly BgpPeer peer;
    private readonly Lock announcing = new();
    private BgpSession session = null!;
    private BgpUpdates updates = null!;
    private HashSet<EnforcedElement>? announced;

    private BgpBackEnd(BgpPeer peer) => this.peer = peer;

    /// <inheritdoc/>
    public string Name => peer.Name;

    /// <inheritdoc/>
    public bool HoldsNever => false;

    /// <summary>Opens a session.</summary>
    /// <exception cref="EnforcementException">The peer does not answer, or not as it should.</exception>
    public static async Task<BgpBackEnd> OpenAsync(BgpPeer peer, CancellationToken stop)
    {
        var opened = new BgpBackEnd(peer);
        opened.session = await BgpSession.OpenAsync(peer, opened.AnnounceAgain, stop);
        opened.updates = new BgpUpdates
        {
            LocalAs = peer.LocalAs,
            IsInternal = peer.LocalAs == peer.RemoteAs,
            HasLongAs = opened.session.Theirs.HasLongAs,
            NextHop = peer.NextHop ?? default,
            NextHopIPv6 = peer.NextHopIPv6 ?? default,
            Communities = peer.BlackholeCommunities,
        };
        return opened;
    }

    /// <inheritdoc/>
    public BlockReach ReachOf(BlockTarget block)
    {
        var (prefix, isIPv4) = (block.Prefix, block.Prefix.IsIPv4);
        var bits = isIPv4 ? prefix.Length - Prefix.MappedLength : prefix.Length;
        var shortest = isIPv4 ? peer.ShortestIPv4 : peer.ShortestIPv6;
        if (bits < shortest)
            return BlockReach.None($"Prefixes shorter than /{shortest} are not announced to this router.");
        var (blackhole, flow) = (Takes(isIPv4 ? BgpFamily.UnicastIPv4 : BgpFamily.UnicastIPv6), Takes(isIPv4 ? BgpFamily.FlowIPv4 : BgpFamily.FlowIPv6));
        if (flow)
            return new BlockReach(EnforcementState.Announced, null);
        if (!blackhole)
            return BlockReach.None($"This router takes nothing of {(isIPv4 ? "IPv4" : "IPv6")}.");
        return block.Scope == BlockScope.All
            ? new BlockReach(EnforcementState.Announced, "drops what is sent to it; what it sends passes")
            : BlockReach.None("A blackhole drops everything, not port 25 alone.");
    }

    /// <inheritdoc/>
    public HashSet<EnforcedElement>? Read()
    {
        ThrowIfEnded();
        lock (announcing)
            return announced is null ? null : [.. announced];
    }

    /// <inheritdoc/>
    public bool TryApply(IReadOnlyCollection<EnforcedElement> removed, IReadOnlyCollection<EnforcedElement> added)
    {
        ThrowIfEnded();
        lock (announcing)
        {
            if (announced is null || !removed.All(announced.Contains))
                return false;
            session.Send(BgpUpdates.Withdraw(removed.SelectMany(RoutesOf)));
            session.Send(updates.Announce(added.SelectMany(RoutesOf)));
            announced.ExceptWith(removed);
            announced.UnionWith(added);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Replace(IReadOnlyCollection<EnforcedElement> elements)
    {
        ThrowIfEnded();
        lock (announcing)
        {
            var all = elements.ToHashSet();
            if (announced is not null)
                session.Send(BgpUpdates.Withdraw(announced.Where(e => !all.Contains(e)).SelectMany(RoutesOf)));
            session.Send(updates.Announce(all.SelectMany(RoutesOf)));
            session.Send(session.Families.Select(BgpUpdates.EndOfRib));
            announced = all;
        }
    }

    /// <inheritdoc/>
    public bool Has(EnforcedElement single)
    {
        ThrowIfEnded();
        lock (announcing)
            return announced?.Contains(single) == true;
    }

    /// <summary>Nothing to do: the peer knows how long it keeps routes without a session, and the session is kept by itself.</summary>
    public bool TryRenew(Duration lease) => !session.Ended.IsCompleted;

    /// <summary>Nobody but us changes what we announce. Fails when the session ends.</summary>
    /// <exception cref="EnforcementException">It has ended, for the reason told.</exception>
    public Task ForeignChangeAsync(CancellationToken stop) => session.Ended.WaitAsync(stop);

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private bool Takes(BgpFamily family) => session.Families.Contains(family);

    // A flow specification is dear to a router, a route is not: where both do the same, the route does it.
    private IEnumerable<BgpRoute> RoutesOf(EnforcedElement element)
    {
        var (prefix, isIPv4) = (element.Prefix, element.Prefix.IsIPv4);
        var (blackhole, flow) = (Takes(isIPv4 ? BgpFamily.UnicastIPv4 : BgpFamily.UnicastIPv6), Takes(isIPv4 ? BgpFamily.FlowIPv4 : BgpFamily.FlowIPv6));
        if (element.List == EnforcedList.All && blackhole)
            yield return new BgpRoute(BgpDrop.Blackhole, prefix);
        if (element.List == EnforcedList.All && flow && !blackhole)
            yield return new BgpRoute(BgpDrop.To, prefix);
        if (element.List == EnforcedList.All && flow)
            yield return new BgpRoute(BgpDrop.From, prefix);
        if (element.List == EnforcedList.Port25 && flow)
        {
            yield return new BgpRoute(BgpDrop.MailTo, prefix);
            yield return new BgpRoute(BgpDrop.MailFrom, prefix);
        }
    }

    private void AnnounceAgain(BgpFamily family)
    {
        lock (announcing)
        {
            // Before the first announcement there is nothing to repeat.
            if (announced is not null)
                session.Send(updates.Announce(announced.SelectMany(RoutesOf).Where(r => r.Family == family)));
        }
    }

    private void ThrowIfEnded()
    {
        if (session.Ended.IsCompleted)
            session.Ended.GetAwaiter().GetResult();
    }
}
