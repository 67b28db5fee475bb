using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Mailings that were complained about, of whatever addresses and in however many cases, so that they count together.</summary>
public sealed class CampaignStore(DbSession db)
{
    // Of each customer the newest; a spammer with more mailings than that within weeks has other troubles.
    private const long RecentMax = 2000;

    /// <summary>Mailings of these customers that were reported since, newest first; 2,000 at most.</summary>
    public async Task<IReadOnlyList<CampaignRow>> RecentAsync(IReadOnlyCollection<CustomerId> customers, Instant since, CancellationToken stop) =>
        customers.Count == 0
            ? []
            : await db.QueryAsync<CampaignRow>($"""
                SELECT id, customer_id, print, first_at, last_at
                FROM   campaign
                WHERE  {db.IsAnyOf("customer_id", "customers")} AND last_at >= @since
                ORDER  BY last_at DESC, id DESC
                LIMIT  @limit
                """, new { customers = customers.Select(c => c.Value).ToArray(), since, limit = RecentMax }, stop);

    /// <summary>Keeps mailings that are new, and when the others were last reported.</summary>
    public async Task SaveAsync(IReadOnlyList<CampaignRow> added, IReadOnlyCollection<long> seen, Instant now, CancellationToken stop)
    {
        await db.InsertManyAsync(
            "INSERT INTO campaign (id, customer_id, print, first_at, last_at)",
            added,
            c => [c.Id, c.CustomerId, c.Print, c.FirstAt, c.LastAt],
            stop);
        await db.ExecuteManyAsync("UPDATE campaign SET last_at = $1 WHERE id = $2 AND last_at < $1", [.. seen.Order()], id => [now, id], stop);
    }

    /// <summary>All complaints about a mailing that made or joined a case, oldest first.</summary>
    public Task<IReadOnlyList<CampaignComplaintRow>> ComplaintsAsync(long campaign, CancellationToken stop) =>
        db.QueryAsync<CampaignComplaintRow>("""
            SELECT complainer, seen_from
            FROM   event
            WHERE  campaign_id = @campaign AND case_id IS NOT NULL AND complainer IS NOT NULL
            ORDER  BY id
            """, new { campaign }, stop);

    /// <summary>How the mailings of a case count, in all cases together, most complaints first.</summary>
    public Task<IReadOnlyList<CampaignTally>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<CampaignTally>("""
            SELECT campaign_id, COUNT(DISTINCT report_id) AS complaints, COUNT(DISTINCT reporter_id) AS reporters, COUNT(DISTINCT case_id) AS cases
            FROM   event
            WHERE  campaign_id IN (SELECT campaign_id FROM event WHERE case_id = @id AND campaign_id IS NOT NULL) AND case_id IS NOT NULL
            GROUP  BY campaign_id
            ORDER  BY complaints DESC, campaign_id
            LIMIT  20
            """, new { id }, stop);

    /// <summary>The same texts as those complained about in a case, handed in by its customer since, oldest first; 20 at most.</summary>
    public Task<IReadOnlyList<SentAgainRow>> SentAgainAsync(CaseId id, Instant since, CancellationToken stop) =>
        db.QueryAsync<SentAgainRow>("""
            SELECT s.id, s.at, s.recipients
            FROM   submission s
            WHERE  s.body_hash IN (SELECT t.body_hash
                                   FROM   event e
                                   JOIN   submission t ON t.id = e.submission_id
                                   WHERE  e.case_id = @id AND t.customer_id = s.customer_id)
            AND    s.at >= @since
            ORDER  BY s.at, s.id
            LIMIT  20
            """, new { id, since }, stop);

    /// <summary>Who got a message, as far as its rows are kept: hashes as in <see cref="HashOf"/>, 5,000 at most.</summary>
    public async Task<IReadOnlyList<string>> RecipientsOfAsync(long submission, CancellationToken stop) =>
        [.. (await db.QueryAsync<string>("SELECT recipient FROM outbound WHERE submission_id = @submission LIMIT 5000", new { submission }, stop))
            .Select(r => Convert.ToHexString(HashOf(r)))];

    /// <summary>By what a recipient is known again: the first 16 octets of SHA-256 of the address in lower case.</summary>
    public static byte[] HashOf(string address) => SHA256.HashData(Encoding.UTF8.GetBytes(address.Trim().ToLowerInvariant()))[..16];
}

/// <summary>A row of <c>campaign</c>.</summary>
public sealed record CampaignRow
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>The direct customer who answers for it.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>By what it is known again, see <see cref="Protocols.Reports.CampaignPrint"/>; that of its first complaint.</summary>
    public required long Print { get; init; }

    /// <summary>When it was first reported.</summary>
    public required Instant FirstAt { get; init; }

    /// <summary>When it was last reported.</summary>
    public required Instant LastAt { get; init; }
}

/// <summary>Somebody complained about a mailing.</summary>
public sealed record CampaignComplaintRow
{
    /// <summary>Who got it, see <see cref="CampaignStore.HashOf"/>.</summary>
    public required byte[] Complainer { get; init; }

    /// <summary>The earliest time at which it can have been.</summary>
    public required Instant SeenFrom { get; init; }
}

/// <summary>How a mailing counts, in all cases together.</summary>
public sealed record CampaignTally
{
    /// <summary>The mailing.</summary>
    public required long CampaignId { get; init; }

    /// <summary>Reports about it.</summary>
    public required long Complaints { get; init; }

    /// <summary>From how many reporters.</summary>
    public required long Reporters { get; init; }

    /// <summary>In how many cases.</summary>
    public required long Cases { get; init; }
}

/// <summary>A text that was handed in once more.</summary>
public sealed record SentAgainRow
{
    /// <summary>Its number in the submission log.</summary>
    public required long Id { get; init; }

    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>To how many.</summary>
    public required long Recipients { get; init; }
}
