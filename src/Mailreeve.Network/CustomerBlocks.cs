using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network;

/// <summary>Finds out what a customer has now, and blocks that and nothing else.</summary>
public static class CustomerBlocks
{
    /// <summary>What the customer and those below it have: by assignment, and by sessions that are open. What others have inside of it is not theirs.</summary>
    /// <param name="directory">Has the assignments.</param>
    /// <param name="sessions">What customers have by sessions.</param>
    /// <param name="customer">The customer.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Prefix> PrefixesOf(Directory directory, ILookup<CustomerId, Prefix> sessions, CustomerId customer, Instant now) =>
        directory.ReachOf(customer, directory.TreeOf(customer).SelectMany(c => sessions[c]), now);

    /// <summary>The rows of one, for these prefixes.</summary>
    /// <param name="db">A transaction.</param>
    /// <param name="block">The block of all that a customer has.</param>
    /// <param name="prefixes">What is to be blocked because of it.</param>
    /// <param name="now">From when.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task PlaceAsync(DbSession db, NewCustomerBlock block, IReadOnlyList<Prefix> prefixes, Instant now, CancellationToken stop)
    {
        if (prefixes.Count == 0)
            return;
        var id = await db.NextIdsAsync("block", prefixes.Count, stop);
        await new BlockStore(db).PlaceAsync(
            [
                .. prefixes.Select(p => new NewBlock
                {
                    Id = new BlockId(id++),
                    Customer = block.Customer,
                    CustomerBlock = block.Id,
                    Prefix = p,
                    Scope = block.Scope,
                    Clause = block.Clause,
                    PolicyRevision = block.PolicyRevision,
                    Reason = block.Reason,
                    PlacedBy = block.PlacedBy,
                    StartsAt = Instant.Max(block.StartsAt, now),
                    ExpiresAt = block.ExpiresAt,
                }),
            ], stop);
    }
}
