using Mailreeve.Policy;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>relay_run</c>, and of <c>relay_attempt</c>: tests whether a host relays, and what they have shown.</summary>
public sealed class RelayRunStore(DbSession db)
{
    /// <summary>Asks for a run.</summary>
    /// <returns>Its number; <see langword="null"/> when one of that host waits or is carried out already.</returns>
    public async Task<long?> AskAsync(NewRelayRun run, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("relay_run", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO relay_run (id, customer_id, address, occasion, asked_by, asked_at, state, next_at, rounds, dialogue, verdict, detail, blocked)
            VALUES (@id, @Customer, @Address, @Occasion, @AskedBy, @AskedAt, 'waiting', @AskedAt, 0, 'open', 'waiting', '', 0)
            ON CONFLICT DO NOTHING
            """, new { id, run.Customer, run.Address, run.Occasion, run.AskedBy, run.AskedAt }, stop);
        return added == 1 ? id : null;
    }

    /// <summary>Whether a run is due.</summary>
    public async Task<bool> AnyDueAsync(Instant now, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM relay_run WHERE state IN ('waiting', 'running') AND next_at <= @now LIMIT 1) AS due
            """, new { now }, stop) > 0;

    /// <summary>Takes a run that is due, also one whose taker has not come back.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">So long it is the taker's.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="null"/> when none is due.</returns>
    public Task<RelayRunRow?> TakeAsync(Instant now, Instant until, CancellationToken stop) =>
        db.SingleOrDefaultAsync<RelayRunRow>("""
            UPDATE relay_run
            SET    state = 'running', next_at = @until, started_at = COALESCE(started_at, @now)
            WHERE  id = (SELECT id FROM relay_run WHERE state IN ('waiting', 'running') AND next_at <= @now ORDER BY next_at, id LIMIT 1)
                   AND next_at <= @now
            RETURNING *
            """, new { now, until }, stop);

    /// <summary>Writes down how a run stands.</summary>
    public Task RecordAsync(RelayRunRow run, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE relay_run
            SET    state = @State, next_at = @NextAt, rounds = @Rounds, dialogue = @Dialogue, verdict = @Verdict, detail = @Detail, host = @Host,
                   blocked = @Blocked, ended_at = @EndedAt, case_told_at = @CaseToldAt
            WHERE  id = @Id
            """,
            new { run.State, run.NextAt, run.Rounds, run.Dialogue, run.Verdict, run.Detail, run.Host, run.Blocked, run.EndedAt, run.CaseToldAt, run.Id }, stop);

    /// <summary>Runs whose messages had their time to arrive, oldest first.</summary>
    public Task<IReadOnlyList<RelayRunRow>> OverdueAsync(Instant now, long limit, CancellationToken stop) =>
        db.QueryAsync<RelayRunRow>("""
            SELECT *
            FROM   relay_run
            WHERE  state = 'pending' AND next_at <= @now
            ORDER  BY next_at, id
            LIMIT  @limit
            """, new { now, limit }, stop);

    /// <summary>Runs with a result that cases do not know yet, oldest first.</summary>
    public Task<IReadOnlyList<RelayRunRow>> UntoldAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<RelayRunRow>("""
            SELECT *
            FROM   relay_run
            WHERE  state = 'done' AND case_told_at IS NULL
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Notes that cases know the result.</summary>
    public Task ToldAsync(long id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("UPDATE relay_run SET case_told_at = @now WHERE id = @id", new { id, now }, stop);

    /// <summary>How many runs there are, by where they stand and what they have shown.</summary>
    public Task<IReadOnlyList<RelayRunCount>> CountsAsync(CancellationToken stop) =>
        db.QueryAsync<RelayRunCount>("""
            SELECT state, verdict, COUNT(*) AS runs
            FROM   relay_run
            GROUP  BY state, verdict
            ORDER  BY state, verdict
            """, null, stop);

    /// <summary>One run, or null.</summary>
    public Task<RelayRunRow?> FindAsync(long id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<RelayRunRow>("SELECT * FROM relay_run WHERE id = @id", new { id }, stop);

    /// <summary>Runs, newest first.</summary>
    public Task<IReadOnlyList<RelayRunRow>> ListAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<RelayRunRow>("SELECT * FROM relay_run ORDER BY id DESC LIMIT @limit", new { limit }, stop);

    /// <summary>Runs of a host while this customer had it, newest first.</summary>
    public Task<IReadOnlyList<RelayRunRow>> OfAsync(Address address, CustomerId customer, long limit, CancellationToken stop) =>
        db.QueryAsync<RelayRunRow>("""
            SELECT *
            FROM   relay_run
            WHERE  address = @address AND customer_id = @customer
            ORDER  BY id DESC
            LIMIT  @limit
            """, new { address, customer, limit }, stop);

    /// <summary>The last run of a host that somebody asked for and that might be made; null for none.</summary>
    public Task<RelayRunRow?> LastAsync(Address address, CancellationToken stop) =>
        db.SingleOrDefaultAsync<RelayRunRow>("""
            SELECT *
            FROM   relay_run
            WHERE  address = @address AND verdict <> 'not-allowed'
            ORDER  BY id DESC
            LIMIT  1
            """, new { address }, stop);

    /// <summary>Whether a later run of the same host has found the opposite: closed where this one was proven open, open where it was closed.</summary>
    public async Task<bool> IsOvertakenAsync(RelayRunRow run, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   relay_run
            WHERE  address = @Address AND id > @Id AND verdict IN ('open', 'closed') AND verdict <> @Verdict
            """, new { run.Address, run.Id, run.Verdict }, stop) > 0;

    /// <summary>Adds the tests of a run.</summary>
    public Task AddAsync(IReadOnlyList<RelayAttemptRow> attempts, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO relay_attempt (run_id, number, port, test, verdict, transcript)",
            attempts,
            a => [a.RunId, a.Number, a.Port, a.Test, a.Verdict, a.Transcript],
            "ON CONFLICT (run_id, number) DO NOTHING",
            stop);

    /// <summary>The tests of a run, in order.</summary>
    public Task<IReadOnlyList<RelayAttemptRow>> AttemptsAsync(long run, CancellationToken stop) =>
        db.QueryAsync<RelayAttemptRow>("SELECT * FROM relay_attempt WHERE run_id = @run ORDER BY number", new { run }, stop);

    /// <summary>Writes down what a test has shown. What has arrived meanwhile stands.</summary>
    public Task RecordAsync(RelayAttemptRow attempt, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE relay_attempt
            SET    verdict = CASE WHEN arrived_at IS NULL THEN @Verdict ELSE verdict END, transcript = @Transcript, made_at = @MadeAt
            WHERE  run_id = @RunId AND number = @Number
            """, new { attempt.Verdict, attempt.Transcript, attempt.MadeAt, attempt.RunId, attempt.Number }, stop);

    /// <summary>Writes down that the message of a test has arrived. One that is proven stays so.</summary>
    public Task ArrivedAsync(long run, int number, RelayVerdict verdict, Address exit, Instant at, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE relay_attempt
            SET    verdict = @verdict, arrived_at = @at, exit_address = @exit
            WHERE  run_id = @run AND number = @number AND verdict <> 'proven'
            """, new { run, number = (long)number, verdict, exit, at }, stop);

    /// <summary>Writes down that the message of a test came back to its sender.</summary>
    public Task BouncedAsync(long run, int number, Instant at, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE relay_attempt
            SET    bounced_at = COALESCE(bounced_at, @at)
            WHERE  run_id = @run AND number = @number
            """, new { run, number = (long)number, at }, stop);

    /// <summary>Whether a test of the run is proven.</summary>
    public async Task<bool> IsProvenAsync(long run, CancellationToken stop) =>
        await db.SingleAsync<long>("SELECT COUNT(*) FROM relay_attempt WHERE run_id = @run AND verdict = 'proven'", new { run }, stop) > 0;
}

/// <summary>A run that somebody wants.</summary>
/// <param name="Customer">Whose host it is.</param>
/// <param name="Address">The host.</param>
/// <param name="Occasion">Why.</param>
/// <param name="AskedBy">Who.</param>
/// <param name="AskedAt">When.</param>
public sealed record NewRelayRun(CustomerId Customer, Address Address, RelayOccasion Occasion, Actor AskedBy, Instant AskedAt);

/// <summary>Where a run stands.</summary>
public enum RelayRunState
{
    /// <summary>Its turn comes, or what was put off is tried again later.</summary>
    Waiting,

    /// <summary>It is carried out.</summary>
    Running,

    /// <summary>Messages that were taken may still arrive.</summary>
    Pending,

    /// <summary>It has its result.</summary>
    Done,
}

/// <summary>How many runs stand like this.</summary>
public sealed record RelayRunCount
{
    /// <summary>Where they stand.</summary>
    public required RelayRunState State { get; init; }

    /// <summary>What they have shown.</summary>
    public required RelayRunVerdict Verdict { get; init; }

    /// <summary>How many.</summary>
    public required long Runs { get; init; }
}

/// <summary>A row of <c>relay_run</c>.</summary>
public sealed record RelayRunRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Whose host it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The host.</summary>
    public required Address Address { get; init; }

    /// <summary>Why it is made.</summary>
    public required RelayOccasion Occasion { get; init; }

    /// <summary>Who asked for it.</summary>
    public required Actor AskedBy { get; init; }

    /// <summary>When.</summary>
    public required Instant AskedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required RelayRunState State { get; init; }

    /// <summary>When something is to be done about it next.</summary>
    public required Instant NextAt { get; init; }

    /// <summary>How often it was carried out.</summary>
    public required long Rounds { get; init; }

    /// <summary>When it was first taken; null while it waits.</summary>
    public Instant? StartedAt { get; init; }

    /// <summary>How far the conversation has come.</summary>
    public required RelayDialogue Dialogue { get; init; }

    /// <summary>What it has shown.</summary>
    public required RelayRunVerdict Verdict { get; init; }

    /// <summary>What is to be said about that: what the server said, what stood in the way.</summary>
    public required string Detail { get; init; }

    /// <summary>How the host calls itself; null when that is not known.</summary>
    public string? Host { get; init; }

    /// <summary>1 when port 25 of the host was blocked while it was tested.</summary>
    public long Blocked { get; init; }

    /// <summary>Whether port 25 of the host was blocked while it was tested.</summary>
    public bool WasBlocked => Blocked != 0;

    /// <summary>When it had its result.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>When cases were told.</summary>
    public Instant? CaseToldAt { get; init; }
}

/// <summary>A row of <c>relay_attempt</c>.</summary>
public sealed record RelayAttemptRow
{
    /// <summary>The run.</summary>
    public required long RunId { get; init; }

    /// <summary>Its number in the run, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The port.</summary>
    public required long Port { get; init; }

    /// <summary>The test, see <see cref="RelayTestTable"/>.</summary>
    public required string Test { get; init; }

    /// <summary>What it has shown.</summary>
    public required RelayVerdict Verdict { get; init; }

    /// <summary>What was said, a line each, with <c>&gt;</c> before ours and <c>&lt;</c> before theirs.</summary>
    public required string Transcript { get; init; }

    /// <summary>When it was made last; null when it was not.</summary>
    public Instant? MadeAt { get; init; }

    /// <summary>When its message came back to its sender.</summary>
    public Instant? BouncedAt { get; init; }

    /// <summary>When its message arrived in the collector.</summary>
    public Instant? ArrivedAt { get; init; }

    /// <summary>Who handed it to us there.</summary>
    public Address? ExitAddress { get; init; }
}
