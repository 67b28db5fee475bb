using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Those who complain. Never shown to a customer.</summary>
public sealed class ReporterStore(DbSession db)
{
    /// <summary>The reporters with these mailboxes; those who were unknown are added, and each counts what it sent.</summary>
    /// <param name="reports">Mailbox (lower case) and number of reports.</param>
    /// <param name="organisations">Number of the proved organisation for the mailboxes that have one.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Ids by mailbox.</returns>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(
        IReadOnlyDictionary<string, long> reports, IReadOnlyDictionary<string, long> organisations, Instant now, CancellationToken stop)
    {
        if (reports.Count == 0)
            return new Dictionary<string, long>();

        // In one order everywhere, so that two nodes that count the same reporters cannot wait for each other.
        var mailboxes = reports.Keys.Order(StringComparer.Ordinal).ToArray();
        var first = await db.NextIdsAsync("reporter", mailboxes.Length, stop);
        await db.InsertManyAsync(
            "INSERT INTO reporter (id, mailbox, first_seen_at, reports, organisation_id)",
            mailboxes,
            mailbox => [first++, mailbox, now, reports[mailbox], organisations.TryGetValue(mailbox, out var organisation) ? organisation : null],
            "ON CONFLICT (mailbox) DO UPDATE SET reports = reporter.reports + excluded.reports",
            stop);
        var rows = await db.QueryAsync<ReporterId>($"""
            SELECT id, mailbox
            FROM   reporter
            WHERE  {db.IsAnyOf("mailbox", "mailboxes")}
            """, new { mailboxes }, stop);
        return rows.ToDictionary(r => r.Mailbox, r => r.Id, StringComparer.Ordinal);
    }

    /// <summary>Takes the right to answer a reporter, which is given once in a while.</summary>
    /// <param name="id">The reporter.</param>
    /// <param name="now">The time.</param>
    /// <param name="notSince">Only when the last answer is older than this.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<bool> TryTakeAnswerAsync(long id, Instant now, Instant notSince, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE reporter
            SET    last_answered_at = @now
            WHERE  id = @id AND (last_answered_at IS NULL OR last_answered_at <= @notSince)
            """, new { id, now, notSince }, stop) == 1;

    private sealed record ReporterId
    {
        public required long Id { get; init; }

        public required string Mailbox { get; init; }
    }
}
