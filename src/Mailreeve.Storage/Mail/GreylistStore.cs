using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Who was put off, and who has shown that it comes again (RFC 6647). Keys are hashes: nobody can read from them who wrote to whom.</summary>
public sealed class GreylistStore(DbSession db)
{
    /// <summary>Somebody is here.</summary>
    /// <param name="key">Who writes to whom.</param>
    /// <param name="now">When.</param>
    /// <param name="forgotten">What was last seen before then counts as never seen.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>When it was first seen.</returns>
    public Task<Instant> SeenAsync(byte[] key, Instant now, Instant forgotten, CancellationToken stop) =>
        db.SingleAsync<Instant>("""
            INSERT INTO greylist (key, first_at, last_at)
            VALUES (@key, @now, @now)
            ON CONFLICT (key) DO UPDATE
            SET    first_at = CASE WHEN greylist.last_at < @forgotten THEN @now ELSE greylist.first_at END,
                   last_at = @now
            RETURNING first_at
            """, new { key, now, forgotten }, stop);

    /// <summary>Whether somebody need not wait.</summary>
    /// <param name="key">Who.</param>
    /// <param name="since">Who was not here since then has to wait again.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<bool> IsKnownAsync(byte[] key, Instant since, CancellationToken stop) =>
        await db.SingleAsync<long>("SELECT COUNT(*) FROM greylist_known WHERE key = @key AND last_at >= @since", new { key, since }, stop) > 0;

    /// <summary>Somebody need not wait from now on.</summary>
    public Task KnowAsync(byte[] key, Instant now, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO greylist_known (key, last_at)
            VALUES (@key, @now)
            ON CONFLICT (key) DO UPDATE SET last_at = @now
            """, new { key, now }, stop);

    /// <summary>Forgets who was not here for long.</summary>
    /// <param name="waitingBefore">For those who were put off.</param>
    /// <param name="knownBefore">For those who are known.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many.</returns>
    public async Task<int> ForgetAsync(Instant waitingBefore, Instant knownBefore, CancellationToken stop) =>
        await db.ExecuteAsync("DELETE FROM greylist WHERE last_at < @waitingBefore", new { waitingBefore }, stop)
        + await db.ExecuteAsync("DELETE FROM greylist_known WHERE last_at < @knownBefore", new { knownBefore }, stop);
}
