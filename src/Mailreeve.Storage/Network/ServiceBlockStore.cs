using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>service_block</c>: mailboxes and services that are suspended, from the commit that writes them.</summary>
/// <remarks>Their numbers are those of <c>block</c>, so that a case, an order and a person name either by its number alone.</remarks>
public sealed class ServiceBlockStore(DbSession db)
{
    private const string Select = """
        SELECT b.*, m.address, s.kind AS service_kind, s.name AS service_name, s.login AS service_login, k.reg_number, k.name AS customer_name
        FROM   service_block b
        JOIN   customer k ON k.id = b.customer_id
        LEFT   JOIN mailbox m ON m.id = b.mailbox_id
        LEFT   JOIN service s ON s.id = b.service_id
        """;

    /// <summary>Places blocks, which are in force as soon as this is committed.</summary>
    public async Task PlaceAsync(IReadOnlyList<NewServiceBlock> blocks, CancellationToken stop)
    {
        await db.InsertManyAsync("""
            INSERT INTO service_block (id, case_id, step, customer_id, mailbox_id, service_id, clause, policy_revision, reason, placed_by,
                                       starts_at, expires_at, state)
            """,
            blocks,
            b => [b.Id, b.Case, b.Step, b.Target.Customer, (b.Target as SuspensionTarget.OfMailbox)?.Id, (b.Target as SuspensionTarget.OfService)?.Service.Id,
                  b.Clause, b.PolicyRevision, b.Reason, b.PlacedBy, b.StartsAt, b.ExpiresAt, BlockState.InForce],
            stop);
        await db.RecordChangesAsync(ChangeKind.ServiceBlock, [.. blocks.Select(b => b.Id.Value)], stop);
    }

    /// <summary>Lifts a block.</summary>
    /// <returns><see langword="false"/> when it is not in force any more, or is none of these.</returns>
    public async Task<bool> LiftAsync(BlockId id, Actor by, string reason, Instant now, CancellationToken stop) =>
        await EndAsync("""
            UPDATE service_block
            SET    state = 'lifted', ended_at = @now, ended_by = @by, end_reason = @reason, case_told_at = @now
            WHERE  id = @id AND state = 'in-force'
            RETURNING id
            """, new { id, by, reason, now }, stop) == 1;

    /// <summary>Ends those whose time is over.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireAsync(Instant now, CancellationToken stop) =>
        EndAsync("""
            UPDATE service_block
            SET    state = 'expired', ended_at = @now, ended_by = 'policy', end_reason = 'Its time was over.'
            WHERE  state = 'in-force' AND expires_at <= @now
            RETURNING id
            """, new { now }, stop);

