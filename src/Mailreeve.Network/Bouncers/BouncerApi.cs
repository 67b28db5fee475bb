using System.Text.Json;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.CrowdSec;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Bouncers;

/// <summary>
/// Answers as CrowdSec's local API (version 1) answers bouncers, so that every one of these enforces blocks: packet filters, web servers, other
/// networks' edges. It answers those whose key it has, and takes no decisions from anybody.
/// </summary>
/// <remarks>
/// <c>GET /v1/decisions/stream</c> tells what is new since the bouncer's last question, <c>GET /v1/decisions</c> what is so for an address or
/// for all, <c>HEAD</c> on it whether the key is good, and <c>POST /v1/usage-metrics</c> is taken and dropped. Diagnostics: log events 5401–5402.
/// </remarks>
/// <param name="database">Has the keys.</param>
/// <param name="handOver">Works out what is new.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Where it tells.</param>
public sealed class BouncerApi(Database database, BouncerHandOver handOver, IClock clock, ILogger<BouncerApi> log)
{
    private const string KeyHeader = "X-Api-Key";
    private const long BodyBytesMax = 1 << 20;
    private const int DecisionsPerFlush = 2_000;

    // Some bouncers ask about an address with each request that they serve.
    private static readonly Duration AskedEvery = Duration.FromSeconds(10);

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // It has gone. What it was to be told is told again.
        }
        catch (Exception e)
        {
            log.BouncerNotAnswered(e, http.Request.Path);
            if (!http.Response.HasStarted)
                await RefuseAsync(http, StatusCodes.Status500InternalServerError, "This did not work. The fault is ours.");
            else
                http.Abort();
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = BodyBytesMax;
        var stop = http.RequestAborted;
        // Whoever has no key at all costs no look into the database.
        string? key = http.Request.Headers[KeyHeader];
        if (!ProgramKey.IsOne(key) || ProgramKey.OwnerOf(key, await database.ReadAsync(db => new BouncerStore(db).InUseAsync(stop), stop), b => b.KeyHash) is not { } bouncer)
        {
            log.BouncerRefused(http.Connection.RemoteIpAddress);
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "access forbidden");
            return;
        }

        var method = http.Request.Method;
        await (http.Request.Path.Value switch
        {
            "/v1/decisions" when HttpMethods.IsHead(method) => Task.CompletedTask,
            "/v1/decisions" when HttpMethods.IsGet(method) => DecisionsAsync(http, bouncer, stop),
            "/v1/decisions/stream" when HttpMethods.IsGet(method) => StreamAsync(http, bouncer, stop),
            "/v1/usage-metrics" when HttpMethods.IsPost(method) => DropAsync(http, stop),
            "/v1/decisions" or "/v1/decisions/stream" or "/v1/usage-metrics" => RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "method not allowed"),
            _ => RefuseAsync(http, StatusCodes.Status404NotFound, "not found"),
        });
    }

    private async Task StreamAsync(HttpContext http, BouncerRow bouncer, CancellationToken stop)
    {
        var query = http.Request.Query;
        BouncerNews<BlockEntry>? news = new([], []);
        if (Wants(query, "Ip"))
        {
            news = await handOver.PullAsync(
                bouncer, bool.TryParse(query["startup"], out var isStart) && isStart, bouncer.TakesRanges != 0 && Wants(query, "Range"),
                http.Request.Headers.UserAgent, stop);
        }

        if (news is null)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "ask again");
            return;
        }

        var now = clock.GetCurrentInstant();
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("deleted"u8);
        await WriteAsync(http, json, news.Deleted.Select(d => new BouncerDecision(d.Value.Id.Value, d.Key, Duration.FromSeconds(-1), $"policy/{d.Value.Clause}")), stop);
        json.WriteEndArray();
        json.WriteStartArray("new"u8);
        await WriteAsync(http, json, news.New.Select(n => DecisionOf(n.Key, n.Value, now)), stop);
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(stop);
    }

    private async Task DecisionsAsync(HttpContext http, BouncerRow bouncer, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (bouncer.AskedAt is not { } asked || now - asked >= AskedEvery || asked > now)
            await database.WriteAsync(db => new BouncerStore(db).AskedAsync(bouncer, http.Request.Headers.UserAgent, now, stop), stop);
        var query = http.Request.Query;
        var wanted = handOver.Wanted();
        var asking = query["ip"].FirstOrDefault() ?? query["range"].FirstOrDefault();
        Prefix about = default;
        if (asking is not null && !Prefix.TryParse(asking, out about))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "neither an address nor a range");
            return;
        }

        IReadOnlyCollection<KeyValuePair<Prefix, BlockEntry>> found = !Wants(query, "Ip") ? []
            : asking is null ? wanted.Entries(bouncer.TakesRanges != 0)
            : wanted.Covering(about) is { } one ? [one]
            : [];
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        // CrowdSec says so, and not every bouncer takes an empty list for it.
        if (found.Count == 0)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartArray();
            await WriteAsync(http, json, found.Select(f => DecisionOf(f.Key, f.Value, now)), stop);
            json.WriteEndArray();
        }

        await json.FlushAsync(stop);
    }

    // Counts of what a bouncer has dropped. They prove nothing about a single block.
    private static async Task DropAsync(HttpContext http, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (await http.Request.Body.ReadAsync(buffer, stop) > 0)
        {
        }

        http.Response.StatusCode = StatusCodes.Status201Created;
    }

    private static async Task WriteAsync(HttpContext http, Utf8JsonWriter json, IEnumerable<BouncerDecision> decisions, CancellationToken stop)
    {
        var count = 0;
        foreach (var decision in decisions)
        {
            decision.Write(json);
            if (++count % DecisionsPerFlush == 0)
            {
                json.Flush();
                await http.Response.BodyWriter.FlushAsync(stop);
            }
        }
    }

    private static BouncerDecision DecisionOf(Prefix prefix, BlockEntry block, Instant now) =>
        new(block.Id.Value, prefix, Duration.Max(block.ExpiresAt - now, Duration.FromSeconds(1)), $"policy/{block.Clause}");

    // Bouncers may ask for some decisions only: by scope, and by whom they are.
    private static bool Wants(IQueryCollection query, string scope) =>
        IsAmong(query["scopes"], scope) && IsAmong(query["origins"], BouncerDecision.Origin);

    private static bool IsAmong(string? list, string word) =>
        string.IsNullOrEmpty(list) || list.Split(',', StringSplitOptions.TrimEntries).Contains(word, StringComparer.OrdinalIgnoreCase);

    private static async Task RefuseAsync(HttpContext http, int status, string why)
    {
        http.Response.StatusCode = status;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.WriteAsJsonAsync(new { message = why }, http.RequestAborted);
    }
}
