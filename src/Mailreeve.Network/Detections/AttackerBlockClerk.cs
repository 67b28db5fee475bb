using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Detections;

/// <summary>
/// Blocks addresses of others that attack (C5), one by one and for a while: only when so much was seen that it needs no person, only where it is
/// asked for, never what is never blocked, and never more than so many at a time. Otherwise it writes down what it would have done.
/// </summary>
public sealed class AttackerBlockClerk(
    Database database, LiveViews views, AbusePolicy policy, IReadOnlyList<NeverBlockEntry> never, DetectionTerms terms, IClock clock) : IClerk
{
    private const long Batch = 200;
    private const long ForgottenAtOnce = 1000;

    private static readonly ClauseId Clause = new("C5");
    private static readonly Duration ForgetEvery = Duration.FromHours(1);

    private Instant forgetsNext;

    /// <inheritdoc/>
    public string Name => "attacker-blocks";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        await ForgetAsync(stop);
        var untold = await database.ReadAsync(db => new DetectionStore(db).UntoldAsync(ours: false, Batch, stop), stop);
        if (untold.Count > 0)
        {
            await database.WriteAsync(async db =>
            {
                foreach (var rows in untold.GroupBy(d => d.Address))
                    await TakeAsync(db, [.. rows], stop);
            }, stop);
        }

        return untold.Count;
    }

    private async Task TakeAsync(DbSession db, IReadOnlyList<DetectionRow> rows, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var store = new DetectionStore(db);
        var address = rows[0].Address;
        var seen = await store.SeenAsync(address, customer: null, now - terms.Window, Instant.FromUnixTimeMilliseconds(0), stop);
        var verdict = DetectionRules.Judge(policy.Terms.Trust, terms.TargetsAtLeast, seen);
        var why = AttackerRules.WhyNot(policy, terms, verdict, await FactsAsync(db, address, now, stop));
        await store.ToldAsync(
            rows, why is null ? await BlockAsync(db, address, DetectionWords.Of(verdict, seen), now, stop) : new DetectionOutcome(why), now, stop);
    }

    // At an address of others every site that is known is somebody else's.
    private async Task<AttackerFacts> FactsAsync(DbSession db, Address address, Instant now, CancellationToken stop)
    {
        var prefix = Prefix.Single(address);
        var known = await new HostStore(db).AtAsync([prefix], SiteReach.KnownMax, stop);
        return new AttackerFacts(
            new BlockFacts([prefix], never.FirstOrDefault(n => n.Prefix.Contains(address)), 0) { OtherSites = [.. known.Select(k => k.Host)] },
            views.Blocks.TryFind(address, now, out var block) && block.Scope == BlockScope.All ? block.Id : null,
            await new DetectionStore(db).BlocksInForceAsync(stop));
    }

    private async Task<DetectionOutcome> BlockAsync(DbSession db, Address address, string facts, Instant now, CancellationToken stop)
    {
        var block = new NewBlock
        {
            Id = new BlockId(await db.NextIdsAsync("block", 1, stop)),
            Prefix = Prefix.Single(address),
            Scope = BlockScope.All,
            Clause = Clause,
            PolicyRevision = policy.Revision,
            Reason = $"Seen to attack: {facts}",
            PlacedBy = Actor.Policy,
            StartsAt = now,
            ExpiresAt = now + Duration.Min(terms.BlockFor, policy.Terms.BlockAtMost.Value),
        };
        await new BlockStore(db).PlaceAsync([block], stop);
        return new DetectionOutcome($"Blocked, block {block.Id.Value}.", Block: block.Id);
    }

    private async Task ForgetAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < forgetsNext)
            return;
        forgetsNext = now + ForgetEvery;
        while (await database.WriteAsync(db => new DetectionStore(db).ForgetAsync(now - terms.KeptFor, ForgottenAtOnce, stop), stop) == ForgottenAtOnce)
        {
            // The next ones.
        }
    }
}
