using Mailreeve.Protocols.Reports;
using NodaTime.Text;

namespace Mailreeve.Protocols.Tests.Reports;

public class ReportedTimeTests
{
    [Theory]
    [InlineData("Tue, 05 Mar 2024 08:12:44 +0100", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 5 Mar 2024 08:12:44 +0100 (CET)", "2024-03-05T07:12:44Z")]
    [InlineData("5 Mar 24 07:12 GMT", "2024-03-05T07:12:00Z")]
    [InlineData("Mon, 4 Mar 2024 23:12:44 PST", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 05 Mar 2024 07:12:44 -0000", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 05 Mar 2024 07:12:60 UT", "2024-03-05T07:12:59Z")]
    [InlineData("2024-03-05T07:12:44Z", "2024-03-05T07:12:44Z")]
    [InlineData("2024-03-05T07:12:44.5+00:00", "2024-03-05T07:12:44.5Z")]
    [InlineData("'2024-03-05 12:42:44 +05:30'", "2024-03-05T07:12:44Z")]
    [InlineData("2024-03-05 07:12:44 UTC", "2024-03-05T07:12:44Z")]
    [InlineData("Wed, 05 Mar 2024 07:12:44 +0000", "2024-03-05T07:12:44Z")]
    public void A_time_with_date_and_zone_is_exact(string text, string expected) => AssertReads(text, expected, TimeConfidence.Exact);

    [Theory]
    [InlineData("2024-03-05 07:12:44")]
    [InlineData("2024-03-05T07:12:44")]
    [InlineData("Tue, 5 Mar 2024 07:12:44")]
    [InlineData("Tue, 5 Mar 2024 07:12:44 XYZT")]
    public void A_time_without_a_known_zone_is_never_exact(string text) => AssertReads(text, "2024-03-05T07:12:44Z", TimeConfidence.NoZone);

    [Theory]
    [InlineData("Tue, 05 Mar 2024 07:12:44 -0000 (EST)", "2024-03-05T07:12:44Z")]
    [InlineData("2024-03-05T08:12:44+01:00 UTC", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 05 Mar 2024 08:12:44 CET", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 05 Mar 2024 16:12:44 JST", "2024-03-05T07:12:44Z")]
    [InlineData("Tue, 05 Mar 2024 07:12:44 +9999", "2024-03-05T07:12:44Z")]
    public void A_zone_that_contradicts_itself_or_is_ambiguous_is_a_guess(string text, string expected) =>
        AssertReads(text, expected, TimeConfidence.Guess);

    [Theory]
    [InlineData("2024-03-05")]
    [InlineData("5 Mar 2024")]
    [InlineData("05-Mar-2024")]
    public void A_date_alone_is_a_day(string text) => AssertReads(text, "2024-03-05T00:00:00Z", TimeConfidence.Day);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("yesterday")]
    [InlineData("This is not a date")]
    [InlineData("31 Feb 2024 07:12:44 +0000")]
    [InlineData("2024-13-05T07:12:44Z")]
    [InlineData("2024-03-05T24:12:44Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("2024-")]
    [InlineData("2024-----------")]
    [InlineData("Tue,")]
    [InlineData("Tue, 5 Mar")]
    public void What_is_no_date_is_kept_as_it_was_written(string text)
    {
        var time = ReportedTime.Read(text);

        Assert.Null(time.Utc);
        Assert.Equal(TimeConfidence.None, time.Confidence);
        Assert.Equal(text.Trim(), time.Raw);
    }

    private static void AssertReads(string text, string expected, TimeConfidence confidence)
    {
        var time = ReportedTime.Read(text);

        Assert.Equal(InstantPattern.ExtendedIso.Parse(expected).Value, time.Utc);
        Assert.Equal(confidence, time.Confidence);
        Assert.Equal(text, time.Raw);
    }
}
