using System.Buffers;
using System.Text.Json;
using Mailreeve.Storage.Abuse;
using Mailreeve.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

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

    private static async Task<IResult> PostAsync(HttpContext http, ReportIntake intake, WebOptions options, CancellationToken stop)
    {
        if (!IsJson(http.Request.ContentType))
            return Refuse(415, "Not JSON", "Send one XARF v4 document with Content-Type: application/json.");
        if (await ReadAsync(http, options.ReportSizeBytesMax, stop) is not { } raw)
            return Refuse(413, "Too large", $"A report may have {options.ReportSizeBytesMax} bytes.");
        if (Fault(raw) is { } fault)
            return Refuse(400, "Not a XARF document", fault);

        var kept = await intake.KeepAsync(raw, ReportChannel.Api, http.Connection.RemoteIpAddress, stop);
        return Results.Json(
            new { report = kept.Id.ToString(), code = kept.Code, status = kept.StatusPath },
            statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult Refuse(int status, string title, string detail) => Results.Problem(statusCode: status, title: title, detail: detail);

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body; null when it is larger than allowed.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext http, int sizeMax, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = sizeMax;
        if (http.Request.ContentLength > sizeMax)
            return null;
        try
        {
            while (true)
            {
                var read = await http.Request.BodyReader.ReadAsync(stop);
                if (!read.IsCompleted && read.Buffer.Length <= sizeMax)
                {
                    http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                var body = read.Buffer.Length > sizeMax ? null : read.Buffer.ToArray();
                // A reading that is left open costs the client its connection.
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
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
