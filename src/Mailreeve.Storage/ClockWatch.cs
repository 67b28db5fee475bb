using Mailreeve.Policy.Clocks;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Storage;

/// <summary>
/// Watches the machine's clock for those who delete what is old. One that is suddenly far ahead would make everything old; until it is believed,
/// nothing is deleted. Each node asks its own clock and all share one memory, so that a restart does not make a wrong clock right.
/// </summary>
/// <param name="database">Where it is remembered.</param>
/// <param name="log">For the operator.</param>
public sealed class ClockWatch(Database database, ILogger<ClockWatch> log)
{
    // Far less than a leap, and seldom enough to cost nothing.
    private static readonly Duration Interval = Duration.FromMinutes(10);

    private volatile Look? latest;

    /// <summary>Whether the clock was found far ahead and is not believed yet. Read by those who watch the program.</summary>
    public bool HasLeapt => latest is { Reading.IsTrusted: false };

    /// <summary>Whether what is old by this clock may be deleted.</summary>
    /// <param name="now">What the clock shows.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<bool> TrustsAsync(Instant now, CancellationToken stop)
    {
        if (latest is { } look && now >= look.At && now < look.At + Interval)
            return look.Reading.IsTrusted;
        var (last, next) = await database.WriteAsync(db => LookAsync(db, now, stop), stop);
        // Several may look at once; one of them finds it new.
        if (next is { LeaptAt: { } leapt } && last?.LeaptAt != leapt)
            log.ClockLeapt(now, next.TrustedAt, leapt + ClockRules.BelievedAfter);
        if (next.IsTrusted && last is { IsTrusted: false })
            log.ClockBelieved(now);
        latest = new Look(now, next);
        return next.IsTrusted;
    }

    private static async Task<(ClockReading? Last, ClockReading Next)> LookAsync(DbSession db, Instant now, CancellationToken stop)
    {
        var store = new ClockStore(db);
        var last = await store.LastAsync(stop);
        var next = ClockRules.Read(last, now);
        if (next != last)
            await store.PutAsync(next, stop);
        return (last, next);
    }

    private sealed record Look(Instant At, ClockReading Reading);
}
