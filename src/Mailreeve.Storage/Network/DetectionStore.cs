using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>detection</c>, and of <c>detection_log</c>: what sensors saw, and how far their logs have been read.</summary>
public sealed class DetectionStore(DbSession db)
{
    /// <summary>Adds what sensors saw, but for what is there already with the same print.</summary>
    /// <returns>How many were added.</returns>
    public async Task<int> AddAsync(IReadOnlyList<NewDetection> seen, Instant now, CancellationToken stop)
    {
        if (seen.Count == 0)
            return 0;
        var id = await db.NextIdsAsync("detection", seen.Count, stop);
        return await db.InsertManyAsync(
            "INSERT INTO detection (id, sensor, type, address, port, targets, two_way, first_at, last_at, detail, ours, recorded_at, outcome, print)",
            seen,
            s => [id++, s.Seen.Sensor, s.Seen.Type, s.Address, (long?)s.Port, s.Seen.Targets, s.Seen.IsTwoWay ? 1L : 0L, s.Seen.FirstAt, s.Seen.LastAt,
                  s.Detail, s.IsOurs ? 1L : 0L, now, "", s.Print],
            "ON CONFLICT DO NOTHING",
            stop);
    }

    /// <summary>What nobody has taken in yet, oldest first.</summary>
    /// <param name="ours">Whether of our own addresses, or of those of others.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<DetectionRow>> UntoldAsync(bool ours, long limit, CancellationToken stop) =>
        db.QueryAsync<DetectionRow>("""
            SELECT *
            FROM   detection
            WHERE  ours = @ours AND told_at IS NULL
            ORDER  BY id
            LIMIT  @limit
            """, new { ours = ours ? 1L : 0L, limit }, stop);

    /// <summary>What each sensor saw of an address, each type added up: however often it was told, these are few.</summary>
    /// <param name="address">The address.</param>
    /// <param name="customer">Only what was found to be this customer's; null for all.</param>
    /// <param name="since">What was last seen since then.</param>
    /// <param name="begun">What was first seen then or later.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<Detection>> SeenAsync(Address address, CustomerId? customer, Instant since, Instant begun, CancellationToken stop) =>
        [.. (await db.QueryAsync<SeenRow>($"""
            SELECT sensor, type, CAST(SUM(targets) AS BIGINT) AS targets, MAX(two_way) AS two_way, MIN(first_at) AS first_at, MAX(last_at) AS last_at
            FROM   detection
            WHERE  address = @address AND last_at >= @since AND first_at >= @begun {(customer is null ? "" : "AND customer_id = @customer")}
            GROUP  BY sensor, type
            ORDER  BY sensor, type
            """, new { address, customer = customer ?? default, since, begun }, stop)).Select(r => r.Seen)];

    /// <summary>What a case rests on, oldest first.</summary>
    /// <param name="id">The case.</param>
    /// <param name="begun">What was first seen then or later; null for all.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<DetectionRow>> OfCaseAsync(CaseId id, Instant? begun, long limit, CancellationToken stop) =>
        db.QueryAsync<DetectionRow>($"""
            SELECT *
            FROM   detection
            WHERE  case_id = @id {(begun is null ? "" : "AND first_at >= @begun")}
            ORDER  BY id
            LIMIT  @limit
            """, new { id, begun = begun ?? default, limit }, stop);

    /// <summary>The newest, newest first.</summary>
    public Task<IReadOnlyList<DetectionRow>> ListAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<DetectionRow>("SELECT * FROM detection ORDER BY id DESC LIMIT @limit", new { limit }, stop);

    /// <summary>How many of a sensor were written down since then.</summary>
    public Task<long> CountOfAsync(string sensor, Instant since, CancellationToken stop) =>
        db.SingleAsync<long>("SELECT COUNT(*) FROM detection WHERE sensor = @sensor AND recorded_at > @since", new { sensor, since }, stop);

    /// <summary>Notes what became of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="outcome">What, in words for operators.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public Task ToldAsync(IReadOnlyList<DetectionRow> rows, DetectionOutcome outcome, Instant now, CancellationToken stop) =>
        db.ExecuteManyAsync(
            "UPDATE detection SET told_at = $1, outcome = $2, customer_id = $3, case_id = $4, block_id = $5 WHERE id = $6",
            rows, r => [now, outcome.Said, outcome.Customer, outcome.Case, outcome.Block, r.Id], stop);

