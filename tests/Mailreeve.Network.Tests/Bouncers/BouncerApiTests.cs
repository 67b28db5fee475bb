using System.Text.Json;
using Mailreeve.Network.Bouncers;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailreeve.Network.Tests.Bouncers;

/// <summary>What a bouncer is answered that asks for all there is.</summary>
public sealed class BouncerApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "192.0.2.0 192.0.2.1")]
    [InlineData(true, "192.0.2.0/31")]
    public async Task One_that_takes_no_ranges_is_given_none(bool takesRanges, string values)
    {
        var key = ProgramKey.Make();
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await test.Database.WriteAsync(
            async db =>
            {
                await new BouncerStore(db).AddAsync("fw1", ProgramKey.HashOf(key), takesRanges, Actor.Policy, Some.Time, Stop);
                await new BlockStore(db).PlaceAsync([Some.Block with { Prefix = Prefix.Parse("192.0.2.0/31") }], Stop);
                return 0;
            }, Stop);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var clock = Some.Clock();
        var api = new BouncerApi(test.Database, new BouncerHandOver(test.Database, views, [], clock), clock, NullLogger<BouncerApi>.Instance);

        var answer = await AskAsync(api, key);

        Assert.Equal(values, string.Join(' ', answer!.Value.EnumerateArray().Select(d => d.GetProperty("value").GetString()).Order()));
        foreach (var wrong in new[] { null, "", key[1..], $"{key}0", ProgramKey.Make() })
            Assert.Null(await AskAsync(api, wrong));
    }

    // Null when the key is refused.
    private static async Task<JsonElement?> AskAsync(BouncerApi api, string? key)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        (http.Request.Method, http.Request.Path) = ("GET", "/v1/decisions");
        if (key is not null)
            http.Request.Headers["X-Api-Key"] = key;
        await api.AnswerAsync(http);
        await http.Response.BodyWriter.FlushAsync(Stop);
        if (http.Response.StatusCode == StatusCodes.Status403Forbidden)
            return null;
        using var json = JsonDocument.Parse(body.ToArray());
        return json.RootElement.Clone();
    }
}
