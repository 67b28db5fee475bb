using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Those who complain. Never shown to a customer.</summary>
public sealed class ReporterStore(DbSession db)
{
    /// <summary>The reporters with these mailboxes; those who were unknown are added, and each counts what it sent.</summary>
    /// <param name="reports">Mailbox (lower case) and number of reports.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Ids by mailbox.</returns>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(
        IReadOnlyDictionary<string, long> reports, Instant now, CancellationToken stop)
    {
        if (reports.Count == 0)
            return new Dictionary<string, long>();

        // In one order everywhere, so that two nodes that count the same reporters cannot wait for each other.
        var mailboxes = reports.Keys.Order(StringComparer.Ordinal).ToArray();
        var first = await db.NextIdsAsync("reporter", mailboxes.Length, stop);
        await db.InsertManyAsync(
            "INSERT INTO reporter (id, mailbox, first_seen_at, reports)",
            mailboxes,
            mailbox => [first++, mailbox, now, reports[mailbox]],
            "ON CONFLICT (mailbox) DO UPDATE SET reports = reporter.reports + excluded.reports",
            stop);
        var rows = await db.QueryAsync<ReporterId>($"""
            SELECT id, mailbox
            FROM   reporter
            WHERE  {db.IsAnyOf("mailbox", "mailboxes")}
            """, new { mailboxes }, stop);
        return rows.ToDictionary(r => r.Mailbox, r => r.Id, StringComparer.Ordinal);
    }

    private sealed record ReporterId
    {
        public required long Id { get; init; }

        public required string Mailbox { get; init; }
    }
}
