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
internal static class PostmasterAnswerPages
{
    private const int CodeLengthMax = 64;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/postmaster/{code}", AskAsync);
        // Whoever has the code acts for the mailbox that it was sent to, and for nobody who is signed in here.
        pages.MapPost("/postmaster/{code}", AnswerAsync).DisableAntiforgery().RequireRateLimiting(RateLimits.Status);
    }

    private static async Task<IResult> AskAsync(string code, PostmasterDesk desk, CancellationToken stop) =>
        code.Length <= CodeLengthMax && await desk.FindAsync(code, stop) is { } row
            ? Page.Of<PostmasterPage>(new { row.Domain, Code = code, IsRead = row.State == Policy.Postmaster.PostmasterState.Read })
            : Page.NotFound();

    private static async Task<IResult> AnswerAsync(string code, PostmasterDesk desk, CancellationToken stop) =>
        code.Length <= CodeLengthMax && await desk.AnswerAsync(code, stop) is not null ? Page.SeeOther($"/postmaster/{code}") : Page.NotFound();
}
