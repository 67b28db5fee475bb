using Mailreeve.Policy.Clocks;
using NodaTime;

namespace Mailreeve.Storage;

/// <summary>The row of <c>clock_reading</c>: what the clock has shown so far.</summary>
public sealed class ClockStore(DbSession db)
{
    /// <summary>What is remembered; null for nothing.</summary>
    public async Task<ClockReading?> LastAsync(CancellationToken stop) =>
        await db.SingleOrDefaultAsync<Row>("SELECT trusted_at, leapt_at, seen_at FROM clock_reading WHERE id = 1", null, stop) is { } row
            ? new ClockReading(row.TrustedAt, row.LeaptAt, row.SeenAt)
            : null;

    /// <summary>Remembers it.</summary>
    public Task PutAsync(ClockReading reading, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO clock_reading (id, trusted_at, leapt_at, seen_at)
            VALUES (1, @TrustedAt, @LeaptAt, @SeenAt)
            ON CONFLICT (id) DO UPDATE SET trusted_at = @TrustedAt, leapt_at = @LeaptAt, seen_at = @SeenAt
            """, new { reading.TrustedAt, reading.LeaptAt, reading.SeenAt }, stop);

    private sealed record Row
    {
        public required Instant TrustedAt { get; init; }

        public Instant? LeaptAt { get; init; }

        public Instant? SeenAt { get; init; }
    }
}
