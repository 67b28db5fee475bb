using System.Text.Json;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using NodaTime.Text;

namespace Mailreeve.Web.Api;

/// <summary><c>POST /api/reports/status</c>: how a report stands, for the program that has its number and its code.</summary>
internal static class ReportStatusApi
{
    private const int BodyBytesMax = 1000;

    public static void Map(IEndpointRouteBuilder pages) =>
        pages.MapPost("/api/reports/status", PostAsync).RequireRateLimiting(RateLimits.Status);

    private static async Task<IResult> PostAsync(HttpContext http, ReportStatuses statuses, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BodyBytesMax;
        if (await ReadAsync(http, stop) is not var (report, code))
            return Results.Problem(statusCode: 400, title: "Not a question", detail: "Send {\"report\": \"R-123\", \"code\": \"…\"} as JSON.");
        return await statuses.FindAsync(report, code, stop) is { } status
            ? Results.Json(new
            {
                report = status.Id.ToString(),
                received = InstantPattern.General.Format(status.ReceivedAt),
                state = JsonNamingPolicy.KebabCaseLower.ConvertName(status.Progress.Step.ToString()),
                text = status.Progress.Text,
            })
            : Results.Problem(statusCode: 404, title: "No such report", detail: "Number and code do not belong together, or the report is too old to be shown.");
    }

    private static async Task<(string Report, string Code)?> ReadAsync(HttpContext http, CancellationToken stop)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, stop);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("report", out var report) && report.ValueKind == JsonValueKind.String
                && json.RootElement.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                    ? (report.GetString()!, code.GetString()!)
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or BadHttpRequestException)
        {
            return null;
        }
    }
}
