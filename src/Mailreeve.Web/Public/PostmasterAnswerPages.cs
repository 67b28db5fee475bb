using Mailreeve.Network.Postmaster;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Public;

/// <summary>
/// Where the postmaster of a customer's domain says that they read their mail (C7). The link is in the mail and nowhere else. To open it does
/// nothing: scanners of mail open links. The button does.
/// </summary>
/// <remarks>
/// The code is in the body of a form, and in the link only behind the "#": so it gets into no log, no history of a proxy and no Referer
/// (docs/decisions/0016).
/// </remarks>
internal static class PostmasterAnswerPages
{
    private const int CodeLengthMax = 64;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/postmaster", () => Page.Of<PostmasterPage>());
        // Whoever has the code acts for the mailbox that it was sent to, and for nobody who is signed in here.
        pages.MapPost("/postmaster", AnswerAsync).DisableAntiforgery().RequireRateLimiting(RateLimits.Status);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, PostmasterDesk desk, CancellationToken stop)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentLength is null or > 10_000)
            return Page.Message(415, "Please use the form", "What was sent is not the form of this page.");
        var code = (await http.Request.ReadFormAsync(stop))["code"].ToString().Trim();
        return code.Length <= CodeLengthMax && await desk.AnswerAsync(code, stop) is { } row
            ? Page.Of<PostmasterPage>(new { row.Domain })
            : Page.Of<PostmasterPage>(new { Refused = true }, StatusCodes.Status404NotFound);
    }
}
