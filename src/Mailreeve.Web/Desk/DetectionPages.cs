using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Desk;

/// <summary>What sensors saw (C5), and what became of it.</summary>
internal static class DetectionPages
{
    private const long RowsMax = 200;

    public static void Map(IEndpointRouteBuilder desk) => desk.MapGet("/detections", ListAsync).For(DeskAction.SeeCases);

    private static async Task<IResult> ListAsync(Database database, CancellationToken stop) =>
        Page.Of<DetectionsPage>(new { Rows = await database.ReadAsync(db => new DetectionStore(db).ListAsync(RowsMax, stop), stop) });
}
