using NodaTime;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Mailreeve.Policy;
using Mailreeve.Storage.Abuse;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class ReportsApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_is_on_disk_byte_for_byte_before_it_is_acknowledged()
    {
        await using var host = await WebHost.StartAsync();
        var xarf = Reports.Xarf("192.0.2.3", Some.Time);

        using var answer = await PostAsync(host, xarf);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        var id = new ReportId(long.Parse(body.GetProperty("report").GetString()![2..]));
        var kept = await host.Database.ReadAsync(db => new ReportStore(db).RawAsync(id, Stop), Stop);
        Assert.Equal(xarf, Encoding.UTF8.GetString(kept!));
        Assert.EndsWith($"#R-{id.Value}.{body.GetProperty("code").GetString()}", body.GetProperty("status").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_document_is_kept_for_a_person_as_long_as_it_says_that_it_is_xarf()
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await PostAsync(host, """{"xarf_version":"4.2.0"}""");
        await host.ReadReportsAsync();

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Single(await host.Database.ReadAsync(db => new ReportStore(db).NeedingPersonAsync(10, Stop), Stop));
    }

    [Theory]
    [InlineData("{\n\"xarf_version\": 4.2.0}", "Line 2")]
    [InlineData("[]", "an object")]
    [InlineData("{}", "xarf_version is missing")]
    [InlineData("", "Line 1")]
    public async Task What_is_not_xarf_is_refused_with_a_reason_and_not_kept(string body, string reason)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await PostAsync(host, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(await host.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop));
    }

    [Fact]
    public async Task A_report_that_is_too_large_is_refused()
    {
        await using var host = await WebHost.StartAsync(o => o with { ReportSizeBytesMax = 1000 });

        using var answer = await PostAsync(host, $$"""{"xarf_version":"4.2.0","description":"{{new string('x', 1000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_not_json_by_its_type_is_refused()
    {
        await using var host = await WebHost.StartAsync();

        using var content = new StringContent("xarf_version: 4", Encoding.UTF8, "text/plain");
        using var answer = await host.Stranger().Http.PostAsync("/api/reports", content, Stop);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task A_network_that_sends_too_many_is_told_to_wait()
    {
        await using var host = await WebHost.StartAsync(o => o with { ApiReportsPerMinute = 2 });

        for (var i = 0; i < 2; i++)
            using (var taken = await PostAsync(host, Reports.Xarf("192.0.2.3", Some.Time)))
                Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        using var refused = await PostAsync(host, Reports.Xarf("192.0.2.3", Some.Time));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    private static async Task<HttpResponseMessage> PostAsync(WebHost host, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await host.Stranger().Http.PostAsync("/api/reports", content, Stop);
    }
}
