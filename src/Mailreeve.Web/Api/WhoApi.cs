using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Desk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Api;

/// <summary>
/// <c>GET /api/who</c>: who had an address at a time, for the operator's own tools. It names customers, so each tool has a key
/// (<c>mailreeve api-key add</c>), and each answer is on record before it is given.
/// </summary>
internal static class WhoApi
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/api/who", GetAsync).RequireRateLimiting(RateLimits.Who);

    private static async Task<IResult> GetAsync(HttpContext http, Database database, WebOptions options, IClock clock, CancellationToken stop)
    {
        var (key, refusal) = await ToolKeys.FindAsync(http, database, ApiKeyPurpose.Who, stop);
        if (key is null)
            return refusal!;

        // One that is misspelt would be answered as if it had not been there: for another time, with another customer.
        if (http.Request.Query.Keys.Any(k => !WhoAsked.Names.Contains(k, StringComparer.Ordinal)))
            return ApiRefusal.Of(400, "Not a question", $"A question consists of {string.Join(", ", WhoAsked.Names)}, and of nothing else.");
        var asked = new WhoAsked(http.Request.Query);
        var now = clock.GetCurrentInstant();
        if (asked.QuestionAt(now) is not { } question)
        {
            var (name, problem) = asked.Problems.Count > 0 ? asked.Problems.First() : new("address", "Say which address: /api/who?address=198.51.100.7.");
            return ApiRefusal.Of(400, "Not a question", $"{name}: {problem}");
        }

        var asker = new WhoAsker(Actor.Tool(key.Name), now, options.WhoAnswersPerKeyAndHour);
        if (await WhoDesk.AnswerAsync(database, options.Provider, question, asked.KnownAt, asker, stop) is { } finding)
            return Results.Json(WhoJson.Of(finding));
        http.Response.Headers.RetryAfter = "600";
        return ApiRefusal.Of(429, "Too often for this key", $"A key is answered {options.WhoAnswersPerKeyAndHour} times in an hour.");
    }
}
