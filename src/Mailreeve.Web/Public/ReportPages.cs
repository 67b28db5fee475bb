using Mailreeve.Storage.Abuse;
using Mailreeve.Web.Access;
using Mailreeve.Web.Api;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Public;

/// <summary>The report form, and what became of a report.</summary>
/// <remarks>The form asks for what Art. 16(2) of Regulation (EU) 2022/2065 lets a hosting provider ask for, and for nothing else.</remarks>
internal static class ReportPages
{
    // What the fields may have beside the message.
    private const int FieldBytesMax = 100_000;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/report", () => Page.Of<ReportPage>());
        pages.MapPost("/report", PostAsync).DisableAntiforgery().RequireRateLimiting(RateLimits.Form);
        ReportStatusPages.Map(pages);
    }

    private static async Task<IResult> PostAsync(HttpContext http, ReportIntake intake, IClock clock, WebOptions options, CancellationToken stop)
    {
        if (!http.Request.HasFormContentType)
            return Page.Message(415, "Please use the form", "What was sent is not a form. Programs send XARF documents to /api/reports.");
        if (await ReadAsync(http, options.ReportSizeBytesMax, stop) is not { } sent)
            return Page.Message(413, "Too large", $"A message may have {Show.Size(options.ReportSizeBytesMax)}. Cut off its attachments and send it again; nothing was kept.");

        var form = Typed(sent);
        // A field that people do not see. A program fills it in; so may a browser that fills in forms, and then a person reads this.
        if (sent["homepage"].ToString().Length > 0)
            return Page.Of<ReportPage>(new { Form = form, Trapped = true }, StatusCodes.Status400BadRequest);
        var now = clock.GetCurrentInstant();
        if (FormReport.Read(form, await UploadAsync(sent, stop), now, out var problems) is not { } report)
            return Page.Of<ReportPage>(new { Form = form, Problems = problems }, StatusCodes.Status400BadRequest);

        var raw = ReportMessage.Write(report, options.Provider, Guid.CreateVersion7(), now);
        var kept = await intake.KeepAsync(raw, ReportChannel.Form, http.Connection.RemoteIpAddress, stop);
        return Page.SeeOther(kept.StatusPath);
    }

    /// <summary>The form; null when it is larger than allowed.</summary>
    private static async Task<IFormCollection?> ReadAsync(HttpContext http, int messageBytesMax, CancellationToken stop)
    {
        // Twice: a message may be pasted or uploaded, and a pasted one may be percent-encoded.
        var sizeMax = (2L * messageBytesMax) + FieldBytesMax;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = sizeMax;
        if (http.Request.ContentLength > sizeMax)
            return null;
        try
        {
            var form = await http.Request.ReadFormAsync(new FormOptions
            {
                ValueCountLimit = 50,
                ValueLengthLimit = messageBytesMax,
                KeyLengthLimit = 100,
                MultipartBodyLengthLimit = messageBytesMax,
                BufferBodyLengthLimit = sizeMax,
            }, stop);
            return form.Files.All(f => f.Length <= messageBytesMax) ? form : null;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> UploadAsync(IFormCollection sent, CancellationToken stop)
    {
        if (sent.Files["upload"] is not { Length: > 0 } file)
            return null;
        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, stop);
        return bytes.ToArray();
    }

    private static ReportForm Typed(IFormCollection sent) => new()
    {
        Kind = sent["kind"].ToString(),
        Source = sent["source"].ToString(),
        Port = sent["port"].ToString(),
        When = sent["when"].ToString(),
        Offset = sent["offset"].Count > 0 ? sent["offset"].ToString() : "+00:00",
        Explanation = sent["explanation"].ToString(),
        Message = sent["message"].ToString(),
        Name = sent["name"].ToString(),
        Email = sent["email"].ToString(),
        GoodFaith = sent["good-faith"].ToString().Length > 0,
    };
}
