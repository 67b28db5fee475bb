using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class WhoApiTests
{
    private static readonly Actor Admin = Actor.Operator("admin");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_with_a_key_is_told_whose_it_is_and_that_is_on_record()
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "ticket-desk");

        using var answer = await AskAsync(host, "address=192.0.2.9&port=40112&at=2026-03-02T10:15:00Z", key);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal("certain", body.GetProperty("verdict").GetString());
        Assert.Equal(
            [WebHost.Cedar.RegNumber, WebHost.Alder.RegNumber], body.GetProperty("chain").EnumerateArray().Select(c => c.GetProperty("regNumber").GetString()!));
        Assert.Equal(["192.0.2.8/29", "192.0.2.0/28"], body.GetProperty("grounds").EnumerateArray().Select(g => g.GetProperty("prefix").GetString()!));
        var asked = Assert.Single(await AskedAsync(host));
        Assert.Equal(("tool ticket-desk", Address.Parse("192.0.2.9"), 40112L, "certain"), (asked.AskedBy.Value, asked.Address, asked.Port!.Value, asked.Verdict));
        Assert.Equal($"{WebHost.Cedar.RegNumber} {WebHost.Alder.RegNumber}", asked.Disclosed);
    }

    [Fact]
    public async Task Who_has_no_key_or_one_that_was_taken_away_is_told_nothing()
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "ticket-desk");
        var gone = await KeyAsync(host, "old-tool");
        Assert.Equal(0, await ApiKeyRemoveCommand.RunAsync(host.Database, "old-tool", Admin, Some.Time, TextWriter.Null, Stop));
        var desk = await host.SignedInAsync(OperatorRole.Admin);

        foreach (var wrong in new[] { null, "", gone, key + "0", key[1..], WebHost.ReportCodeKey })
        {
            using var refused = await AskAsync(host, "address=192.0.2.9", wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
            Assert.DoesNotContain(WebHost.Cedar.Name, await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        // A cookie is no key: another site could send a browser here.
        Assert.Equal(HttpStatusCode.Unauthorized, await desk.StatusOfAsync("/api/who?address=192.0.2.9"));
        Assert.Empty(await AskedAsync(host));
    }

    [Theory]
    [InlineData("", "address: Say which address")]
    [InlineData("address=192.0.2.x", "Write it like 198.51.100.7")]
    [InlineData("address=192.0.2.9&port=0", "A port is 1 to 65535.")]
    [InlineData("address=192.0.2.9&at=2026-03-02T10:15:30+01:00", "Write it like 2026-03-02T10:15:30Z.")]
    [InlineData("address=192.0.2.9&doubt=-1", "A doubt is 0 to")]
    [InlineData("address=192.0.2.9&address=192.0.2.10", "Write it like 198.51.100.7")]
    [InlineData("address=192.0.2.9&time=2026-03-02T10:15:30Z", "and of nothing else")]
    public async Task What_is_no_question_is_refused_and_names_nobody(string query, string reason)
    {
        await using var host = await WebHost.StartAsync();
        var key = await KeyAsync(host, "ticket-desk");

        using var answer = await AskAsync(host, query, key);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(await AskedAsync(host));
    }

    [Fact]
    public async Task A_key_is_answered_so_often_in_an_hour_and_another_one_still_is()
    {
        await using var host = await WebHost.StartAsync(o => o with { WhoAnswersPerKeyAndHour = 2 });
        var (first, second) = (await KeyAsync(host, "first"), await KeyAsync(host, "second"));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, first));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, first));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(host, first));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, second));
        Assert.Equal(3, (await AskedAsync(host)).Count);

        host.Clock.AdvanceMinutes(61);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, first));
    }

    [Fact]
    public async Task A_network_that_tries_keys_is_told_to_wait()
    {
        await using var host = await WebHost.StartAsync(o => o with { WhoQuestionsPerMinute = 2 });
        var key = await KeyAsync(host, "ticket-desk");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "another"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(host, key));
    }

    [Fact]
    public async Task A_question_on_the_desk_is_on_record_too()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        await desk.OpenAsync("/desk/who");
        await desk.OpenAsync("/desk/who?address=192.0.2.9");

        Assert.Equal("operator abuse-desk", Assert.Single(await AskedAsync(host)).AskedBy.Value);
        var printed = new StringWriter();
        await WhoAskedCommand.RunAsync(host.Database, Address.Parse("192.0.2.9"), 10, printed, Stop);
        Assert.Contains($"operator abuse-desk  192.0.2.9, 2026-03-02 10:16:30  certain  {WebHost.Cedar.RegNumber} {WebHost.Alder.RegNumber}", printed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_is_json_and_names_the_operation()
    {
        await using var host = await WebHost.StartAsync();

        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(await host.Stranger().OpenAsync("/openapi.json")));

        Assert.True(document.RootElement.GetProperty("paths").GetProperty("/api/who").TryGetProperty("get", out _));
    }

    private static async Task<string> KeyAsync(WebHost host, string name)
    {
        var printed = new StringWriter();
        Assert.Equal(0, await ApiKeyAddCommand.RunAsync(host.Database, name, ApiKeyPurpose.Who, Admin, Some.Time, printed, Stop));
        return printed.ToString().Trim().Split('\n')[^1].Trim();
    }

    private static async Task<HttpStatusCode> StatusAsync(WebHost host, string key)
    {
        using var answer = await AskAsync(host, "address=192.0.2.9", key);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> AskAsync(WebHost host, string query, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/who?{query}");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await host.Stranger().Http.SendAsync(request, Stop);
    }

    private static Task<IReadOnlyList<WhoQuestionRow>> AskedAsync(WebHost host) =>
        host.Database.ReadAsync(db => new WhoQuestionStore(db).NewestAsync(null, 100, Stop), Stop);
}
