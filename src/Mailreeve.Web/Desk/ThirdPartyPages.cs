using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>How the lists of others fare, and the entries of our own, for operators.</summary>
internal static class ThirdPartyPages
{
    public static void Map(IEndpointRouteBuilder desk) => desk.MapGet("/third-parties", ShowAsync).For(DeskAction.SeeCases);

    private static async Task<IResult> ShowAsync(HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var (lists, own) = await database.ReadAsync(
            async db => (await new ThirdPartyStore(db).AllAsync(stop), await new BlockStore(db).OfListAsync(ThirdPartyList.Own, stop)), stop);
        return Page.Of<ThirdPartiesPage>(new
        {
            Lists = lists,
            Own = own,
            MayLift = SignedIn.May(http.User, DeskAction.LiftBlocks),
            Now = clock.GetCurrentInstant(),
        });
    }
}
