using System.Text;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>Reports that are tables and documents, from the mail to the cases.</summary>
public sealed class TableIntakeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_source_of_a_table_answers_and_the_target_does_not(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Attached("text/csv", "events.csv", """
            source_ip,destination_ip,time,type
            192.0.2.7,198.51.100.1,2026-03-02T09:00:00Z,scanner
            198.51.100.9,192.0.2.66,2026-03-02T09:00:00Z,scanner
            """));

        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TestDesk.Alder, "192.0.2.7", "connection/port_scan"), (file.Case.Customer, file.Case.Resource.Name, file.Case.Type));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_table_that_does_not_say_who_did_it_makes_no_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Attached("text/csv", "portscan.csv", """
            198.51.100.9,192.0.2.7,2026-03-02T09:00:00Z
            198.51.100.9,192.0.2.6,2026-03-02T09:00:00Z
            """));

        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        var report = await desk.ReportAsync(id);
        Assert.Equal(ReportOutcome.NeedsPerson, report.Outcome);
        Assert.Contains("does not say", report.OutcomeDetail, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_copyright_notice_goes_to_a_person_and_makes_no_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Attached("application/xml", "notice.xml",
            "<Infringement><Case><ID>1</ID></Case><Source><TimeStamp>2026-03-02T09:00:00Z</TimeStamp><IP_Address>192.0.2.7</IP_Address></Source></Infringement>"));

        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        var report = await desk.ReportAsync(id);
        Assert.Equal((ReportOutcome.NeedsPerson, "acns-xml"), (report.Outcome, report.Format));
        Assert.Contains("copyright", report.OutcomeDetail, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_dmarc_report_about_our_own_mail_is_noted_and_not_answered(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Attached("application/xml", "r.xml",
            "<feedback><report_metadata><org_name>Big Mail</org_name></report_metadata><record><row><source_ip>192.0.2.7</source_ip><count>3</count></row></record></feedback>"));

        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        Assert.Empty(await desk.AnswersAsync());
        Assert.Equal((ReportOutcome.Noted, "dmarc-aggregate"), ((await desk.ReportAsync(id)).Outcome, (await desk.ReportAsync(id)).Format));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_table_of_twelve_thousand_rows_is_kept_whole_and_read_page_by_page(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        // Ours, though nobody's: of strangers' addresses only some are kept.
        var rows = new StringBuilder("ip,timestamp,malware\n");
        for (var i = 0; i < 12_000; i++)
            rows.Append("2001:db8:1:ffff::").Append(i.ToString("x")).Append(",2026-03-02T09:00:00Z,mirai\n");
        var id = await desk.ReceiveAsync(Attached("text/csv", "bots.csv", rows + "192.0.2.7,2026-03-02T09:00:00Z,mirai\n"));

        await desk.WorkAsync();

        Assert.Equal("192.0.2.7", (await desk.OnlyCaseAsync()).Case.Resource.Name);
        var first = await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, default, 10_000, Stop), Stop);
        var rest = await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, first[^1].Id, 10_000, Stop), Stop);
        Assert.Equal((10_000, 2_001), (first.Count, rest.Count));
    });

    private static string Attached(string type, string name, string content) => $"""
        From: CERT <reports@cert.example>
        To: abuse@provider.example
        Subject: Events in your network
        Message-ID: <t-1@cert.example>
        Date: Mon, 2 Mar 2026 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="cut-here"

        --cut-here
        Content-Type: text/plain

        See the attachment.

        --cut-here
        Content-Type: {type}; name="{name}"
        Content-Disposition: attachment; filename="{name}"

        {content.ReplaceLineEndings("\n")}

        --cut-here--

        """;
}
