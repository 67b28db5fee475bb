using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of the hand-over table <c>collected_mail</c>: what came to the collector of relay tests. Nothing of it is answered.</summary>
public sealed class CollectedMailStore(DbSession db)
{
    /// <summary>Most octets that are kept of a header.</summary>
    public const int HeaderBytesMax = 32 << 10;

    /// <summary>
    /// Most messages that are kept for one local part, about: a test has one, and its bounces. Whoever was tested knows the local parts, and
    /// could go on writing to them.
    /// </summary>
    public const long PerLocalPartMax = 20;

    /// <summary>Keeps a message; it may be acknowledged once the transaction is committed.</summary>
    /// <returns>Its number; <see langword="null"/> when there are enough for that local part.</returns>
    public async Task<long?> AddAsync(NewCollectedMail mail, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("collected_mail", 1, stop);
        var added = await db.ExecuteAsync("""
            INSERT INTO collected_mail (id, received_at, local_part, client_address, header, state)
            SELECT @id, @ReceivedAt, @LocalPart, @Client, @Header, 'waiting'
            WHERE  (SELECT COUNT(*) FROM collected_mail WHERE local_part = @LocalPart) < @most
            """, new { id, mail.ReceivedAt, mail.LocalPart, mail.Client, mail.Header, most = PerLocalPartMax }, stop);
        return added == 1 ? id : null;
    }

    /// <summary>What nobody has looked at yet, oldest first.</summary>
    public Task<IReadOnlyList<CollectedMailRow>> WaitingAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<CollectedMailRow>("""
            SELECT id, received_at, local_part, client_address, header
            FROM   collected_mail
            WHERE  state = 'waiting'
            ORDER  BY id
            LIMIT  @limit
            """, new { limit }, stop);

    /// <summary>Writes down what it was.</summary>
    /// <returns><see langword="false"/> when somebody else has done so.</returns>
    public async Task<bool> ConcludeAsync(long id, string outcome, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE collected_mail
            SET    state = 'done', outcome = @outcome
            WHERE  id = @id AND state = 'waiting'
            """, new { id, outcome }, stop) == 1;

    /// <summary>Forgets what was concluded and came before this moment.</summary>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(Instant before, long limit, CancellationToken stop) =>
        db.ExecuteAsync("""
            DELETE FROM collected_mail
            WHERE  id IN (SELECT id FROM collected_mail WHERE state = 'done' AND received_at < @before ORDER BY id LIMIT @limit)
            """, new { before, limit }, stop);
}

/// <summary>A message that came.</summary>
/// <param name="ReceivedAt">When.</param>
/// <param name="LocalPart">The local part that it was for, in lower case.</param>
/// <param name="Client">Who handed it to us.</param>
/// <param name="Header">Its header with our trace lines, at most <see cref="CollectedMailStore.HeaderBytesMax"/> octets.</param>
public sealed record NewCollectedMail(Instant ReceivedAt, string LocalPart, Address Client, byte[] Header);

/// <summary>A row of <c>collected_mail</c>.</summary>
public sealed record CollectedMailRow
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>When it came.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>The local part that it was for, in lower case.</summary>
    public required string LocalPart { get; init; }

    /// <summary>Who handed it to us.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>Its header.</summary>
    public required byte[] Header { get; init; }
}
