using Mailreeve.Policy.Postmaster;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>postmaster_reply</c>: answers by mail to what was written to postmaster@ of customers' domains.</summary>
public sealed class PostmasterReplyStore(DbSession db)
{
    /// <summary>Keeps that there was an answer; it may be acknowledged once the transaction is committed.</summary>
    /// <returns>Its number; <see langword="null"/> when there is one with this code already, by a person or by a program as this one is.</returns>
    public async Task<long?> AddAsync(NewPostmasterReply reply, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("postmaster_reply", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO postmaster_reply (id, received_at, code_hash, mark, by_program, state)
            VALUES (@id, @ReceivedAt, @CodeHash, @Mark, @byProgram, 'waiting')
            ON CONFLICT DO NOTHING
            """, new { id, reply.ReceivedAt, reply.CodeHash, reply.Mark, byProgram = reply.Mark is null ? 0L : 1L }, stop);
        return added == 1 ? id : null;
    }

    /// <summary>What nobody has looked at yet, oldest first.</summary>
    public Task<IReadOnlyList<PostmasterReplyRow>> WaitingAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<PostmasterReplyRow>("""
            SELECT id, received_at, code_hash, mark
            FROM   postmaster_reply
            WHERE  state = 'waiting'
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Notes that it was looked at.</summary>
    /// <returns><see langword="false"/> when somebody else has done so.</returns>
    public async Task<bool> ConcludeAsync(long id, CancellationToken stop) =>
        await db.ExecuteAsync("UPDATE postmaster_reply SET state = 'done' WHERE id = @id AND state = 'waiting'", new { id }, stop) == 1;

    /// <summary>Forgets what was concluded and came before this moment.</summary>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(Instant before, CancellationToken stop) =>
        db.ExecuteAsync("DELETE FROM postmaster_reply WHERE state = 'done' AND received_at < @before", new { before }, stop);
}

/// <summary>An answer that came.</summary>
/// <param name="ReceivedAt">When.</param>
/// <param name="CodeHash">SHA-256 of the code in its address.</param>
/// <param name="Mark">What shows that a program made it; <see langword="null"/> for a person's.</param>
public sealed record NewPostmasterReply(Instant ReceivedAt, byte[] CodeHash, ProgramMark? Mark);

/// <summary>A row of <c>postmaster_reply</c>.</summary>
public sealed record PostmasterReplyRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>When it came.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>SHA-256 of the code in its address.</summary>
    public required byte[] CodeHash { get; init; }

    /// <summary>What shows that a program made it; <see langword="null"/> for a person's.</summary>
    public ProgramMark? Mark { get; init; }
}
