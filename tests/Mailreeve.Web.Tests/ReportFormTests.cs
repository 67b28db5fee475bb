using NodaTime;
using System.Net;
using System.Text;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.Web.Tests;

public sealed class ReportFormTests
{
    private static readonly (string, string)[] Filled =
    [
        ("kind", "spam"), ("source", "192.0.2.3"), ("when", "2026-03-02T09:00"), ("offset", "+01:00"), ("explanation", "I never asked for this mail."),
        ("name", "Rea Porter"), ("email", "rea@reporter.example"), ("good-faith", "yes"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Works_without_cookies_and_names_the_report()
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().PostAsync("/report", Filled);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/report/status#R-1.", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_writes_is_read_by_the_reader_of_all_reports()
    {
        await using var host = await WebHost.StartAsync();

        await host.Stranger().PostAsync("/report", [.. Filled, ("message", Reports.Spam("192.0.2.3"))]);

        var raw = await RawAsync(host);
        var reading = ReportReader.Read(raw, ReportLimits.Default);
        var seen = Assert.Single(reading.Observations);
        Assert.Equal(ReportFormat.XarfV4, reading.Format);
        Assert.Equal("192.0.2.3", seen.Address.ToString());
        Assert.Equal("messaging/spam", $"{seen.Category}/{seen.Type}");
        Assert.Equal("rea@reporter.example", reading.Reporter!.Mailbox);
        Assert.Contains("2026-03-02T08:00:00Z", Encoding.UTF8.GetString(Convert.FromBase64String(JsonPart(raw))), StringComparison.Ordinal);
        Assert.NotNull(reading.Original);
    }

    [Fact]
    public async Task A_report_by_form_makes_a_case()
    {
        await using var host = await WebHost.StartAsync();

        await host.Stranger().PostAsync("/report", Filled);
        await host.ReadReportsAsync();

        var made = Assert.Single(await host.Database.ReadAsync(db => new DeskStore(db).CasesAsync("", null, null, 10, Stop), Stop));
        Assert.Equal(("192.0.2.3", CaseKind.Spam, WebHost.Alder.Id), (made.Resource, made.Kind, made.CustomerId));
    }

    [Fact]
    public async Task A_message_alone_is_enough_when_it_has_its_headers()
    {
        await using var host = await WebHost.StartAsync();
        var withoutPlace = Filled.Where(f => f.Item1 is not ("source" or "when")).ToArray();

        using var answer = await host.Stranger().PostAsync("/report", [.. withoutPlace, ("message", Reports.Spam("192.0.2.3"))]);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var seen = Assert.Single(ReportReader.Read(await RawAsync(host), ReportLimits.Default).Observations);
        Assert.Contains(seen.Candidates, c => c.Address.ToString() == "192.0.2.3");
    }

    [Theory]
    [InlineData("good-faith", "", "good faith")]
    [InlineData("source", "10.1", "no IP address")]
    [InlineData("source", "", "Give the IP address")]
    [InlineData("when", "", "Say when")]
    [InlineData("when", "2036-01-01T00:00", "in the future")]
    [InlineData("port", "70000", "1 to 65535")]
    [InlineData("email", "rea\r\nBcc: x@y.example", "mail address")]
    [InlineData("email", "", "mail address")]
    [InlineData("message", "no headers here", "no mail headers")]
    [InlineData("explanation", "spam", "sentence or two")]
    public async Task A_mistake_is_named_and_what_was_typed_is_kept_on_the_page(string field, string value, string problem)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().PostAsync("/report", [.. Filled.Where(f => f.Item1 != field), (field, value)]);
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(problem, page, StringComparison.Ordinal);
        Assert.Contains("Rea Porter", page, StringComparison.Ordinal);
        Assert.Empty(await host.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop));
    }

    [Fact]
    public async Task Only_child_abuse_may_be_reported_without_a_name()
    {
        await using var host = await WebHost.StartAsync();
        var nameless = Filled.Where(f => f.Item1 is not ("name" or "email" or "kind")).ToArray();

        using var spam = await host.Stranger().PostAsync("/report", [.. nameless, ("kind", "spam")]);
        using var abuse = await host.Stranger().PostAsync("/report", [.. nameless, ("kind", "child-abuse")]);

        Assert.Equal(HttpStatusCode.BadRequest, spam.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, abuse.StatusCode);
    }

    [Fact]
    public async Task A_program_that_fills_in_everything_is_refused_and_a_person_loses_nothing()
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().PostAsync("/report", [.. Filled, ("homepage", "https://spam.example")]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("I never asked", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_can_be_uploaded_up_to_the_limit()
    {
        await using var host = await WebHost.StartAsync(o => o with { ReportSizeBytesMax = 5000 });

        using var taken = await UploadAsync(host, Reports.Spam("192.0.2.3"));
        using var refused = await UploadAsync(host, Reports.Spam("192.0.2.3") + new string('x', 5000));

        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task A_wrong_token_shows_nothing()
    {
        await using var host = await WebHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, await host.Stranger().StatusOfAsync("/report/AAAAAAAAAAAAAAAAAAAAAA"));
    }

    private static async Task<HttpResponseMessage> UploadAsync(WebHost host, string message)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in Filled)
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(message)), "upload", "spam.eml");
        return await host.Stranger().Http.PostAsync("/report", form, Stop);
    }

    private static async Task<byte[]> RawAsync(WebHost host) =>
        (await host.Database.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop))[0].Raw;

    private static string JsonPart(byte[] raw)
    {
        var text = Encoding.ASCII.GetString(raw);
        var start = text.IndexOf("\r\n\r\n", text.IndexOf("application/json", StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        return text[start..text.IndexOf("\r\n--", start, StringComparison.Ordinal)];
    }
}
