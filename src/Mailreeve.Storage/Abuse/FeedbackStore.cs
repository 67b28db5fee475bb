using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Clicks in feedback loops, and their opposite. They are counted, and nobody is charged for them (C3).</summary>
public sealed class FeedbackStore(DbSession db)
{
    /// <summary>Adds clicks; the same message from the same loop counts once.</summary>
    public Task AddAsync(IReadOnlyList<Feedback> feedback, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO feedback (customer_id, resource, organisation_id, fingerprint, is_spam, at, report_id)",
            feedback,
            f => [f.Customer, f.Resource, f.Organisation, f.Fingerprint, f.IsSpam ? 1L : 0L, f.At, f.Report],
            "ON CONFLICT (customer_id, resource, organisation_id, fingerprint, is_spam) DO NOTHING",
            stop);

    /// <summary>What feedback loops said about what came from one resource of a customer's, and how much it sent meanwhile.</summary>
    /// <remarks>That something was no spam makes up for clicks of the same loop only: otherwise a customer would send some for themselves.</remarks>
    /// <param name="customer">Whose it is.</param>
    /// <param name="resource">A mailbox, or an address from which its server hands mail in.</param>
    /// <param name="since">Counted from then on.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<FeedbackCount> CountAsync(CustomerId customer, string resource, Instant since, CancellationToken stop) =>
        await db.SingleAsync<FeedbackCount>("""
            WITH said AS (
                SELECT SUM(is_spam) AS clicks, SUM(1 - is_spam) AS not_spam
                FROM   feedback
                WHERE  customer_id = @customer AND at >= @since AND resource = @resource
                GROUP  BY organisation_id)
            SELECT (SELECT CAST(COALESCE(SUM(clicks), 0) AS BIGINT) FROM said) AS clicks,
                   (SELECT CAST(COALESCE(SUM(CASE WHEN not_spam < clicks THEN not_spam ELSE clicks END), 0) AS BIGINT) FROM said) AS not_spam,
                   (SELECT CAST(COALESCE(SUM(s.recipients), 0) AS BIGINT)
                    FROM   submission s
                    LEFT   JOIN mailbox m ON m.id = s.mailbox_id
                    WHERE  s.customer_id = @customer AND s.at >= @since AND (s.mailbox_id IS NULL OR m.address = @resource)) AS sent
            """, new { customer, resource, since }, stop);
}

/// <summary>One click.</summary>
public sealed record Feedback
{
    /// <summary>Who answers for it.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>What sent the message.</summary>
    public required string Resource { get; init; }

    /// <summary>The loop's organisation.</summary>
    public required long Organisation { get; init; }

    /// <summary>Hash of the message.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>Whether somebody called it spam; false when somebody said that it was none.</summary>
    public required bool IsSpam { get; init; }

    /// <summary>When it was reported.</summary>
    public required Instant At { get; init; }

    /// <summary>The report.</summary>
    public required ReportId Report { get; init; }
}

/// <summary>What feedback loops said.</summary>
public sealed record FeedbackCount
{
    /// <summary>Messages that somebody called spam.</summary>
    public required long Clicks { get; init; }

    /// <summary>Messages that the same loops said were none, at most as many as their clicks.</summary>
    public required long NotSpam { get; init; }

    /// <summary>Recipients of what was sent through our servers.</summary>
    public required long Sent { get; init; }
}
