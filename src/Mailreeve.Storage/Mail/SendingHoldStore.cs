using Mailreeve.Policy;
using Mailreeve.Policy.Sending;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Holds on what customers send, and the mail under them.</summary>
public sealed class SendingHoldStore(DbSession db)
{
    private const string Select = """
        SELECT h.id, h.customer_id, h.mailbox_id, h.reason, h.detail, h.clause, h.policy_revision, h.placed_at, h.placed_by, h.told_at,
               h.ended_at, h.ended_by, h.end_reason, h.outcome, u.name AS customer_name, u.reg_number, m.address AS mailbox,
               (SELECT COUNT(*) FROM submission s WHERE s.hold_id = h.id) AS messages,
               (SELECT COALESCE(SUM(s.recipients), 0) FROM submission s WHERE s.hold_id = h.id) AS recipients
        FROM   sending_hold h
        JOIN   customer u ON u.id = h.customer_id
        LEFT   JOIN mailbox m ON m.id = h.mailbox_id
        """;

    /// <summary>Places a hold, unless one stands.</summary>
    /// <returns>The hold that stands now.</returns>
    public async Task<HoldId> PlaceAsync(NewHold hold, CancellationToken stop)
    {
        var id = new HoldId(await db.NextIdsAsync("sending_hold", 1, stop));
        var placed = await db.ExecuteAsync("""
            INSERT INTO sending_hold (id, customer_id, mailbox_id, reason, detail, clause, policy_revision, placed_at, placed_by)
            VALUES (@id, @CustomerId, @MailboxId, @Reason, @Detail, @Clause, @PolicyRevision, @PlacedAt, @PlacedBy)
            ON CONFLICT DO NOTHING
            """,
            new { id, hold.CustomerId, hold.MailboxId, hold.Reason, hold.Detail, hold.Clause, hold.PolicyRevision, hold.PlacedAt, hold.PlacedBy }, stop);
        if (placed == 0)
            return await OpenIdAsync(hold.CustomerId, hold.MailboxId, stop);
        await db.RecordChangeAsync(ChangeKind.Hold, id.Value, stop);
        return id;
    }

    /// <summary>Makes sure that a hold is open and stays so until this transaction ends: what comes under it now is not forgotten by who ends it.</summary>
    /// <returns><see langword="false"/> when it has ended.</returns>
    public async Task<bool> KeepOpenAsync(HoldId id, CancellationToken stop) =>
        await db.ExecuteAsync("UPDATE sending_hold SET detail = detail WHERE id = @id AND ended_at IS NULL", new { id }, stop) == 1;

    /// <summary>Ends a hold, and lets its mail go or drops it, in one act.</summary>
    /// <returns><see langword="false"/> when it has ended before.</returns>
    public async Task<bool> EndAsync(HoldId id, HoldOutcome outcome, Actor by, string reason, Instant now, CancellationToken stop)
    {
        var ended = await db.ExecuteAsync("""
            UPDATE sending_hold
            SET    ended_at = @now, ended_by = @by, end_reason = @reason, outcome = @outcome
            WHERE  id = @id AND ended_at IS NULL
            """, new { id, now, by, reason, outcome }, stop);
        if (ended == 0)
            return false;
        var queue = new QueueDesk(db);
        var under = new QueueFilter { Hold = id.Value, State = OutboundState.Held };
        await (outcome == HoldOutcome.Released
            ? queue.ReleaseAsync(under, by, now, stop)
            : queue.DropAsync(under, tell: false, by, now, stop));
        await db.RecordChangeAsync(ChangeKind.Hold, id.Value, stop);
        return true;
    }

    /// <summary>When a hold on a sender ended last; null when none has.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="mailbox">The mailbox; null for holds on all of the customer's.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<Instant?> LastEndedAsync(CustomerId customer, MailboxId? mailbox, CancellationToken stop) =>
        db.SingleOrDefaultAsync<Instant?>("""
            SELECT ended_at
            FROM   sending_hold
            WHERE  customer_id = @customer AND COALESCE(mailbox_id, 0) = @mailbox AND ended_at IS NOT NULL
            ORDER  BY ended_at DESC
            LIMIT  1
            """, new { customer, mailbox = mailbox?.Value ?? 0 }, stop);

