using NodaTime;

namespace Mailreeve.Policy.Clocks;

/// <summary>Decides whether a clock may be believed when something is to be deleted because it is old. Pure.</summary>
/// <remarks>
/// A machine whose clock is wrong starts in 1970 or in 2040, and in 2040 everything is old. The program cannot tell a leap of the clock from a
/// time during which it did not run; but it can wait until somebody would have noticed.
/// </remarks>
public static class ClockRules
{
    /// <summary>Further ahead than this is a leap: longer than a night, or than an update takes.</summary>
    public static readonly Duration LeapAtLeast = Duration.FromDays(1);

    /// <summary>So long the program must run by a clock that has leapt before it is believed: a week, with the days on which somebody looks.</summary>
    public static readonly Duration BelievedAfter = Duration.FromDays(7);

    /// <summary>What is remembered after another look at the clock. Looks are to be less than <see cref="LeapAtLeast"/> apart.</summary>
    /// <param name="last">What was remembered so far; null for nothing, and then the clock is believed.</param>
    /// <param name="now">What it shows.</param>
    public static ClockReading Read(ClockReading? last, Instant now)
    {
        if (last is null)
            return new ClockReading(now);
        // One that goes back, also from a leap, is believed: by it less is old.
        if (now <= last.TrustedAt + LeapAtLeast)
            return new ClockReading(Instant.Max(last.TrustedAt, now));
        if (last is not { LeaptAt: { } leapt, SeenAt: { } seen } || now < leapt || now > seen + LeapAtLeast)
            return last with { LeaptAt = now, SeenAt = now };
        return now < leapt + BelievedAfter ? last with { SeenAt = Instant.Max(seen, now) } : new ClockReading(now);
    }
}
