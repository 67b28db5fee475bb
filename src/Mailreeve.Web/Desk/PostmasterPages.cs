using Mailreeve.Network.Postmaster;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Desk;

/// <summary>Whether postmaster@ of customers' domains is read (C7), for operators.</summary>
internal static class PostmasterPages
{
    private const long RowsMax = 1000;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/postmasters", ListAsync).For(DeskAction.SeeCases);
        desk.MapPost("/postmasters/{domain}/check", CheckAsync).For(DeskAction.PlaceBlocks);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database, CancellationToken stop) =>
        Page.Of<PostmastersPage>(new
        {
            Rows = await database.ReadAsync(db => new PostmasterStore(db).ListAsync(RowsMax, stop), stop),
            MayCheck = SignedIn.May(http.User, DeskAction.PlaceBlocks),
        });

    private static async Task<IResult> CheckAsync(string domain, PostmasterDesk postmasters, CancellationToken stop) =>
        await postmasters.CheckAsync(domain, stop) ? Page.SeeOther("/desk/postmasters") : Page.NotFound();
}
