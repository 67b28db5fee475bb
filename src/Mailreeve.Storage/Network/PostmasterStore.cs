using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>postmaster</c>: whether postmaster@ of customers' domains takes mail, and is read.</summary>
public sealed class PostmasterStore(DbSession db)
{
    /// <summary>Adds domains that are not there yet, to be checked now; those that have another customer by now, or were gone, begin anew.</summary>
    /// <remarks>
    /// A code that is out was given to whoever had the domain before, and what was said there is theirs. Cases hear of such a change; of a new
    /// domain there is nothing yet to tell.
    /// </remarks>
    public Task<int> PutAsync(IReadOnlyList<(string Domain, CustomerId Customer)> domains, Instant now, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO postmaster (domain, customer_id, state, next_at, mails, cycle, detail, transcript, case_told_at)",
            domains,
            d => [d.Domain, d.Customer, PostmasterState.Waiting, now, 0L, 0L, "", "", now],
            """
            ON CONFLICT (domain) DO UPDATE
            SET    customer_id = excluded.customer_id, state = excluded.state, next_at = excluded.next_at, put_off_since = NULL, due_at = NULL,
                   mails = excluded.mails, code_hash = NULL, checked_at = NULL, answered_at = NULL, detail = excluded.detail, transcript = excluded.transcript,
                   case_told_at = NULL
            WHERE  postmaster.customer_id <> excluded.customer_id OR postmaster.state = 'gone'
            """,
            stop);

    /// <summary>All domains that are checked, and whose each is.</summary>
    public Task<IReadOnlyList<PostmasterHolder>> HoldersAsync(CancellationToken stop) =>
        db.QueryAsync<PostmasterHolder>("SELECT domain, customer_id FROM postmaster WHERE state <> 'gone'", null, stop);

    /// <summary>A domain is not to be checked any more. It is forgotten when cases have heard of it.</summary>
    public Task LeaveAsync(string domain, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = 'gone', code_hash = NULL, case_told_at = NULL
            WHERE  domain = @domain
            """, new { domain }, stop);

    /// <summary>Something is to be done about a domain now.</summary>
    /// <returns><see langword="false"/> when it is none that is checked.</returns>
    public async Task<bool> CheckNowAsync(string domain, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = 'waiting', next_at = @now, put_off_since = NULL
            WHERE  domain = @domain AND state <> 'gone'
            """, new { domain, now }, stop) == 1;

