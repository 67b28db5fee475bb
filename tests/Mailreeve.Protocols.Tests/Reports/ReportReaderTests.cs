using System.Text;

namespace Mailreeve.Protocols.Tests.Reports;

public class ReportReaderTests
{
    public static TheoryData<string> Cases => [.. ReportCases.Names()];

    [Theory, MemberData(nameof(Cases))]
    public void A_report_is_read_as_its_expected_file_says(string name)
    {
        var reading = ReportCases.Read(name, ReportCases.Bytes(name));

        Assert.Equal(ReportCases.Expected(name), ReportCases.Show(reading));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Line_ends_make_no_difference(string name)
    {
        var text = Encoding.UTF8.GetString(ReportCases.Bytes(name)).ReplaceLineEndings("\r\n");

        var reading = ReportCases.Read(name, Encoding.UTF8.GetBytes(text));

        Assert.Equal(ReportCases.Expected(name), ReportCases.Show(reading));
    }
}
