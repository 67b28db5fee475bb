using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>Rows of the hand-over table <c>report</c>: what arrived, byte for byte, and what became of it.</summary>
public sealed class ReportStore(DbSession db)
{
    /// <summary>Keeps a report. It may be acknowledged once the transaction is committed.</summary>
    public Task<ReportId> AddAsync(IncomingReport report, CancellationToken stop) =>
        db.SingleAsync<ReportId>("""
            INSERT INTO report (received_at, channel, queue, recipients, client_address, helo, tls, envelope_from,
                                sha256, size, state, raw)
            VALUES (@ReceivedAt, @Channel, @Queue, @Recipients, @ClientAddress, @Helo, @Tls, @EnvelopeFrom,
                    @Sha256, @Size, 'received', @Raw)
            RETURNING id
            """, report, stop);

    /// <summary>Reports that nobody has looked at yet, oldest first, with their bytes.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="bytes">No further one once they are this many bytes together; at least one comes back, however large.</param>
    /// <param name="now">Those that wait for something else until later than this are left out.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<WaitingReport>> WaitingAsync(long limit, long bytes, Instant now, CancellationToken stop) =>
        db.QueryAsync<WaitingReport>("""
            SELECT id, received_at, channel, queue, client_address, envelope_from, sha256, hosts_wanted_at, raw
            FROM   report
            WHERE  id IN (
                SELECT id
                FROM   (SELECT id, SUM(size) OVER (ORDER BY id) - size AS before
                        FROM   (SELECT id, size FROM report
                                WHERE state = 'received' AND (waits_until IS NULL OR waits_until <= @now) ORDER BY id LIMIT @limit) AS waiting) AS sized
                WHERE  before < @bytes)
            ORDER  BY id
            """, new { limit, bytes, now }, stop);

    /// <summary>Whether any report waits for hosts to be looked up.</summary>
    public async Task<bool> AnyWaitsForHostsAsync(CancellationToken stop) =>
        await db.SingleAsync<long>("SELECT COUNT(*) FROM (SELECT 1 FROM report WHERE waits_until IS NOT NULL LIMIT 1) AS waiting", null, stop) > 0;

    /// <summary>Of these reports, those that still wait; on PostgreSQL they stay locked until the transaction ends.</summary>
    public Task<IReadOnlyList<ReportId>> ClaimAsync(IReadOnlyList<ReportId> ids, CancellationToken stop) =>
        db.QueryAsync<ReportId>($"""
            SELECT id
            FROM   report
            WHERE  {db.IsAnyOf("id", "ids")} AND state = 'received'
            ORDER  BY id
            {(db.Dialect == Dialect.PostgreSql ? "FOR UPDATE SKIP LOCKED" : "")}
            """, new { ids = ids.Select(i => i.Value).ToArray() }, stop);

    /// <summary>Writes down what became of reports that were claimed in this transaction.</summary>
    public Task ConcludeAsync(IReadOnlyList<ReportConclusion> conclusions, Instant now, CancellationToken stop) =>
        db.ExecuteManyAsync("""
            UPDATE report
            SET    state = $1, outcome = $2, outcome_detail = $3, format = $4, reporter_id = $5, processed_at = $6, waits_until = NULL
            WHERE  id = $7 AND state = 'received'
            """, conclusions, c => [c.State, c.Outcome, c.Detail, c.Format, c.Reporter, now, c.Id], stop);

