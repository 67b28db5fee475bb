using Mailreeve.Protocols.Reports.FreeText;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.Tests.Reports.FreeText;

public class TimeScannerTests
{
    private static readonly Instant Sent = Instant.FromUtc(2024, 3, 5, 12, 0);

    [Theory]
    [InlineData("at 2024-03-05 09:10:11 UTC we", "2024-03-05T09:10:11Z Exact")]
    [InlineData("2024-03-05T09:10:11.123+01:00", "2024-03-05T08:10:11Z Exact")]
    [InlineData("2024-03-05T09:10:11Z", "2024-03-05T09:10:11Z Exact")]
    [InlineData("2024-03-05 09:10:11,456", "2024-03-05T09:10:11Z NoZone")]
    [InlineData("2024-03-05 09:10:11-07:00", "2024-03-05T16:10:11Z Exact")]
    [InlineData("2024/03/05 09:10", "2024-03-05T09:10:00Z NoZone")]
    [InlineData("20240305T091011Z", "2024-03-05T09:10:11Z Exact")]
    [InlineData("05/Mar/2024:09:10:11 +0200", "2024-03-05T07:10:11Z Exact")]
    [InlineData("Tue, 5 Mar 2024 09:10:11 -0500 (EST)", "2024-03-05T14:10:11Z Exact")]
    [InlineData("Tue, 5 Mar 2024 09:10:11 -0000 (EST)", "2024-03-05T09:10:11Z Guess")]
    [InlineData("2024-03-05T09:10:11+01:00 UTC", "2024-03-05T08:10:11Z Guess")]
    [InlineData("Mar  5 09:10:11 mx sshd", "2024-03-05T09:10:11Z NoZone")]
    [InlineData("Dec 31 09:10:11 mx sshd", "2023-12-31T09:10:11Z NoZone")]
    [InlineData("Tue Mar  5 09:10:11 2024", "2024-03-05T09:10:11Z NoZone")]
    [InlineData("Tue Mar  5 09:10:11 CET 2024", "2024-03-05T08:10:11Z Guess")]
    [InlineData("Tue Mar 05 2024 09:10:11 GMT+0800 (Singapore Standard Time)", "2024-03-05T01:10:11Z Exact")]
    [InlineData("Mon, 4 Mar 2024 11:00AM PDT", "2024-03-04T18:00:00Z Exact")]
    [InlineData("March 4th, 2024 at 11:05 p.m. EST", "2024-03-05T04:05:00Z Exact")]
    [InlineData("05.03.2024 um 09:10 Uhr", "2024-03-05T09:10:00Z NoZone")]
    [InlineData("5. März 2024, 09:10:11 MEZ", "2024-03-05T08:10:11Z Guess")]
    [InlineData("le 5 mars 2024 à 09:10", "2024-03-05T09:10:00Z NoZone")]
    [InlineData("05/03/2024 09:10:11", "2024-03-05T09:10:11Z NoZone")]
    [InlineData("03/05/2024 09:10:11", "2024-03-05T09:10:11Z NoZone")]
    [InlineData("02/03/2024 09:10:11", "2024-03-02T09:10:11Z NoZone")]
    [InlineData("13/02/2024 09:10:11", "2024-02-13T09:10:11Z NoZone")]
    [InlineData("02/13/2024 09:10:11", "2024-02-13T09:10:11Z NoZone")]
    [InlineData("05-Mar-2024 09:10:11 IST", "2024-03-05T03:40:11Z Guess")]
    [InlineData("5 Mar 2024 09:10:11 BRT", "2024-03-05T12:10:11Z Guess")]
    [InlineData("[1709628000.5]", "2024-03-05T08:40:00Z Exact")]
    [InlineData("timestamp: 1709628000", "2024-03-05T08:40:00Z Exact")]
    [InlineData("2024-03-05", "2024-03-05T00:00:00Z Day")]
    [InlineData("Mar 4 22h/0", "2024-03-04T22:00:00Z Guess")]
    public void The_conventions_of_reports_are_read(string text, string expected) => Assert.Equal(expected, Show(text));

    [Theory]
    [InlineData("Date (UTC)\n2024-03-05 09:10:11", "2024-03-05T09:10:11Z Exact")]
    [InlineData("All times are UTC.\n2024-03-05 09:10:11", "2024-03-05T09:10:11Z Exact")]
    [InlineData("timezone GMT+8\n2024-03-05 09:10:11", "2024-03-05T01:10:11Z Exact")]
    [InlineData("Zeitzone: MEZ\n2024-03-05 09:10:11", "2024-03-05T08:10:11Z Guess")]
    public void A_zone_stated_once_holds_for_all(string text, string expected) => Assert.Equal(expected, Show(text));

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("call 1709628000")]
    [InlineData("1/2 of it")]
    [InlineData("Mar 5")]
    [InlineData("may 5 of you")]
    [InlineData("31.02.2024 09:00:00")]
    [InlineData("2024-13-05")]
    [InlineData("Ticket 20240305")]
    public void What_only_looks_like_a_time_is_none(string text) => Assert.Equal("", Show(text));

    private static string Show(string text) => string.Join("; ", TimeScanner.Scan(text, TimeScanner.ContextOf(text, Sent), 10)
        .Select(t => $"{InstantPattern.General.Format(t.Time.Utc!.Value)} {t.Time.Confidence}"));
}
