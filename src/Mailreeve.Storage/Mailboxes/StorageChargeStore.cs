using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Extra storage of mailboxes (C9): who had how much from when on, and one charge for each mailbox and month.</summary>
public sealed class StorageChargeStore(DbSession db)
{
    /// <summary>Buys steps of extra storage, or gives them back.</summary>
    /// <param name="mailbox">For which mailbox, which must be there.</param>
    /// <param name="steps">How many it has from now on, 0 or more.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it has just as many.</returns>
    public async Task<bool> SetStepsAsync(MailboxId mailbox, long steps, Actor by, Instant now, CancellationToken stop)
    {
        var month = TextOf(StorageRules.MonthOf(now));
        // The first month of a stretch is the one in which the first step is bought; while there is one, the clerk moves it on.
        var changed = await db.ExecuteAsync("""
            UPDATE mailbox
            SET    extra_steps = @steps, charge_from = COALESCE(charge_from, @month)
            WHERE  id = @mailbox AND extra_steps <> @steps
            """, new { mailbox, steps, month }, stop) == 1;
        if (!changed)
            return false;
        var id = await db.NextIdsAsync("storage_step", 1, stop);
        await db.ExecuteAsync("""
            INSERT INTO storage_step (id, mailbox_id, since, steps, changed_by)
            VALUES (@id, @mailbox, @now, @steps, @by)
            """, new { id, mailbox, now, steps, by }, stop);
        await db.RecordChangeAsync(ChangeKind.Mailbox, mailbox.Value, stop);
        return true;
    }

    /// <summary>How many steps a mailbox had from when on, in order.</summary>
    public async Task<IReadOnlyList<StorageChange>> ChangesOfAsync(MailboxId mailbox, CancellationToken stop) =>
        [.. (await db.QueryAsync<StepRow>("""
            SELECT since, steps
            FROM   storage_step
            WHERE  mailbox_id = @mailbox
            ORDER  BY id
            """, new { mailbox }, stop)).Select(r => new StorageChange(r.Since, r.Steps))];

    /// <summary>Writes charges down. A mailbox and month that were charged before are not charged again.</summary>
    /// <returns>How many are new.</returns>
    public Task<int> ChargeAsync(IReadOnlyList<NewStorageCharge> charges, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO storage_charge (mailbox_id, month, customer_id, steps, amount_cents, currency, clause, policy_revision, charged_at)
            """,
            charges,
            c => [c.Mailbox, TextOf(c.Month), c.Customer, c.Steps, c.Amount.Cents, c.Amount.Currency, c.Clause, c.PolicyRevision, c.ChargedAt],
            "ON CONFLICT (mailbox_id, month) DO NOTHING",
            stop);

    /// <summary>Holds on to a mailbox until the end of the transaction, so that nobody buys or gives back steps meanwhile.</summary>
    /// <returns>The first month that has not been charged, as <c>2026-03</c>; null when there is none.</returns>
    public Task<string?> HoldAsync(MailboxId mailbox, CancellationToken stop) =>
        db.SingleOrDefaultAsync<string?>("""
            UPDATE mailbox
            SET    charge_from = charge_from
            WHERE  id = @mailbox
            RETURNING charge_from
            """, new { mailbox }, stop);

    /// <summary>Months up to this one have been charged. The next one follows when it is over, if there are or were steps in it.</summary>
    public Task ChargedThroughAsync(MailboxId mailbox, YearMonth month, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE mailbox
            SET    charge_from = CASE WHEN extra_steps > 0 OR EXISTS (SELECT 1
                                                                     FROM   storage_step
                                                                     WHERE  mailbox_id = @mailbox AND since >= @begins)
                                      THEN @next END
            WHERE  id = @mailbox
            """, new { mailbox, next = TextOf(month.PlusMonths(1)), begins = BeginOf(month.PlusMonths(1)) }, stop);

    /// <summary>The storage charges of a customer, newest month first.</summary>
    public Task<IReadOnlyList<StorageChargeRow>> OfCustomerAsync(CustomerId customer, long limit, CancellationToken stop) =>
        db.QueryAsync<StorageChargeRow>("""
            SELECT c.*, m.address
            FROM   storage_charge c
            JOIN   mailbox m ON m.id = c.mailbox_id
            WHERE  c.customer_id = @customer
            ORDER  BY c.month DESC, m.address
            LIMIT  @limit
            """, new { customer, limit }, stop);

    /// <summary>The storage charges of everyone, newest month first.</summary>
    public Task<IReadOnlyList<StorageChargeRow>> NewestAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<StorageChargeRow>("""
            SELECT c.*, m.address
            FROM   storage_charge c
            JOIN   mailbox m ON m.id = c.mailbox_id
            ORDER  BY c.month DESC, m.address
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>A month as it stands in a column, <c>2026-03</c>: the order of texts is that of months.</summary>
    internal static string TextOf(YearMonth month) => $"{month.Year:0000}-{month.Month:00}";

    private static Instant BeginOf(YearMonth month) => month.OnDayOfMonth(1).AtMidnight().InUtc().ToInstant();

    private sealed record StepRow
    {
        public required Instant Since { get; init; }

        public required long Steps { get; init; }
    }
}

/// <summary>A charge for the extra storage of one mailbox in one month.</summary>
public sealed record NewStorageCharge
{
    /// <summary>The mailbox.</summary>
    public required MailboxId Mailbox { get; init; }

    /// <summary>Who pays.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>The month, UTC.</summary>
    public required YearMonth Month { get; init; }

    /// <summary>The most steps it had in it.</summary>
    public required long Steps { get; init; }

    /// <summary>How much.</summary>
    public required Money Amount { get; init; }

    /// <summary>What it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant ChargedAt { get; init; }
}

/// <summary>A row of <c>storage_charge</c>.</summary>
public sealed record StorageChargeRow
{
    /// <summary>The mailbox.</summary>
    public required MailboxId MailboxId { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>The month, UTC, as <c>2026-03</c>.</summary>
    public required string Month { get; init; }

    /// <summary>Who pays.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The most steps it had in that month.</summary>
    public required long Steps { get; init; }

    /// <summary>How much, in cents.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>What it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>When it was written.</summary>
    public required Instant ChargedAt { get; init; }

    /// <summary>How much.</summary>
    public Money Amount => new(AmountCents, Currency);
}