    /// <summary>Whether there is one whose time is over, but which nobody has ended.</summary>
    public async Task<bool> AnyDueAsync(Instant now, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT id FROM service_block WHERE state = 'in-force' AND expires_at <= @now LIMIT 1) AS due
            """, new { now }, stop) > 0;

    /// <summary>Expired blocks of which their case does not know yet, oldest first.</summary>
    public Task<IReadOnlyList<ServiceBlockRow>> ExpiredUntoldAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<ServiceBlockRow>($"""
            {Select}
            WHERE  b.state = 'expired' AND b.case_id IS NOT NULL AND b.case_told_at IS NULL
            ORDER  BY b.id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Notes that the case of an expired block has taken it in.</summary>
    public Task ToldAsync(BlockId id, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE service_block
            SET    case_told_at = @now
            WHERE  id = @id
            """, new { id, now }, stop);

    /// <summary>One block, or null.</summary>
    public Task<ServiceBlockRow?> FindAsync(BlockId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<ServiceBlockRow>($"{Select} WHERE b.id = @id", new { id }, stop);

    /// <summary>Those of these numbers that are of this kind.</summary>
    public async Task<IReadOnlyList<ServiceBlockRow>> FindAsync(IReadOnlyCollection<BlockId> ids, CancellationToken stop)
    {
        var rows = new List<ServiceBlockRow>();
        foreach (var some in ids.Chunk(DbSession.ListMax))
            rows.AddRange(await db.QueryAsync<ServiceBlockRow>($"{Select} WHERE {db.IsAnyOf("b.id", "ids")}", new { ids = some.Select(i => i.Value).ToArray() }, stop));
        return rows;
    }

    /// <summary>Those in force, newest first.</summary>
    public Task<IReadOnlyList<ServiceBlockRow>> InForceAsync(CancellationToken stop) =>
        db.QueryAsync<ServiceBlockRow>($"{Select} WHERE b.state = 'in-force' ORDER BY b.id DESC", null, stop);

    /// <summary>Those in force of these customers, newest first.</summary>
    public async Task<IReadOnlyList<ServiceBlockRow>> InForceOfAsync(IReadOnlyCollection<CustomerId> customers, long limit, CancellationToken stop)
    {
        if (customers.Count == 0)
            return [];
        return await db.QueryAsync<ServiceBlockRow>($"""
            {Select}
            WHERE  b.state = 'in-force' AND {db.IsAnyOf("b.customer_id", "ids")}
            ORDER  BY b.id DESC
            LIMIT  @limit
            """, new { ids = customers.Select(c => c.Value).ToArray(), limit }, stop);
    }

    /// <summary>Those in force of a mailbox, newest first.</summary>
    public Task<IReadOnlyList<ServiceBlockRow>> InForceOfAsync(MailboxId mailbox, CancellationToken stop) =>
        db.QueryAsync<ServiceBlockRow>($"{Select} WHERE b.state = 'in-force' AND b.mailbox_id = @mailbox ORDER BY b.id DESC", new { mailbox }, stop);

    /// <summary>All blocks of a case, oldest first.</summary>
    public Task<IReadOnlyList<ServiceBlockRow>> OfCaseAsync(CaseId id, CancellationToken stop) =>
        db.QueryAsync<ServiceBlockRow>($"{Select} WHERE b.case_id = @id ORDER BY b.id", new { id }, stop);

    private async Task<int> EndAsync(string sql, object parameters, CancellationToken stop)
    {
        var ids = await db.QueryAsync<long>(sql, parameters, stop);
        await db.RecordChangesAsync(ChangeKind.ServiceBlock, ids, stop);
        return ids.Count;
    }
}

/// <summary>A mailbox or a service to suspend.</summary>
public sealed record NewServiceBlock : BlockDecision
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>; it is counted with <c>block</c>.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The case; null for an entry of an operator.</summary>
    public CaseId? Case { get; init; }

    /// <summary>The step of the case's ladder.</summary>
    public string? Step { get; init; }

    /// <summary>What is suspended.</summary>
    public required SuspensionTarget Target { get; init; }
}

/// <summary>A row of <c>service_block</c>.</summary>
public sealed record ServiceBlockRow : BlockDecision
{
    /// <summary>Its number.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The case, if it belongs to one.</summary>
    public CaseId? CaseId { get; init; }

    /// <summary>The step of the case's ladder.</summary>
    public string? Step { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>That customer's registration number.</summary>
    public required string RegNumber { get; init; }

    /// <summary>That customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>The mailbox; null for a service.</summary>
    public MailboxId? MailboxId { get; init; }

    /// <summary>The mailbox's own address; null for a service.</summary>
    public string? Address { get; init; }

    /// <summary>The service; null for a mailbox.</summary>
    public long? ServiceId { get; init; }

    /// <summary>What kind of service; null for a mailbox.</summary>
    public ServiceKind? ServiceKind { get; init; }

    /// <summary>The service's name; null for a mailbox.</summary>
    public string? ServiceName { get; init; }

    /// <summary>By what the access network knows the service; null when it does not.</summary>
    public string? ServiceLogin { get; init; }

    /// <summary>Where it stands.</summary>
    public required BlockState State { get; init; }

    /// <summary>When it ended.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>Who ended it.</summary>
    public Actor? EndedBy { get; init; }

    /// <summary>Why it ended.</summary>
    public string? EndReason { get; init; }

    /// <summary>Whether this is what it suspends.</summary>
    public bool IsOf(SuspensionTarget target) => target switch
    {
        SuspensionTarget.OfMailbox mailbox => MailboxId == mailbox.Id,
        SuspensionTarget.OfService service => ServiceId == service.Service.Id,
        _ => false,
    };

    /// <summary>What is suspended, as <see cref="SuspensionTarget"/> says it.</summary>
    public string Target => ServiceKind is { } kind ? ServiceWords.Of(kind, ServiceName!) : $"mailbox {Address}";
}
