using Mailreeve.Network.Who;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>Who had an address at a time, for operators. It is on record who asks.</summary>
internal static class WhoPages
{
    public static void Map(IEndpointRouteBuilder desk) => desk.MapGet("/who", AskAsync).For(DeskAction.SeeCustomers);

    private static async Task<IResult> AskAsync(HttpContext http, Database database, WebOptions options, IClock clock, CancellationToken stop)
    {
        var asked = new WhoAsked(http.Request.Query);
        var now = clock.GetCurrentInstant();
        var finding = asked.QuestionAt(now) is { } question
            ? await WhoDesk.AnswerAsync(database, options.Provider, question, asked.KnownAt, new WhoAsker(http.Operator(), now), stop)
            : null;
        return Page.Of<WhoPage>(new { Asked = asked.Texts, asked.Problems, Finding = finding, MayPlace = SignedIn.May(http.User, DeskAction.PlaceBlocks) });
    }
}
