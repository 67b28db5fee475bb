using System.Security.Cryptography;

namespace Mailreeve.Storage.Accounts;

/// <summary>The program's own random keys, each made once and the same on every node.</summary>
public sealed class SecretStore(DbSession db)
{
    /// <summary>The key of this name; made when it is missing, so call it in a write.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="length">Bytes, if it has to be made; 16 to 64.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<byte[]> GetOrCreateAsync(string name, int length, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 64);
        // Two nodes that start at once: the second waits for the first one's commit, and reads.
        await db.ExecuteAsync("""
            INSERT INTO secret (name, value)
            VALUES (@name, @value)
            ON CONFLICT (name) DO NOTHING
            """, new { name, value = RandomNumberGenerator.GetBytes(length) }, stop);
        return await db.SingleAsync<byte[]>("SELECT value FROM secret WHERE name = @name", new { name }, stop);
    }
}
