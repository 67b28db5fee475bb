using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Public;

/// <summary>How a report stands, for who has its number and its code.</summary>
/// <remarks>
/// The code is in the body of a form, and in links only behind the "#": so it gets into no log, no history of a proxy and no Referer
/// (docs/decisions/0016).
/// </remarks>
internal static class ReportStatusPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/report/status", () => Page.Of<ReportStatusPage>());
        pages.MapPost("/report/status", ShowAsync).DisableAntiforgery().RequireRateLimiting(RateLimits.Status);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, ReportStatuses statuses, CancellationToken stop)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentLength is null or > 10_000)
            return Page.Message(415, "Please use the form", "What was sent is not the form of this page.");
        var form = await http.Request.ReadFormAsync(stop);
        var (report, code) = (form["report"].ToString(), form["code"].ToString());
        if (form["want"].ToString() == "outcome")
            await statuses.WantOutcomeAsync(report, code, stop);
        return await statuses.FindAsync(report, code, stop) is { } status
            ? Page.Of<ReportStatusPage>(new { Status = status, Code = statuses.CodeOf(status.Id) })
            : Page.Of<ReportStatusPage>(new { Typed = report, Refused = true }, StatusCodes.Status404NotFound);
    }
}
