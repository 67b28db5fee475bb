using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

/// <summary>C5: sensors of the operator's say what they saw.</summary>
public sealed class DetectionsApiTests
{
    private const string One = """{"address":"192.0.2.9","type":"login-attack","targets":5,"connected":true,"at":"2026-03-02T10:15:00Z","detail":"sshd"}""";
    private const string Another = """{"address":"203.0.113.9","type":"port-scan","targets":30,"at":"2026-03-02T10:15:00Z"}""";

    private static readonly Actor Admin = Actor.Operator("admin");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_sensor_says_is_kept_under_the_name_of_its_key()
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "fail2ban-mx1");

        using var answer = await PostAsync(host, key, $"[{One},{Another}]");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((2, 0), await CountsAsync(answer));
        var rows = (await RowsAsync(host)).OrderBy(r => r.Id).ToList();
        Assert.Equal(
            [("fail2ban-mx1", DetectionTypes.LoginAttack, Address.Parse("192.0.2.9"), 5L, 1L, 1L, "sshd"), ("fail2ban-mx1", DetectionTypes.PortScan, Address.Parse("203.0.113.9"), 30L, 0L, 0L, "")],
            rows.Select(r => (r.Sensor, r.Type, r.Address, r.Targets, r.TwoWay, r.Ours, r.Detail)));
        Assert.All(rows, r => Assert.Equal((NodaTime.Instant.FromUtc(2026, 3, 2, 10, 15), r.FirstAt), (r.LastAt, r.LastAt)));
    }

    [Fact]
    public async Task What_is_told_twice_counts_once_and_for_another_sensor_again()
    {
        await using var host = await WebHost.StartAsync();
        var (first, second) = (await KeyAsync(host, "mx1"), await KeyAsync(host, "mx2"));

        using var once = await PostAsync(host, first, One);
        using var twice = await PostAsync(host, first, $"[{One},{Another},{Another}]");
        using var other = await PostAsync(host, second, One);
        using var later = await PostAsync(host, first, One.Replace("10:15:00", "10:15:01", StringComparison.Ordinal));

        Assert.Equal((1, 0), await CountsAsync(once));
        Assert.Equal((1, 2), await CountsAsync(twice));
        Assert.Equal((1, 0), await CountsAsync(other));
        Assert.Equal((1, 0), await CountsAsync(later));
        Assert.Equal(4, (await RowsAsync(host)).Count);
    }

    [Fact]
    public async Task A_key_does_one_thing_and_without_one_nothing_is_taken()
    {
        await using var host = await WebHost.StartAsync();
        var sensor = await KeyAsync(host, "mx1");
        var tool = await KeyAsync(host, "ticket-desk", ApiKeyPurpose.Who);
        var gone = await KeyAsync(host, "mx2");
        Assert.Equal(0, await ApiKeyRemoveCommand.RunAsync(host.Database, "mx2", Admin, Some.Time, TextWriter.Null, Stop));

        foreach (var wrong in new[] { null, "", gone, sensor + "0", WebHost.ReportCodeKey })
        {
            using var refused = await PostAsync(host, wrong, One);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (refused.StatusCode, refused.Headers.WwwAuthenticate.ToString()));
        }

        using var forbidden = await PostAsync(host, tool, One);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Contains("--for detections", await forbidden.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/who?address=192.0.2.9") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", sensor) } };
        using var asked = await host.Stranger().Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, asked.StatusCode);
        Assert.DoesNotContain(WebHost.Cedar.Name, await asked.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(await RowsAsync(host));
    }

    [Fact]
    public async Task Mistakes_are_told_all_at_once_and_nothing_is_taken()
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "mx1");

        using var answer = await PostAsync(host, key, $$"""[{{One}},{"address":"192.0.2.x","type":"login-attack","at":"2026-03-02T10:15:00Z"},{{Another.Replace("port-scan", "scan", StringComparison.Ordinal)}}]""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var mistakes = (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("mistakes").EnumerateArray();
        Assert.Equal([(1, "address"), (2, "type")], mistakes.Select(m => (m.GetProperty("index").GetInt32(), m.GetProperty("field").GetString()!)));
        Assert.Empty(await RowsAsync(host));
    }

    [Theory]
    [InlineData("[", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("\"scan\"", "application/json", HttpStatusCode.BadRequest)]
    [InlineData(One, "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_no_json_is_refused(string body, string contentType, HttpStatusCode status)
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "mx1");

        using var answer = await PostAsync(host, key, body, contentType);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Too_many_or_too_much_at_once_is_not_taken()
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "mx1");

        using var many = await PostAsync(host, key, $"[{string.Join(',', Enumerable.Repeat(One, 1001))}]");
        using var much = await PostAsync(host, key, One.Replace("sshd", new string('x', 1024 * 1024), StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.RequestEntityTooLarge), (many.StatusCode, much.StatusCode));
        Assert.Empty(await RowsAsync(host));
    }

    [Fact]
    public async Task Of_one_key_so_many_are_taken_in_an_hour_and_of_another_still()
    {
        await using var host = await WebHost.StartAsync(o => o with { DetectionsPerKeyAndHour = 2 });
        var (first, second) = (await KeyAsync(host, "mx1"), await KeyAsync(host, "mx2"));

        using var enough = await PostAsync(host, first, $"[{One},{Another}]");
        using var tooMany = await PostAsync(host, first, One.Replace("192.0.2.9", "192.0.2.10", StringComparison.Ordinal));
        using var other = await PostAsync(host, second, One);

        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests, HttpStatusCode.Accepted), (enough.StatusCode, tooMany.StatusCode, other.StatusCode));
        Assert.Equal("600", tooMany.Headers.RetryAfter!.ToString());
        host.Clock.AdvanceMinutes(61);
        using var later = await PostAsync(host, first, One.Replace("192.0.2.9", "192.0.2.10", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, later.StatusCode);
    }

    [Fact]
    public async Task A_network_that_tries_keys_is_told_to_wait()
    {
        await using var host = await WebHost.StartAsync(o => o with { DetectionPostsPerMinute = 1 });
        var key = await KeyAsync(host, "mx1");

        using var guess = await PostAsync(host, new string('0', 64), One);
        using var late = await PostAsync(host, key, One);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests), (guess.StatusCode, late.StatusCode));
    }

    [Fact]
    public async Task The_description_names_the_types_that_there_are()
    {
        await using var host = await WebHost.StartAsync();

        using var document = JsonDocument.Parse(await host.Stranger().OpenAsync("/openapi.json"));

        Assert.True(document.RootElement.GetProperty("paths").GetProperty("/api/detections").TryGetProperty("post", out _));
        var types = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("detection").GetProperty("properties").GetProperty("type").GetProperty("enum");
        Assert.Equal(DetectionTypes.ByName.Keys.Order(StringComparer.Ordinal), types.EnumerateArray().Select(t => t.GetString()!).Order(StringComparer.Ordinal));
    }

    private static async Task<string> KeyAsync(WebHost host, string name, ApiKeyPurpose purpose = ApiKeyPurpose.Detections)
    {
        var printed = new StringWriter();
        Assert.Equal(0, await ApiKeyAddCommand.RunAsync(host.Database, name, purpose, Admin, Some.Time, printed, Stop));
        return printed.ToString().Trim().Split('\n')[^1].Trim();
    }

    private static async Task<HttpResponseMessage> PostAsync(WebHost host, string? key, string body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/detections") { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await host.Stranger().Http.SendAsync(request, Stop);
    }

    private static async Task<(int Taken, int Known)> CountsAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (body.GetProperty("taken").GetInt32(), body.GetProperty("known").GetInt32());
    }

    private static Task<IReadOnlyList<DetectionRow>> RowsAsync(WebHost host) => host.Database.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);
}
