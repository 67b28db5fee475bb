using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
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
    private const long SeenMax = 1000;
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
        var seen = (await store.OfAsync(address, now - terms.Window, SeenMax, stop)).Select(d => d.Seen).ToList();
        var verdict = DetectionRules.Judge(policy.Terms.Trust, terms.TargetsAtLeast, seen);
        var outcome = verdict.Level < TrustLevel.Block ? new DetectionOutcome("Too little for a block without a person.")
            : WhyNot(address, now) is { } why ? new DetectionOutcome(why)
            : await store.BlocksInForceAsync(stop) >= terms.BlocksAtMost ? new DetectionOutcome($"Not blocked: {terms.BlocksAtMost} such blocks are in force.")
            : await BlockAsync(db, address, DetectionWords.Of(verdict, seen), now, stop);
        await store.ToldAsync(rows, outcome, now, stop);
    }

    private string? WhyNot(Address address, Instant now) =>
        ThirdPartyRules.IsNobodys(address) ? "Nobody's address on the Internet."
        : never.FirstOrDefault(n => n.Prefix.Contains(address)) is { } entry ? $"Never blocked: {entry.Reason}."
        : views.Blocks.TryFind(address, now, out var block) && block.Scope == BlockScope.All ? $"Blocked already, block {block.Id.Value}."
        : !terms.BlocksOthers ? "It would be blocked; detection.block-others is not set."
        : null;

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
