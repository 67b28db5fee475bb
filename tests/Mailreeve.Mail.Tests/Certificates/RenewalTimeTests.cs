using Mailreeve.Mail.Certificates;
using NodaTime;

namespace Mailreeve.Mail.Tests.Certificates;

public sealed class RenewalTimeTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 5, 0, 0);

    [Theory]
    [InlineData(90, 0, 60)]
    [InlineData(90, 1, 55.5)]
    [InlineData(6, 0, 4)]
    public void The_next_certificate_is_fetched_when_a_third_is_left_or_somewhat_earlier(double days, double share, double after) =>
        Assert.Equal(Start + Duration.FromDays(after), RenewalTime.Of(Start, Start + Duration.FromDays(days), share));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(4, 40)]
    [InlineData(9, 1280)]
    [InlineData(10, 1440)]
    [InlineData(1000, 1440)]
    public void Each_failure_doubles_the_pause_up_to_a_day(int failures, int minutes) =>
        Assert.Equal(Duration.FromMinutes(minutes), RenewalTime.PauseAfter(failures, rateLimited: false, asked: null, share: 0));

    [Fact]
    public void The_pause_is_never_shorter_than_the_authority_asks_for_and_an_hour_when_it_was_asked_too_much()
    {
        Assert.Equal(Duration.FromHours(3), RenewalTime.PauseAfter(1, rateLimited: true, Duration.FromHours(3), share: 0));
        Assert.Equal(Duration.FromHours(1), RenewalTime.PauseAfter(1, rateLimited: true, asked: null, share: 0));
        Assert.Equal(Duration.FromMinutes(5), RenewalTime.PauseAfter(1, rateLimited: false, Duration.FromSeconds(1), share: 0));
        Assert.Equal(Duration.FromDays(7), RenewalTime.PauseAfter(1, rateLimited: true, Duration.FromDays(3650), share: 0));
    }
}