    /// <summary>One report without its bytes.</summary>
    public Task<ReportRow?> FindAsync(ReportId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<ReportRow>($"{SelectRow} WHERE id = @id", new { id }, stop);

    /// <summary>The bytes of a report.</summary>
    public Task<byte[]?> RawAsync(ReportId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<byte[]>("SELECT raw FROM report WHERE id = @id", new { id }, stop);

    /// <summary>Reports that a person must look at, oldest first.</summary>
    public Task<IReadOnlyList<ReportRow>> NeedingPersonAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<ReportRow>($"""
            {SelectRow}
            WHERE  state = 'needs-person'
            ORDER  BY received_at, id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>A person has dealt with a report that the program could not.</summary>
    /// <returns><see langword="false"/> when it did not wait for one.</returns>
    public async Task<bool> SettleAsync(ReportId id, string detail, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE report
            SET    state = 'done', outcome_detail = @detail
            WHERE  id = @id AND state = 'needs-person'
            """, new { id, detail }, stop) == 1;

    private const string SelectRow = """
        SELECT id, received_at, channel, queue, recipients, client_address, envelope_from, sha256, size, state,
               outcome, outcome_detail, format, reporter_id, processed_at
        FROM   report
        """;
}

/// <summary>How a report came.</summary>
public enum ReportChannel
{
    /// <summary>By mail to a role address.</summary>
    Smtp,

    /// <summary>Through the public form.</summary>
    Form,

    /// <summary>Posted to the API as XARF.</summary>
    Api,
}

/// <summary>Whose work it is (S3).</summary>
public enum ReportQueue
{
    /// <summary>abuse@</summary>
    Abuse,

    /// <summary>postmaster@</summary>
    Postmaster,

    /// <summary>support@</summary>
    Support,

    /// <summary>billing@</summary>
    Billing,

    /// <summary>info@</summary>
    Info,
}

/// <summary>Where a report stands.</summary>
public enum ReportState
{
    /// <summary>Kept; not looked at yet.</summary>
    Received,

    /// <summary>It has its outcome.</summary>
    Done,

    /// <summary>It waits on the desk.</summary>
    NeedsPerson,
}

/// <summary>What became of a report. Each has exactly one.</summary>
public enum ReportOutcome
{
    /// <summary>It made or joined a case.</summary>
    Case,

    /// <summary>It joined a case, but the same reporter had sent the same evidence before.</summary>
    Repeat,

    /// <summary>It names nothing of ours; the reporter was told, if that could be done.</summary>
    NotOurs,

    /// <summary>It says that mail was not spam, or the like: kept, and no case is made of it.</summary>
    Noted,

    /// <summary>The program could not decide it alone.</summary>
    NeedsPerson,
}

/// <summary>A report on its way into the database.</summary>
public sealed record IncomingReport
{
    /// <summary>When its last byte arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>How it came.</summary>
    public required ReportChannel Channel { get; init; }

    /// <summary>Whose work it is.</summary>
    public required ReportQueue Queue { get; init; }

    /// <summary>Envelope recipients, comma-separated; empty for the form and the API.</summary>
    public required string Recipients { get; init; }

    /// <summary>Who handed it over.</summary>
    public Address? ClientAddress { get; init; }

    /// <summary>How the client called itself.</summary>
    public string? Helo { get; init; }

    /// <summary>TLS version and cipher; null for a plain connection.</summary>
    public string? Tls { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public string? EnvelopeFrom { get; init; }

    /// <summary>SHA-256 of <see cref="Raw"/> as it came from the client.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>The bytes.</summary>
    public required byte[] Raw { get; init; }

    /// <summary>How many bytes.</summary>
    public long Size => Raw.LongLength;
}

/// <summary>A report that waits to be understood.</summary>
public sealed record WaitingReport
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>When it arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>How it came.</summary>
    public required ReportChannel Channel { get; init; }

    /// <summary>Whose work it is.</summary>
    public required ReportQueue Queue { get; init; }

    /// <summary>Who handed it over.</summary>
    public Address? ClientAddress { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public string? EnvelopeFrom { get; init; }

    /// <summary>SHA-256 of the bytes.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>When hosts that it names were asked for, which happens once; null when it has not waited for any.</summary>
    public Instant? HostsWantedAt { get; init; }

    /// <summary>The bytes.</summary>
    public required byte[] Raw { get; init; }
}

/// <summary>What became of one report.</summary>
/// <param name="Id">The report.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Detail">Why, as an operator reads it.</param>
/// <param name="Format">The format it was read as.</param>
/// <param name="Reporter">Who alleges, if that is known.</param>
public sealed record ReportConclusion(ReportId Id, ReportState State, ReportOutcome Outcome, string Detail, string Format, long? Reporter);

/// <summary>A row of <c>report</c> without its bytes.</summary>
public sealed record ReportRow
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>When it arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>How it came.</summary>
    public required ReportChannel Channel { get; init; }

    /// <summary>Whose work it is.</summary>
    public required ReportQueue Queue { get; init; }

    /// <summary>Envelope recipients.</summary>
    public required string Recipients { get; init; }

    /// <summary>Who handed it over.</summary>
    public Address? ClientAddress { get; init; }

    /// <summary>Envelope sender.</summary>
    public string? EnvelopeFrom { get; init; }

    /// <summary>SHA-256 of the bytes.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>How many bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReportState State { get; init; }

    /// <summary>What became of it.</summary>
    public ReportOutcome? Outcome { get; init; }

    /// <summary>Why.</summary>
    public string? OutcomeDetail { get; init; }

    /// <summary>The format it was read as.</summary>
    public string? Format { get; init; }

    /// <summary>Who alleges.</summary>
    public long? ReporterId { get; init; }

    /// <summary>When it got its outcome.</summary>
    public Instant? ProcessedAt { get; init; }
}