    /// <summary>The same for the customer, who may not ask all the time.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="before">Not if it was checked after this moment, or a check waits.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it is not to be checked yet, or is none that is checked.</returns>
    public async Task<bool> CheckAgainAsync(string domain, Instant before, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = 'waiting', next_at = @now, put_off_since = NULL
            WHERE  domain = @domain AND state NOT IN ('gone', 'waiting') AND (checked_at IS NULL OR checked_at <= @before)
            """, new { domain, before, now }, stop) == 1;

    /// <summary>The domain about which something is due; <see langword="null"/> when there is none. Mails come first: they keep nobody waiting, as a check may.</summary>
    public Task<PostmasterRow?> DueAsync(Instant now, CancellationToken stop) =>
        db.SingleOrDefaultAsync<PostmasterRow>("""
            SELECT *
            FROM   postmaster
            WHERE  next_at <= @now AND state <> 'gone'
            ORDER  BY CASE state WHEN 'asked' THEN 0 ELSE 1 END, next_at, domain
            LIMIT  1
            """, new { now }, stop);

    /// <summary>Domains of which cases do not know yet where they stand; and those that still refuse, again after a while.</summary>
    /// <param name="again">What refuses is told again when it was told at this moment or before.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<PostmasterRow>> UntoldAsync(Instant again, long limit, CancellationToken stop) =>
        db.QueryAsync<PostmasterRow>("""
            SELECT *
            FROM   postmaster
            WHERE  case_told_at IS NULL OR (case_told_at <= @again AND state = 'refuses')
            ORDER  BY domain
            LIMIT  @limit
            """, new { again, limit }, stop);

    /// <summary>Notes that cases know where a domain stands; one that is gone is forgotten with that.</summary>
    /// <returns><see langword="false"/> when it has moved since it was read.</returns>
    public async Task<bool> ToldAsync(PostmasterRow row, Instant now, CancellationToken stop)
    {
        const string AsRead = "WHERE domain = @Domain AND customer_id = @CustomerId AND state = @State";
        return await db.ExecuteAsync(
            row.State == PostmasterState.Gone ? $"DELETE FROM postmaster {AsRead}" : $"UPDATE postmaster SET case_told_at = @now {AsRead}",
            new { row.Domain, row.CustomerId, row.State, now }, stop) == 1;
    }

    /// <summary>One domain, or null.</summary>
    public Task<PostmasterRow?> FindAsync(string domain, CancellationToken stop) =>
        db.SingleOrDefaultAsync<PostmasterRow>("SELECT * FROM postmaster WHERE domain = @domain", new { domain }, stop);

    /// <summary>The domain whose postmaster was given this code; null when none was, or it is another by now.</summary>
    public Task<PostmasterRow?> FindByCodeAsync(byte[] codeHash, CancellationToken stop) =>
        db.SingleOrDefaultAsync<PostmasterRow>("SELECT * FROM postmaster WHERE code_hash = @codeHash", new { codeHash }, stop);

    /// <summary>All domains, those first that somebody must do something about.</summary>
    public Task<IReadOnlyList<PostmasterRow>> ListAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<PostmasterRow>("""
            SELECT *
            FROM   postmaster
            WHERE  state <> 'gone'
            ORDER  BY CASE state WHEN 'refuses' THEN 0 WHEN 'overdue' THEN 1 WHEN 'put-off' THEN 2 WHEN 'asked' THEN 3 ELSE 4 END, domain
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Writes down where a domain stands, unless it has moved since it was read.</summary>
    /// <returns><see langword="false"/> when it has: a person has answered meanwhile.</returns>
    public async Task<bool> RecordAsync(PostmasterRow before, PostmasterRow after, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = @State, next_at = @NextAt, put_off_since = @PutOffSince, due_at = @DueAt, mails = @Mails, cycle = @Cycle,
                   code_hash = @CodeHash, checked_at = @CheckedAt, answered_at = @AnsweredAt, detail = @Detail, transcript = @Transcript,
                   case_told_at = @CaseToldAt
            WHERE  domain = @Domain AND state = @wasState AND next_at = @wasNextAt
            """,
            new
            {
                after.State, after.NextAt, after.PutOffSince, after.DueAt, after.Mails, after.Cycle, after.CodeHash, after.CheckedAt,
                after.AnsweredAt, after.Detail, after.Transcript, after.CaseToldAt, after.Domain, wasState = before.State, wasNextAt = before.NextAt,
            }, stop) == 1;
}

/// <summary>Whose a domain is.</summary>
public sealed record PostmasterHolder
{
    /// <summary>The domain, in lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>The customer.</summary>
    public required CustomerId CustomerId { get; init; }
}

/// <summary>A row of <c>postmaster</c>.</summary>
public sealed record PostmasterRow
{
    /// <summary>The domain, in lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Where it stands.</summary>
    public required PostmasterState State { get; init; }

    /// <summary>When something is to be done about it next.</summary>
    public required Instant NextAt { get; init; }

    /// <summary>Since when mail is put off.</summary>
    public Instant? PutOffSince { get; init; }

    /// <summary>Until when a person has time to answer.</summary>
    public Instant? DueAt { get; init; }

    /// <summary>Mails that asked for it.</summary>
    public required long Mails { get; init; }

    /// <summary>How often it was asked anew; each time has a code of its own.</summary>
    public required long Cycle { get; init; }

    /// <summary>SHA-256 of the code that only the mail to the postmaster has; null when none is out.</summary>
    public byte[]? CodeHash { get; init; }

    /// <summary>When its servers were last asked.</summary>
    public Instant? CheckedAt { get; init; }

    /// <summary>When a person last answered.</summary>
    public Instant? AnsweredAt { get; init; }

    /// <summary>What is to be said about it.</summary>
    public required string Detail { get; init; }

    /// <summary>What was said to its server and by it.</summary>
    public required string Transcript { get; init; }

    /// <summary>When cases heard where it stands; null while they are to hear of it.</summary>
    public Instant? CaseToldAt { get; init; }

    /// <summary>Where it stands, as rules see it.</summary>
    public PostmasterStanding Standing => new(State, NextAt) { PutOffSince = PutOffSince, DueAt = DueAt, Mails = Mails };

    /// <summary>The row, standing there.</summary>
    public PostmasterRow At(PostmasterStanding standing) => this with
    {
        State = standing.State, NextAt = standing.NextAt, PutOffSince = standing.PutOffSince, DueAt = standing.DueAt, Mails = standing.Mails,
        CaseToldAt = PostmasterRules.IsNews(State, standing.State) ? null : CaseToldAt,
    };
}
