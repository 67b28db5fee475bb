using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>postmaster</c>: whether postmaster@ of customers' domains takes mail, and is read.</summary>
public sealed class PostmasterStore(DbSession db)
{
    /// <summary>Adds domains that are not there yet, to be checked now; those that have another customer by now begin anew.</summary>
    /// <remarks>A code that is out was given to whoever had the domain before, and what was said there is theirs.</remarks>
    public Task<int> PutAsync(IReadOnlyList<(string Domain, CustomerId Customer)> domains, Instant now, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO postmaster (domain, customer_id, state, next_at, mails, cycle, detail, transcript)",
            domains,
            d => [d.Domain, d.Customer, PostmasterState.Waiting, now, 0L, 0L, "", ""],
            """
            ON CONFLICT (domain) DO UPDATE
            SET    customer_id = excluded.customer_id, state = excluded.state, next_at = excluded.next_at, put_off_since = NULL, due_at = NULL,
                   mails = excluded.mails, code_hash = NULL, checked_at = NULL, answered_at = NULL, detail = excluded.detail, transcript = excluded.transcript
            WHERE  postmaster.customer_id <> excluded.customer_id
            """,
            stop);

    /// <summary>All domains, and whose each is.</summary>
    public Task<IReadOnlyList<PostmasterHolder>> HoldersAsync(CancellationToken stop) =>
        db.QueryAsync<PostmasterHolder>("SELECT domain, customer_id FROM postmaster", null, stop);

    /// <summary>Forgets a domain that is not to be checked any more.</summary>
    public Task DropAsync(string domain, CancellationToken stop) =>
        db.ExecuteAsync("DELETE FROM postmaster WHERE domain = @domain", new { domain }, stop);

    /// <summary>Something is to be done about a domain now.</summary>
    /// <returns><see langword="false"/> when it is none that is checked.</returns>
    public async Task<bool> CheckNowAsync(string domain, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = 'waiting', next_at = @now, put_off_since = NULL
            WHERE  domain = @domain
            """, new { domain, now }, stop) == 1;

    /// <summary>The domain about which something is due; <see langword="null"/> when there is none. Mails come first: they keep nobody waiting, as a check may.</summary>
    public Task<PostmasterRow?> DueAsync(Instant now, CancellationToken stop) =>
        db.SingleOrDefaultAsync<PostmasterRow>("""
            SELECT *
            FROM   postmaster
            WHERE  next_at <= @now
            ORDER  BY CASE state WHEN 'asked' THEN 0 ELSE 1 END, next_at, domain
            LIMIT  1
            """, new { now }, stop);

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
            ORDER  BY CASE state WHEN 'refuses' THEN 0 WHEN 'overdue' THEN 1 WHEN 'put-off' THEN 2 WHEN 'asked' THEN 3 ELSE 4 END, domain
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Writes down where a domain stands, unless it has moved since it was read.</summary>
    /// <returns><see langword="false"/> when it has: a person has answered meanwhile.</returns>
    public async Task<bool> RecordAsync(PostmasterRow before, PostmasterRow after, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE postmaster
            SET    state = @State, next_at = @NextAt, put_off_since = @PutOffSince, due_at = @DueAt, mails = @Mails, cycle = @Cycle,
                   code_hash = @CodeHash, checked_at = @CheckedAt, answered_at = @AnsweredAt, detail = @Detail, transcript = @Transcript
            WHERE  domain = @Domain AND state = @wasState AND next_at = @wasNextAt
            """,
            new
            {
                after.State, after.NextAt, after.PutOffSince, after.DueAt, after.Mails, after.Cycle, after.CodeHash, after.CheckedAt,
                after.AnsweredAt, after.Detail, after.Transcript, after.Domain, wasState = before.State, wasNextAt = before.NextAt,
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

    /// <summary>Where it stands, as rules see it.</summary>
    public PostmasterStanding Standing => new(State, NextAt) { PutOffSince = PutOffSince, DueAt = DueAt, Mails = Mails };

    /// <summary>The row, standing there.</summary>
    public PostmasterRow At(PostmasterStanding standing) => this with
    {
        State = standing.State, NextAt = standing.NextAt, PutOffSince = standing.PutOffSince, DueAt = standing.DueAt, Mails = standing.Mails,
    };
}
