using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Page;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Network.Lists;

/// <summary>
/// The blocks of the live view, as they are listed. A change is listed before the commit that makes it returns, or, when another process made
/// it, as soon as this one hears of it; begin and end of a block are looked at with each question.
/// </summary>
public sealed class BlockListings : IDisposable
{
    private readonly LiveViews views;
    private readonly DesiredBlocks guard;
    private readonly ListServerOptions options;
    private readonly string policyUrl;
    private readonly IClock clock;
    private readonly Lock changing = new();
    private readonly Dictionary<ClauseId, ushort> numbers = [];
    private readonly List<ListingReason> reasons = [new ListingReason(0, [], [])];
    private BlockView seen;

    /// <summary>Lists what is in force, and from here on what changes.</summary>
    /// <param name="views">Has the blocks.</param>
    /// <param name="never">What is never listed, whatever says so.</param>
    /// <param name="options">What listings are answered with.</param>
    /// <param name="policyUrl">Where the policy can be read.</param>
    /// <param name="clock">The time.</param>
    public BlockListings(LiveViews views, IReadOnlyList<NeverBlockEntry> never, ListServerOptions options, string policyUrl, IClock clock)
    {
        (this.views, this.options, this.policyUrl, this.clock, guard) = (views, options, policyUrl, clock, new DesiredBlocks(never));
        lock (changing)
        {
            // What changes while we load waits for us, and finds that we know it already.
            views.FollowBlocks(Follow);
            seen = views.Blocks;
            Index = new ListingIndex(seen.All.Count(b => b.Prefix is { IsSingle: true, IsIPv4: true }));
            foreach (var block in seen.All)
                Index.Add(block.Prefix, ListingOf(block));
            Serial = (uint)clock.GetCurrentInstant().ToUnixTimeSeconds();
        }
    }

    /// <summary>What is listed.</summary>
    public ListingIndex Index { get; }

    /// <summary>The state of the list, as its SOA tells: later with each change.</summary>
    public uint Serial { get; private set; }

    /// <summary>A reason, by the number in a listing. The caller holds the gate of <see cref="Index"/>.</summary>
    internal ListingReason this[ushort reason] => reasons[reason];

    /// <summary>Whether an address must not be listed.</summary>
    public bool IsNever(Address address) => guard.IsNever(Prefix.Single(address));

    /// <summary>Follows no more.</summary>
    public void Dispose() => views.UnfollowBlocks(Follow);

    private void Follow(IReadOnlyList<BlockId> changed)
    {
        lock (changing)
        {
            var (before, after) = (seen, views.Blocks);
            foreach (var id in changed)
            {
                var (old, now) = (before.Find(id), after.Find(id));
                if (old == now)
                    continue;
                if (now is not null)
                    Index.Add(now.Prefix, ListingOf(now));
                if (old is not null)
                    Index.Remove(old.Prefix, ListingOf(old));
            }

            seen = after;
            Serial = Math.Max(Serial + 1, (uint)clock.GetCurrentInstant().ToUnixTimeSeconds());
        }
    }

    private Listing ListingOf(BlockEntry block) =>
        new(Seconds(block.StartsAt), Seconds(block.ExpiresAt), (uint)(block.Case?.Value ?? 0), ReasonOf(block.Clause));

    private ushort ReasonOf(ClauseId clause)
    {
        if (numbers.TryGetValue(clause, out var number))
            return number;
        var reason = new ListingReason(
            options.Codes.GetValueOrDefault(clause, ListServerOptions.CodeDefault),
            Encoding.ASCII.GetBytes($"Blocked under clause {clause}"),
            Encoding.ASCII.GetBytes($"; see {policyUrl}#{PolicyPage.AnchorOf(clause)}"));
        // There are as many as there are clauses. Readers look them up by number under the gate.
        lock (Index.Gate)
            reasons.Add(reason);
        return numbers[clause] = (ushort)(reasons.Count - 1);
    }

    private static uint Seconds(Instant at) => (uint)Math.Clamp(at.ToUnixTimeSeconds(), 0, uint.MaxValue);
}

/// <summary>Why something is listed.</summary>
/// <param name="Code">The last octet of 127.0.0.x.</param>
/// <param name="Before">What the text begins with, in ASCII.</param>
/// <param name="After">What it ends with; the case stands between.</param>
internal sealed record ListingReason(byte Code, byte[] Before, byte[] After);
