using System.Text.Json;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary><c>mailreeve report read</c>, as others call it: its lines are a promise.</summary>
public sealed class ReportReadTests
{
    private const string Report = """
        From: fbl@reporter.example
        Content-Type: multipart/report; boundary=b

        --b
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Loop/1.0
        Version: 1
        Source-IP: 192.0.2.7
        Source-IP: 198.51.100.7
        Source-Port: 2525
        Arrival-Date: Tue, 5 Mar 2024 07:12:44 +0100

        --b--

        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_is_one_json_object_a_line_for_each_file_in_their_order()
    {
        var folder = RunFolder.NewFolder("reports");
        for (var i = 0; i < 20; i++)
            await File.WriteAllTextAsync(Path.Combine(folder, $"{i:00}.eml"), i % 2 == 0 ? Report : "Subject: hello\nDate: today\n\nhello\n", Stop);

        var run = await Program.RunAsync(Stop, "report", "read", "--json", folder, Path.Combine(folder, "03.eml"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"{i:00}.eml"), "03.eml"], lines.Select(l => Path.GetFileName(l.GetProperty("file").GetString())));
        Assert.Equal(["file", "format", "report", "reporter", "events"], lines[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("arf", lines[0].GetProperty("format").GetString());
        Assert.True(lines[0].GetProperty("report").GetBoolean());
        Assert.Equal("fbl@reporter.example", lines[0].GetProperty("reporter").GetString());
        var first = lines[0].GetProperty("events")[0];
        Assert.Equal(
            """{"category":"messaging","type":"spam","address":"192.0.2.7","port":2525,"url":null,"domain":null,"mailbox":null,"time":"2024-03-05T06:12:44Z","timeConfidence":"exact","role":"source"}""",
            first.GetRawText());
    }

    [Fact]
    public async Task With_what_is_ours_only_that_is_printed_and_bad_lines_are_told()
    {
        var (report, own) = (RunFolder.NewPath("report.eml"), RunFolder.NewPath("own.txt"));
        await File.WriteAllTextAsync(report, Report, Stop);
        await File.WriteAllTextAsync(own, "# ours\n198.51.100.0/24\nnonsense\n", Stop);

        var run = await Program.RunAsync(Stop, "report", "read", "--json", "--own", own, report);
        var text = await Program.RunAsync(Stop, "report", "read", "--own", own, report);

        Assert.Equal((0, 0), (run.ExitCode, text.ExitCode));
        var one = Assert.Single(JsonDocument.Parse(run.Output).RootElement.GetProperty("events").EnumerateArray());
        Assert.Equal("198.51.100.7", one.GetProperty("address").GetString());
        Assert.Contains("line 3", run.Errors, StringComparison.Ordinal);
        Assert.Contains("198.51.100.7 port 2525", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.7", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_and_the_others_are_printed()
    {
        var (missing, report) = (RunFolder.NewPath("missing.eml"), RunFolder.NewPath("report.eml"));
        await File.WriteAllTextAsync(report, Report, Stop);

        var run = await Program.RunAsync(Stop, "report", "read", "--json", missing, report);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(missing, run.Errors, StringComparison.Ordinal);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["unreadable", "arf"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("format").GetString()));
    }
}
