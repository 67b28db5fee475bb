using Mailreeve.Policy;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Rows of the hand-over table <c>charge</c>: one for each valid complaint (C3), for ever.</summary>
public sealed class ChargeStore(DbSession db)
{
    /// <summary>Proposes charges. A complaint that was charged before, whatever became of it, is not charged again.</summary>
    /// <returns>How many are new.</returns>
    public Task<int> ProposeAsync(IReadOnlyList<NewCharge> charges, CancellationToken stop) =>
        db.InsertManyAsync("""
            INSERT INTO charge (id, customer_id, case_id, report_id, amount_cents, currency, clause, policy_revision, state, proposed_at, validity,
                                validity_detail, confirmed_by_records)
            """,
            charges,
            c => [c.Id, c.Customer, c.Case, c.Report, c.Amount.Cents, c.Amount.Currency, c.Clause, c.PolicyRevision,
                  ChargeState.Proposed, c.ProposedAt, c.Validity, c.ValidityDetail, c.IsConfirmedByRecords ? 1L : 0L],
            "ON CONFLICT (case_id, report_id) DO NOTHING",
            stop);

    /// <summary>The customer owes it.</summary>
    /// <returns><see langword="false"/> when it was decided already.</returns>
    public async Task<bool> ConfirmAsync(ChargeId id, Actor by, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE charge
            SET    state = 'confirmed', decided_at = @now, decided_by = @by
            WHERE  id = @id AND state = 'proposed'
            """, new { id, by, now }, stop) == 1;

    /// <summary>The customer does not owe it, or not any more.</summary>
    /// <param name="id">The charge, proposed or confirmed.</param>
    /// <param name="by">Who decided.</param>
    /// <param name="reason">Why; the customer reads it.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it was void already.</returns>
    public async Task<bool> VoidAsync(ChargeId id, Actor by, string reason, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE charge
            SET    state = 'voided', decided_at = @now, decided_by = @by, reason = @reason
            WHERE  id = @id AND state <> 'voided'
            """, new { id, by, reason, now }, stop) == 1;

    /// <summary>The charge, or null.</summary>
    public Task<ChargeRow?> FindAsync(ChargeId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<ChargeRow>("SELECT * FROM charge WHERE id = @id", new { id }, stop);

    /// <summary>The charges of a case, oldest first.</summary>
    public Task<IReadOnlyList<ChargeRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<ChargeRow>("""
            SELECT *
            FROM   charge
            WHERE  case_id = @id
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>Proposed charges of a case whose message our own records show.</summary>
    public Task<IReadOnlyList<ChargeId>> ConfirmableAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<ChargeId>("""
            SELECT id
            FROM   charge
            WHERE  case_id = @id AND state = 'proposed' AND confirmed_by_records = 1
            ORDER  BY id
            """, new { id }, stop);

    /// <summary>The charges of a customer, newest first.</summary>
    public Task<IReadOnlyList<ChargeRow>> OfCustomerAsync(CustomerId customer, long limit, CancellationToken stop) =>
        db.QueryAsync<ChargeRow>("""
            SELECT *
            FROM   charge
            WHERE  customer_id = @customer
            ORDER  BY id DESC
            LIMIT  @limit
            """, new { customer, limit }, stop);

    /// <summary>All charges in this state, oldest proposal first.</summary>
    public Task<IReadOnlyList<ChargeRow>> InStateAsync(ChargeState state, long limit, CancellationToken stop) =>
        db.QueryAsync<ChargeRow>("""
            SELECT *
            FROM   charge
            WHERE  state = @state
            ORDER  BY proposed_at, id
            LIMIT  @limit
            """, new { state, limit }, stop);

    /// <summary>What a customer owes, might owe and need not pay: one row for each state and currency.</summary>
    public Task<IReadOnlyList<ChargeTotal>> TotalsOfAsync(CustomerId customer, CancellationToken stop) =>
        db.QueryAsync<ChargeTotal>("""
            SELECT state, currency, COUNT(*) AS count, CAST(SUM(amount_cents) AS BIGINT) AS cents
            FROM   charge
            WHERE  customer_id = @customer
            GROUP  BY state, currency
            ORDER  BY state, currency
            """, new { customer }, stop);

    /// <summary>The same over all customers.</summary>
    public Task<IReadOnlyList<ChargeTotal>> TotalsAsync(CancellationToken stop) =>
        db.QueryAsync<ChargeTotal>("""
            SELECT state, currency, COUNT(*) AS count, CAST(SUM(amount_cents) AS BIGINT) AS cents
            FROM   charge
            GROUP  BY state, currency
            ORDER  BY state, currency
            """, null, stop);
}

/// <summary>Where a charge stands.</summary>
public enum ChargeState
{
    /// <summary>The policy asks for it; nobody has decided yet.</summary>
    Proposed,

    /// <summary>The customer owes it.</summary>
    Confirmed,

    /// <summary>The customer does not owe it; the reason says why.</summary>
    Voided,
}

/// <summary>A charge to propose.</summary>
public sealed record NewCharge
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required ChargeId Id { get; init; }

    /// <summary>Who would pay.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>The case.</summary>
    public required CaseId Case { get; init; }

    /// <summary>The complaint.</summary>
    public required ReportId Report { get; init; }

    /// <summary>How much.</summary>
    public required Money Amount { get; init; }

    /// <summary>The clause.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>When.</summary>
    public required Instant ProposedAt { get; init; }

    /// <summary>Whether the complaint is valid, as far as it shows itself; null when that was not asked.</summary>
    public ComplaintValidity? Validity { get; init; }

    /// <summary>Why.</summary>
    public string? ValidityDetail { get; init; }

    /// <summary>Whether our own records show the message, so that no person is needed where the policy says so.</summary>
    public bool IsConfirmedByRecords { get; init; }
}

/// <summary>A row of <c>charge</c>.</summary>
public sealed record ChargeRow
{
    /// <summary>Its number.</summary>
    public required ChargeId Id { get; init; }

    /// <summary>Who pays.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The case.</summary>
    public required CaseId CaseId { get; init; }

    /// <summary>The complaint.</summary>
    public required ReportId ReportId { get; init; }

    /// <summary>How much, in cents.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>The clause.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>Where it stands.</summary>
    public required ChargeState State { get; init; }

    /// <summary>When it was proposed.</summary>
    public required Instant ProposedAt { get; init; }

    /// <summary>When it was confirmed or voided.</summary>
    public Instant? DecidedAt { get; init; }

    /// <summary>Who decided.</summary>
    public Actor? DecidedBy { get; init; }

    /// <summary>Why it was voided.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the complaint is valid, as far as it shows itself; null when that was not asked.</summary>
    public ComplaintValidity? Validity { get; init; }

    /// <summary>Why; nothing in it names the reporter.</summary>
    public string? ValidityDetail { get; init; }

    /// <summary>How much.</summary>
    public Money Amount => new(AmountCents, Currency);
}

/// <summary>A sum of charges in one state and currency.</summary>
public sealed record ChargeTotal
{
    /// <summary>The state.</summary>
    public required ChargeState State { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>How many charges.</summary>
    public required long Count { get; init; }

    /// <summary>Their sum in cents.</summary>
    public required long Cents { get; init; }

    /// <summary>Their sum.</summary>
    public Money Amount => new(Cents, Currency);
}
