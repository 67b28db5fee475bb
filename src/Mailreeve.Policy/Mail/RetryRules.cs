using NodaTime;

namespace Mailreeve.Policy.Mail;

/// <summary>How long customers' mail is tried. Read at start; a change needs a restart.</summary>
public sealed record RetryTimes
{
    /// <summary>Pause after the first attempt that failed for now; it doubles. Default 5 minutes, Postfix's.</summary>
    public Duration First { get; init; } = Duration.FromMinutes(5);

    /// <summary>Longest pause. Default 4 hours.</summary>
    public Duration Longest { get; init; } = Duration.FromHours(4);

    /// <summary>When the sender hears that it takes long. Default 4 hours, which is what RFC 5321 §4.5.4.1 leaves to us.</summary>
    public Duration WarnAfter { get; init; } = Duration.FromHours(4);

    /// <summary>When it is given up. Default 5 days (RFC 5321 §4.5.4.1: at least 4 to 5).</summary>
    public Duration GiveUpAfter { get; init; } = Duration.FromDays(5);
}

/// <summary>When a message that could not be sent is tried again. Pure.</summary>
public static class RetryRules
{
    // From here on the pause is the longest one, whatever the first was.
    private const int DoublingsMax = 30;

    /// <summary>The pause after an attempt that failed for now.</summary>
    /// <param name="times">How long.</param>
    /// <param name="attempts">Attempts there have been, 1 or more.</param>
    public static Duration PauseAfter(RetryTimes times, long attempts)
    {
        var doublings = (int)Math.Clamp(attempts - 1, 0, DoublingsMax);
        return Duration.Min(times.First * (1L << doublings), times.Longest);
    }
}
