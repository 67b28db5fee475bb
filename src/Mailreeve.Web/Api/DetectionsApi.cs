using Mailreeve.Network.Detections;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Detections;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Api;

/// <summary>
/// <c>POST /api/detections</c>: sensors of the operator's say what they saw (C5). Each has a key, and the key's name is the sensor; what is
/// answered with 202 is on disk.
/// </summary>
internal static class DetectionsApi
{
    /// <summary>Octets of a body: a thousand detections, each with all that may be said.</summary>
    public const int SizeBytesMax = 1024 * 1024;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapPost("/api/detections", PostAsync).RequireRateLimiting(RateLimits.Detections);

    private static async Task<IResult> PostAsync(HttpContext http, Database database, WebOptions options, IClock clock, CancellationToken stop)
    {
        var (key, refusal) = await ToolKeys.FindAsync(http, database, ApiKeyPurpose.Detections, stop);
        if (key is null)
            return refusal!;
        if (!RequestBody.IsJson(http.Request.ContentType))
            return ApiRefusal.Of(415, "Not JSON", "Send detections with Content-Type: application/json.");
        if (await RequestBody.ReadAsync(http, SizeBytesMax, stop) is not { } body)
            return ApiRefusal.Of(413, "Too large", $"A body may have {SizeBytesMax} bytes. Nothing was taken; send it in parts.");

        var now = clock.GetCurrentInstant();
        return DetectionReader.Read(body, DetectionTypes.ByName.Keys, now) switch
        {
            DetectionReading.Good good => await TakeAsync(http, database, options, key, good.Seen, now, stop),
            DetectionReading.NotJson not => ApiRefusal.Of(400, "Not a detection", not.Why),
            DetectionReading.TooMany many => ApiRefusal.Of(
                422, "Too many at once", $"These are {many.Count} detections; {DetectionReader.CountMax} are taken at once. Nothing was taken; send them in parts."),
            DetectionReading.Bad bad => Results.Problem(
                statusCode: 422, title: "Not as detections are written", detail: "Nothing was taken. What is wrong is in the mistakes, each with its detection, counted from 0.",
                extensions: new Dictionary<string, object?> { ["mistakes"] = bad.Problems.Select(p => new { index = p.Index, field = p.Field, problem = p.Problem }) }),
            var unknown => throw new System.Diagnostics.UnreachableException($"No answer for {unknown.GetType().Name}."),
        };
    }

    private static async Task<IResult> TakeAsync(
        HttpContext http, Database database, WebOptions options, ApiKeyRow key, IReadOnlyList<SaidDetection> seen, Instant now, CancellationToken stop)
    {
        if (await DetectionIntake.TakeAsync(database, options.Provider, key.Name, seen, options.DetectionsPerKeyAndHour, now, stop) is { } taken)
            return Results.Json(new { taken, known = seen.Count - taken }, statusCode: StatusCodes.Status202Accepted);
        http.Response.Headers.RetryAfter = "600";
        return ApiRefusal.Of(429, "Too many of this sensor", $"Of one key {options.DetectionsPerKeyAndHour} detections are taken in an hour. Nothing was taken.");
    }
}
