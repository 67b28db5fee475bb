using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Who asked for a forgotten registration number lately (S2). Addresses are kept as digests: most are not our customers'.</summary>
public sealed class NumberRequestStore(DbSession db)
{
    /// <summary>Notes that someone asked, and forgets those who asked long ago.</summary>
    /// <param name="digest">Keyed digest of the address.</param>
    /// <param name="pause">Time before the same address may ask again.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it was asked for too recently; that does not prolong the pause.</returns>
    public async Task<bool> TryAskAsync(byte[] digest, Duration pause, Instant now, CancellationToken stop)
    {
        await db.ExecuteAsync("""
            DELETE FROM number_request
            WHERE  asked_at <= @before
            """, new { before = now - pause }, stop);
        return await db.ExecuteAsync("""
            INSERT INTO number_request (address, asked_at)
            VALUES (@digest, @now)
            ON CONFLICT (address) DO NOTHING
            """, new { digest, now }, stop) == 1;
    }

    /// <summary>Writes a message, and takes it back in the same transaction: the work of an answer, for those who get none.</summary>
    public async Task PretendAsync(NewOutbound message, CancellationToken stop)
    {
        await new OutboundStore(db).AddAsync([message], stop);
        await db.ExecuteAsync("""
            DELETE FROM outbound
            WHERE  id = @Id
            """, new { message.Id }, stop);
    }
}