    /// <summary>Blocks in force that detections have led to.</summary>
    public Task<long> BlocksInForceAsync(CancellationToken stop) =>
        db.SingleAsync<long>("""
            SELECT COUNT(DISTINCT d.block_id)
            FROM   detection d
            JOIN   block b ON b.id = d.block_id
            WHERE  b.state = 'in-force'
            """, null, stop);

    /// <summary>Deletes what was recorded before then and belongs to no case.</summary>
    /// <param name="before">The time.</param>
    /// <param name="limit">Rows at most; call again until fewer are deleted.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(Instant before, long limit, CancellationToken stop) =>
        db.ExecuteAsync("""
            DELETE FROM detection
            WHERE  id IN (SELECT id FROM detection WHERE recorded_at < @before AND told_at IS NOT NULL AND case_id IS NULL ORDER BY recorded_at LIMIT @limit)
            """, new { before, limit }, stop);

    /// <summary>How far the log of a sensor has been read; null for not at all.</summary>
    public Task<DetectionLogRow?> LogAsync(string sensor, CancellationToken stop) =>
        db.SingleOrDefaultAsync<DetectionLogRow>("SELECT sensor, head, position FROM detection_log WHERE sensor = @sensor", new { sensor }, stop);

    /// <summary>Writes down how far it has been read.</summary>
    public Task ReadAsync(DetectionLogRow log, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO detection_log (sensor, head, position, read_at)
            VALUES (@Sensor, @Head, @Position, @now)
            ON CONFLICT (sensor) DO UPDATE SET head = @Head, position = @Position, read_at = @now
            """, new { log.Sensor, log.Head, log.Position, now }, stop);
}

/// <summary>A detection to be written.</summary>
/// <param name="Seen">What was seen.</param>
/// <param name="Address">Of whom.</param>
/// <param name="Port">From which of its ports, when there was one; null otherwise.</param>
/// <param name="Detail">What the sensor says about it; shown to operators.</param>
/// <param name="IsOurs">Whether the address is ours, or behind a translator of ours.</param>
/// <param name="Print">The same for what is told again, by which it is known; null for what is always new.</param>
public sealed record NewDetection(Detection Seen, Address Address, int? Port, string Detail, bool IsOurs, string? Print = null);

/// <summary>What became of detections.</summary>
/// <param name="Said">In words for operators.</param>
/// <param name="Customer">Whose address it was; null when nobody's is known.</param>
/// <param name="Case">The case they belong to.</param>
/// <param name="Block">The block they led to.</param>
public sealed record DetectionOutcome(string Said, CustomerId? Customer = null, CaseId? Case = null, BlockId? Block = null);

/// <summary>A row of <c>detection_log</c>.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="Head">A hash of the first line of the file.</param>
/// <param name="Position">Octets read.</param>
public sealed record DetectionLogRow(string Sensor, string Head, long Position);

/// <summary>What a sensor saw, as it stands in columns.</summary>
public record SeenRow
{
    /// <summary>Who saw it.</summary>
    public required string Sensor { get; init; }

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How many hosts, ports or accounts were tried.</summary>
    public required long Targets { get; init; }

    /// <summary>1 when a connection was seen to be made.</summary>
    public required long TwoWay { get; init; }

    /// <summary>When it was first seen.</summary>
    public required Instant FirstAt { get; init; }

    /// <summary>When it was last seen.</summary>
    public required Instant LastAt { get; init; }

    /// <summary>As the policy looks at it.</summary>
    public Detection Seen => new() { Sensor = Sensor, Type = Type, Targets = Targets, IsTwoWay = TwoWay != 0, FirstAt = FirstAt, LastAt = LastAt };
}

/// <summary>A row of <c>detection</c>.</summary>
public sealed record DetectionRow : SeenRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Of whom.</summary>
    public required Address Address { get; init; }

    /// <summary>From which of its ports; null when there was none, or several.</summary>
    public long? Port { get; init; }

    /// <summary>What the sensor says about it.</summary>
    public required string Detail { get; init; }

    /// <summary>1 when the address is ours.</summary>
    public required long Ours { get; init; }

    /// <summary>When it was written down.</summary>
    public required Instant RecordedAt { get; init; }

    /// <summary>When it was taken in; null while it waits.</summary>
    public Instant? ToldAt { get; init; }

    /// <summary>What became of it; empty while it waits.</summary>
    public required string Outcome { get; init; }

    /// <summary>Whose address it was.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>The case it belongs to.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>The block it led to.</summary>
    public BlockId? BlockId { get; init; }
}
