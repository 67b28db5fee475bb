using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>When to fetch the next certificate, and when to try again. Pure.</summary>
internal static class RenewalTime
{
    private static readonly Duration AfterOneFailure = Duration.FromMinutes(5);
    private static readonly Duration AfterManyFailures = Duration.FromDays(1);
    private static readonly Duration WhenRateLimited = Duration.FromHours(1);
    private static readonly Duration WaitMax = Duration.FromDays(7);

    /// <summary>When a third of its time is left, or up to a twentieth of it earlier: not all that were made together are renewed together.</summary>
    /// <param name="notBefore">When it began.</param>
    /// <param name="notAfter">When it ends.</param>
    /// <param name="share">Chance: from 0 to 1.</param>
    public static Instant Of(Instant notBefore, Instant notAfter, double share)
    {
        var whole = notAfter - notBefore;
        return notAfter - (whole / 3) - (whole / 20 * share);
    }

    /// <summary>
    /// How long to wait when an attempt has failed: five minutes, each time twice as long, up to a day; never shorter than the authority asks for.
    /// Let's Encrypt counts five failed proofs of a name in an hour.
    /// </summary>
    /// <param name="failures">Failures in a row; 1 or more.</param>
    /// <param name="rateLimited">Whether the authority said that it was asked too much.</param>
    /// <param name="asked">How long it wants to be left alone; null when it did not say. A week at most is believed.</param>
    /// <param name="share">Chance: from 0 to 1; up to a tenth is added by it.</param>
    public static Duration PauseAfter(int failures, bool rateLimited, Duration? asked, double share)
    {
        var pause = Duration.Min(AfterManyFailures, AfterOneFailure * (1L << Math.Min(failures - 1, 16)));
        if (rateLimited)
            pause = Duration.Max(pause, WhenRateLimited);
        pause = Duration.Max(pause, Duration.Min(WaitMax, asked ?? Duration.Zero));
        return pause + (pause / 10 * share);
    }
}