    /// <summary>The hold; null when there is none of this number.</summary>
    public Task<HoldRow?> FindAsync(HoldId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<HoldRow>($"{Select} WHERE h.id = @id", new { id }, stop);

    /// <summary>Open holds, oldest first.</summary>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<HoldRow>> WaitingAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<HoldRow>($"{Select} WHERE h.ended_at IS NULL ORDER BY h.id LIMIT @limit", new { limit }, stop);

    /// <summary>Holds that have ended, latest first.</summary>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<HoldRow>> EndedAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<HoldRow>($"{Select} WHERE h.ended_at IS NOT NULL ORDER BY h.id DESC LIMIT @limit", new { limit }, stop);

    /// <summary>The open hold on what a mailbox sends, its own or its customer's; null for none.</summary>
    public async Task<HoldRow?> OnAsync(CustomerId customer, MailboxId mailbox, CancellationToken stop) =>
        (await db.QueryAsync<HoldRow>($"""
            {Select}
            WHERE  h.ended_at IS NULL AND (h.mailbox_id = @mailbox OR (h.customer_id = @customer AND h.mailbox_id IS NULL))
            ORDER  BY h.id
            """, new { customer, mailbox }, stop)).FirstOrDefault();

    /// <summary>Holds of which nobody has told the customer, oldest first.</summary>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<HoldRow>> UntoldAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<HoldRow>($"{Select} WHERE h.told_at IS NULL ORDER BY h.id LIMIT @limit", new { limit }, stop);

    /// <summary>The customer is told, in this transaction.</summary>
    /// <returns><see langword="false"/> when somebody else did.</returns>
    public async Task<bool> ToldAsync(HoldId id, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("UPDATE sending_hold SET told_at = @now WHERE id = @id AND told_at IS NULL", new { id, now }, stop) == 1;

    internal Task<IReadOnlyList<HoldEntry>> OpenAsync(CancellationToken stop) =>
        db.QueryAsync<HoldEntry>("SELECT id, customer_id, mailbox_id FROM sending_hold WHERE ended_at IS NULL", null, stop);

    private Task<HoldId> OpenIdAsync(CustomerId customer, MailboxId? mailbox, CancellationToken stop) =>
        db.SingleAsync<HoldId>("""
            SELECT id
            FROM   sending_hold
            WHERE  ended_at IS NULL AND customer_id = @customer AND COALESCE(mailbox_id, 0) = @mailbox
            """, new { customer, mailbox = mailbox?.Value ?? 0 }, stop);
}

/// <summary>A hold to place.</summary>
public sealed record NewHold
{
    /// <summary>Whose mail.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Only what this mailbox sends; null for all of the customer's.</summary>
    public MailboxId? MailboxId { get; init; }

    /// <summary>Why.</summary>
    public required HoldReason Reason { get; init; }

    /// <summary>The figures, as a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>The clause it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>Of which revision of the policy.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>When.</summary>
    public required Instant PlacedAt { get; init; }

    /// <summary>By whom.</summary>
    public required Actor PlacedBy { get; init; }
}

/// <summary>A hold, with what people need to see of it.</summary>
public sealed record HoldRow
{
    /// <summary>Its number.</summary>
    public required HoldId Id { get; init; }

    /// <summary>Whose mail.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Only what this mailbox sends; null for all of the customer's.</summary>
    public MailboxId? MailboxId { get; init; }

    /// <summary>Why.</summary>
    public required HoldReason Reason { get; init; }

    /// <summary>The figures, as a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>The clause it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>Of which revision of the policy.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>When it was placed.</summary>
    public required Instant PlacedAt { get; init; }

    /// <summary>By whom.</summary>
    public required Actor PlacedBy { get; init; }

    /// <summary>When the customer was told; null until then.</summary>
    public Instant? ToldAt { get; init; }

    /// <summary>When it ended; null while it is open.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>Who ended it.</summary>
    public Actor? EndedBy { get; init; }

    /// <summary>Why it was ended.</summary>
    public string? EndReason { get; init; }

    /// <summary>What became of the mail; null while it is open.</summary>
    public HoldOutcome? Outcome { get; init; }

    /// <summary>The customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>The customer's registration number.</summary>
    public required string RegNumber { get; init; }

    /// <summary>The mailbox's address; null for all of the customer's.</summary>
    public string? Mailbox { get; init; }

    /// <summary>Messages that came under it.</summary>
    public required long Messages { get; init; }

    /// <summary>Their recipients in all.</summary>
    public required long Recipients { get; init; }
}

/// <summary>What became of held mail.</summary>
public enum HoldOutcome
{
    /// <summary>It went out.</summary>
    Released,

    /// <summary>It did not, and nobody gets it.</summary>
    Dropped,
}
