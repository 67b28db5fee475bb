using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Api;

/// <summary><c>POST /api/reports</c>: one XARF v4 document, kept as received before it is answered with 202.</summary>
/// <remarks>What is JSON and says that it is XARF is kept, however faulty: a person can still read it. Anything else is refused with a reason.</remarks>
internal static class ReportsApi
{
    // XARF nests four levels; a document that nests more is aimed at a parser.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost("/api/reports", PostAsync).RequireRateLimiting(RateLimits.Api);
        ReportStatusApi.Map(pages);
        pages.MapGet("/openapi.json", () => Results.Bytes(OpenApi.Document, "application/json"));
    }

    private static async Task<IResult> PostAsync(HttpContext http, ReportIntake intake, Database database, WebOptions options, CancellationToken stop)
    {
        if (!RequestBody.IsJson(http.Request.ContentType))
            return ApiRefusal.Of(415, "Not JSON", "Send one XARF v4 document with Content-Type: application/json.");
        var (isKnown, domain) = await WhoseKeyAsync(http, database, stop);
        if (!isKnown)
            return ApiRefusal.Of(401, "Unknown key", "The key in Authorization is none of ours, or was revoked. Without a key a report is taken, too; a person then looks at it first.");
        if (await RequestBody.ReadAsync(http, options.ReportSizeBytesMax, stop) is not { } raw)
            return ApiRefusal.Of(413, "Too large", $"A report may have {options.ReportSizeBytesMax} bytes.");
        if (Fault(raw) is { } fault)
            return ApiRefusal.Of(400, "Not a XARF document", fault);

        var kept = await intake.KeepAsync(raw, ReportChannel.Api, http.Connection.RemoteIpAddress, domain, stop);
        return Results.Json(
            new { report = kept.Id.ToString(), code = kept.Code, status = kept.StatusPath },
            statusCode: StatusCodes.Status202Accepted);
    }

    // Without a key nobody is refused: whoever has something to report need not ask for one first.
    private static async Task<(bool IsKnown, string? Domain)> WhoseKeyAsync(HttpContext http, Database database, CancellationToken stop)
    {
        const string scheme = "Bearer ";
        const int lengthMax = 200;
        var value = http.Request.Headers.Authorization.ToString();
        if (value.Length == 0)
            return (true, null);
        if (!value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || value.Length > lengthMax)
            return (false, null);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(value[scheme.Length..].Trim()));
        var domain = await database.ReadAsync(db => new ReporterKeyStore(db).DomainOfAsync(digest, stop), stop);
        return (domain is not null, domain);
    }

    private static string? Fault(byte[] raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return $"The document is a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; a XARF document is an object. One report is one request.";
            return document.RootElement.TryGetProperty("xarf_version", out var version) && version.ValueKind == JsonValueKind.String
                ? null
                : "The field xarf_version is missing, or is no string. XARF v4 documents begin with \"xarf_version\": \"4.2.0\".";
        }
        catch (JsonException e)
        {
            return $"Line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON as RFC 8259 defines it.";
        }
    }
}
