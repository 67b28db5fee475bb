using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

public class ReportFileTests
{
    [Theory]
    [InlineData("arf/all-fields.eml", ReportFormat.Arf)]
    [InlineData("xarf-v4/spam.json", ReportFormat.XarfV4)]
    public void A_mail_and_a_posted_document_are_told_apart_by_what_they_hold(string name, ReportFormat format)
    {
        var reading = ReportFile.Read("file.dat", ReportCases.Bytes(name), ReportLimits.Default);

        Assert.Equal(format, reading.Format);
        Assert.NotEmpty(reading.Observations);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void A_file_with_a_byte_order_mark_is_read_in_the_encoding_that_it_names(string encoding)
    {
        var text = Encoding.UTF8.GetString(ReportCases.Bytes("xarf-v4/spam.json"));
        var marked = Encoding.GetEncoding(encoding) is var e ? [.. e.GetPreamble(), .. e.GetBytes(text)] : Array.Empty<byte>();

        Assert.Equal(ReportFormat.XarfV4, ReportFile.Read("report.json", marked, ReportLimits.Default).Format);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("From ")]
    [InlineData("{")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("<?xml")]
    public void What_is_no_report_is_no_failure(string text)
    {
        var reading = ReportFile.Read("a\"b\r\n", Encoding.UTF8.GetBytes(text), ReportLimits.Default);

        Assert.NotNull(reading.NeedsPerson);
        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson.Reason);
    }

    [Fact]
    public void With_what_is_ours_only_events_about_it_are_given()
    {
        var reading = new ReportReading
        {
            Observations =
            [
                new() { Category = "messaging", Type = "spam", Address = Address.Parse("192.0.2.1"), Domain = "elsewhere.example" },
                new() { Category = "messaging", Type = "spam", Address = Address.Parse("198.51.100.1") },
                new() { Category = "content", Type = "phishing", Url = "http://a@WWW.Customer.example:8080/x", AlsoNamed = ["http://other.example/", "shop.customer.example"] },
                new()
                {
                    Category = "messaging", Type = "spam",
                    Candidates = [new Hop(Address.Parse("203.0.113.9"), null, ReportedTime.Missing), new Hop(Address.Parse("192.0.2.200"), null, ReportedTime.Missing)],
                },
            ],
        };
        var own = OwnResources.Read(["192.0.2.0/24", "customer.example"], out _);

        var events = ReportedEvent.Of(reading, own).Select(e => e.Address?.ToString() ?? e.Url ?? e.Domain);

        Assert.Equal(["192.0.2.1", "http://a@WWW.Customer.example:8080/x", "shop.customer.example", "192.0.2.200"], events);
        Assert.Equal(7, ReportedEvent.Of(reading, null).Count());
    }
}
