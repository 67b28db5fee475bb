using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mailreeve.Web.Tests;

public sealed class ReportStatusTests
{
    private static readonly (string, string)[] Filled =
    [
        ("kind", "spam"), ("source", "192.0.2.3"), ("when", "2026-03-02T09:00"), ("offset", "+01:00"), ("explanation", "I never asked for this mail."),
        ("name", "Rea Porter"), ("email", "rea@reporter.example"), ("good-faith", "yes"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_sent_a_report_sees_how_it_stands_and_nothing_of_the_customer()
    {
        await using var host = await WebHost.StartAsync();
        using var sent = await host.Stranger().PostAsync("/report", Filled);
        var (report, code) = OfAddress(sent.Headers.Location!.ToString());

        var before = await ShowAsync(host, report, code);
        await host.ReadReportsAsync();
        var after = await ShowAsync(host, report.ToLowerInvariant(), code.ToUpperInvariant());

        Assert.Contains("Received", before, StringComparison.Ordinal);
        Assert.Contains("Being looked at", after, StringComparison.Ordinal);
        Assert.Contains(code, after, StringComparison.Ordinal);
        foreach (var secret in new[] { "Alder", "192.0.2.3", "rea@", "Rea Porter", "#1" })
            Assert.DoesNotContain(secret, after, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_code_is_in_no_address_that_is_sent_to_a_server()
    {
        await using var host = await WebHost.StartAsync();
        using var sent = await host.Stranger().PostAsync("/report", Filled);
        var location = sent.Headers.Location!.ToString();
        var (_, code) = OfAddress(location);

        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.DoesNotContain(code, location[..location.IndexOf('#', StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("name=\"code\"", await host.Stranger().OpenAsync("/report/status"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await host.Stranger().StatusOfAsync($"/report/{code}"));
    }

    [Theory]
    [InlineData("R-1", "aaaa-aaaa-aaaa-aaaa")]
    [InlineData("R-1", "")]
    [InlineData("", "")]
    [InlineData("<script>", "<script>")]
    public async Task A_wrong_code_shows_nothing_and_does_not_say_what_is_wrong(string report, string code)
    {
        await using var host = await WebHost.StartAsync();
        await host.Stranger().PostAsync("/report", Filled);

        using var wrong = await host.Stranger().PostAsync("/report/status", ("report", report), ("code", code));
        var page = await wrong.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Contains("We know no report with this number and code.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trying_codes_is_stopped()
    {
        await using var host = await WebHost.StartAsync(o => o with { StatusLooksPerMinute = 2 });
        for (var i = 0; i < 2; i++)
            using (var wrong = await host.Stranger().PostAsync("/report/status", ("report", "R-1"), ("code", "x")))
                Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);

        using var stopped = await host.Stranger().PostAsync("/report/status", ("report", "R-1"), ("code", "x"));

        Assert.Equal(HttpStatusCode.TooManyRequests, stopped.StatusCode);
    }

    [Fact]
    public async Task A_program_asks_with_json()
    {
        await using var host = await WebHost.StartAsync();
        using var sent = await host.Stranger().PostAsync("/report", Filled);
        var (report, code) = OfAddress(sent.Headers.Location!.ToString());

        using var answer = await host.Stranger().Http.PostAsJsonAsync("/api/reports/status", new { report, code }, Stop);
        using var wrong = await host.Stranger().Http.PostAsJsonAsync("/api/reports/status", new { report, code = "x" }, Stop);
        using var faulty = await host.Stranger().Http.PostAsJsonAsync("/api/reports/status", new[] { 1 }, Stop);

        Assert.Equal("received", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, faulty.StatusCode);
    }

    private static (string Report, string Code) OfAddress(string location)
    {
        var parts = location[(location.IndexOf('#', StringComparison.Ordinal) + 1)..].Split('.');
        return (parts[0], parts[1]);
    }

    private static async Task<string> ShowAsync(WebHost host, string report, string code)
    {
        using var answer = await host.Stranger().PostAsync("/report/status", ("report", report), ("code", code));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }
}
