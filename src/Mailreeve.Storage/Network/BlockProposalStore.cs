using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>block_proposal</c>: blocks that take two people, and what the second one said.</summary>
public sealed class BlockProposalStore(DbSession db)
{
    private const string Select = """
        SELECT p.*, c.reg_number, c.name AS customer_name
        FROM   block_proposal p
        LEFT   JOIN customer c ON c.id = p.customer_id
        """;

    /// <summary>Keeps one, which waits as soon as this is committed.</summary>
    public Task AddAsync(NewBlockProposal proposal, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO block_proposal (id, first_address, prefix_length, customer_id, scope, list, clause, policy_revision, reason, lasts, why,
                                        proposed_by, proposed_at, expires_at, state)
            VALUES (@id, @firstAddress, @prefixLength, @customer, @scope, @list, @clause, @policyRevision, @reason, @lasts, @why,
                    @proposedBy, @proposedAt, @expiresAt, @state)
            """,
            new
            {
                id = proposal.Id,
                firstAddress = proposal.Prefix?.First,
                prefixLength = (long?)proposal.Prefix?.Length,
                customer = proposal.Customer,
                scope = proposal.Scope,
                list = proposal.List,
                clause = proposal.Clause,
                policyRevision = proposal.PolicyRevision,
                reason = proposal.Reason,
                lasts = (long)proposal.Lasts.TotalMilliseconds,
                why = proposal.Why,
                proposedBy = proposal.ProposedBy,
                proposedAt = proposal.ProposedAt,
                expiresAt = proposal.ExpiresAt,
                state = proposal.State,
            }, stop);

    /// <summary>Those that wait, longest first.</summary>
    public Task<IReadOnlyList<BlockProposalRow>> WaitingAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<BlockProposalRow>($"""
            {Select}
            WHERE  p.state = 'waiting'
            ORDER  BY p.id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>One, or null.</summary>
    public Task<BlockProposalRow?> FindAsync(long id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<BlockProposalRow>($"{Select} WHERE p.id = @id", new { id }, stop);

    /// <summary>Records what the second person said.</summary>
    /// <param name="id">Which.</param>
    /// <param name="state">Confirmed or declined.</param>
    /// <param name="by">Who said it.</param>
    /// <param name="reason">Why, for those who look at it later; empty when nothing was said.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it does not wait any more: somebody else was quicker, or its time is over.</returns>
    public async Task<bool> TryDecideAsync(long id, ProposalState state, Actor by, string reason, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE block_proposal
            SET    state = @state, decided_by = @by, decided_at = @now, decision_reason = @reason
            WHERE  id = @id AND state = 'waiting' AND expires_at > @now
            """, new { id, state, by, reason, now }, stop) == 1;

    /// <summary>Records what was placed.</summary>
    public Task PlacedAsync(long id, long placed, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE block_proposal
            SET    placed = @placed
            WHERE  id = @id
            """, new { id, placed }, stop);

    /// <summary>Whether there is one whose time is over, but which nobody has ended.</summary>
    public async Task<bool> AnyDueAsync(Instant now, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM block_proposal WHERE state = 'waiting' AND expires_at <= @now LIMIT 1) AS due
            """, new { now }, stop) > 0;

    /// <summary>Ends those whose time is over.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireAsync(Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE block_proposal
            SET    state = 'expired', decided_by = 'policy', decided_at = @now, decision_reason = 'Its time was over.'
            WHERE  state = 'waiting' AND expires_at <= @now
            """, new { now }, stop);
}

/// <summary>What a block would be that waits for a second person.</summary>
public abstract record BlockProposalEntry : BlockProposal
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required BlockScope Scope { get; init; }

    /// <summary>The list of others that it would be kept in; null for none.</summary>
    public string? List { get; init; }

    /// <summary>The clause.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The revision of the policy that was used.</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>Why, as the blocked party may read it.</summary>
    public required string Reason { get; init; }

    /// <summary>Why one person is not enough.</summary>
    public required string Why { get; init; }
}

/// <summary>One to keep.</summary>
public sealed record NewBlockProposal : BlockProposalEntry
{
    /// <summary>What is to be blocked; null for all that a customer has.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>The customer all of whose addresses are to be blocked; null for a prefix.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>How long it lasts, from the yes.</summary>
    public required Duration Lasts { get; init; }
}

/// <summary>A row of <c>block_proposal</c>.</summary>
public sealed record BlockProposalRow : BlockProposalEntry
{
    /// <summary>Lowest address; null for all that a customer has.</summary>
    public Address? FirstAddress { get; init; }

    /// <summary>Fixed bits of the 128-bit form.</summary>
    public long? PrefixLength { get; init; }

    /// <summary>The customer all of whose addresses are to be blocked; null for a prefix.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>That customer's registration number.</summary>
    public string? RegNumber { get; init; }

    /// <summary>That customer's name.</summary>
    public string? CustomerName { get; init; }

    /// <summary>Milliseconds that it lasts, from the yes.</summary>
    public required long Lasts { get; init; }

    /// <summary>Who said yes or no.</summary>
    public Actor? DecidedBy { get; init; }

    /// <summary>When.</summary>
    public Instant? DecidedAt { get; init; }

    /// <summary>Why.</summary>
    public string? DecisionReason { get; init; }

    /// <summary>The number of what was placed: of a block, or of a block of all that a customer has.</summary>
    public long? Placed { get; init; }

    /// <summary>What is to be blocked; null for all that a customer has.</summary>
    public Prefix? Prefix => FirstAddress is { } first && PrefixLength is { } length ? new Prefix(first, (int)length) : null;

    /// <summary>What is to be blocked, in words: an address, a prefix, or a customer's name with its number.</summary>
    public string Target => Prefix?.ToString() ?? $"all of {CustomerName} ({RegNumber})";

    /// <summary>How long it lasts, from the yes.</summary>
    public Duration For => Duration.FromMilliseconds(Lasts);
}
