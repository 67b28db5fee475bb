using CsCheck;
using Mailreeve.Policy.Clocks;
using NodaTime;

namespace Mailreeve.Policy.Tests.Clocks;

public sealed class ClockRulesTests
{
    private static readonly Instant Known = Instant.FromUtc(2026, 3, 2, 10, 0);

    [Fact]
    public void The_first_clock_is_believed_and_one_that_goes_on_as_well()
    {
        var first = ClockRules.Read(null, Known);

        Assert.Equal(new ClockReading(Known), first);
        Assert.Equal(new ClockReading(Known + Duration.FromDays(1)), ClockRules.Read(first, Known + Duration.FromDays(1)));
    }

    [Fact]
    public void One_that_is_more_than_a_day_ahead_has_leapt_and_is_believed_after_a_week()
    {
        var leapt = Known + Duration.FromDays(5000);
        var reading = ClockRules.Read(new ClockReading(Known), leapt);
        Assert.Equal(new ClockReading(Known, leapt, leapt), reading);

        for (var hours = 0; hours < 7 * 24; hours++)
        {
            reading = ClockRules.Read(reading, leapt + Duration.FromHours(hours));
            Assert.False(reading.IsTrusted);
        }

        Assert.Equal(new ClockReading(leapt + Duration.FromDays(7)), ClockRules.Read(reading, leapt + Duration.FromDays(7)));
    }

    [Fact]
    public void Who_leaps_again_waits_anew()
    {
        var leapt = Known + Duration.FromDays(30);
        var reading = ClockRules.Read(new ClockReading(Known), leapt);

        var again = ClockRules.Read(reading, leapt + Duration.FromDays(7));

        Assert.Equal(leapt + Duration.FromDays(7), again.LeaptAt);
    }

    [Fact]
    public void One_that_is_set_back_is_believed_and_what_was_known_stays_known()
    {
        var reading = ClockRules.Read(new ClockReading(Known), Known + Duration.FromDays(5000));

        Assert.Equal(new ClockReading(Known + Duration.FromHours(1)), ClockRules.Read(reading, Known + Duration.FromHours(1)));
        Assert.Equal(new ClockReading(Known), ClockRules.Read(reading, Instant.FromUtc(1970, 1, 1, 0, 0)));
    }

    [Fact]
    public void However_it_jumps_what_is_believed_grows_by_a_day_at_most_or_after_a_week() =>
        Gen.Int[-200, 200].List[1, 60].Sample(jumps =>
        {
            var (now, reading) = (Known, new ClockReading(Known));
            foreach (var hours in jumps)
            {
                now += Duration.FromHours(hours);
                var next = ClockRules.Read(reading, now);
                if (next.IsTrusted && next.TrustedAt > reading.TrustedAt + ClockRules.LeapAtLeast)
                    Assert.True(reading.LeaptAt is { } since && now >= since + ClockRules.BelievedAfter);
                Assert.True(next.TrustedAt >= reading.TrustedAt);
                reading = next;
            }
        });
}
