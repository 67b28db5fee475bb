using Mailreeve.Network.Relay;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Desk;

/// <summary>Relay tests (C7): what they have shown, and asking for one.</summary>
internal static class RelayPages
{
    private const long RunsMax = 100;
    private const int TextLengthMax = 100;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/relay-tests", ListAsync).For(DeskAction.SeeCases);
        desk.MapGet("/relay-tests/{number:long}", ShowAsync).For(DeskAction.SeeCases);
        desk.MapPost("/relay-tests", AskAsync).For(DeskAction.PlaceBlocks);
    }

    private static Task<IResult> ListAsync(HttpContext http, Database database, RelayDesk relays, CancellationToken stop) =>
        PageOfAllAsync(http, database, relays, "", null, stop);

    private static async Task<IResult> PageOfAllAsync(
        HttpContext http, Database database, RelayDesk relays, string address, string? problem, CancellationToken stop) =>
        Page.Of<RelayTestsPage>(
            new
            {
                Runs = await database.ReadAsync(db => new RelayRunStore(db).ListAsync(RunsMax, stop), stop),
                MayAsk = relays.IsOn && SignedIn.May(http.User, DeskAction.PlaceBlocks),
                Address = address,
                Problem = problem,
            },
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);

    private static async Task<IResult> ShowAsync(long number, Database database, CancellationToken stop)
    {
        var (run, attempts, customer) = await database.ReadAsync(async db =>
        {
            var runs = new RelayRunStore(db);
            return await runs.FindAsync(number, stop) is { } found
                ? (found, await runs.AttemptsAsync(number, stop), await new CustomerStore(db).FindAsync(found.CustomerId, stop))
                : ((RelayRunRow?)null, (IReadOnlyList<RelayAttemptRow>)[], (CustomerFact?)null);
        }, stop);
        return run is null ? Page.NotFound() : Page.Of<RelayTestPage>(new { Run = run, Attempts = attempts, Customer = customer });
    }

    private static async Task<IResult> AskAsync(HttpContext http, Database database, RelayDesk relays, CancellationToken stop)
    {
        var text = (await http.Request.ReadFormAsync(stop))["address"].ToString().Trim();
        text = text[..Math.Min(text.Length, TextLengthMax)];
        if (Address.ParseOrNull(text) is not { } address)
            return await PageOfAllAsync(http, database, relays, text, "Write it like 198.51.100.7 or 2001:db8::7.", stop);
        var (run, refused) = await relays.AskAsync(address, RelayOccasion.Operator, http.Operator(), stop);
        return run is { } asked ? Page.SeeOther($"/desk/relay-tests/{asked}") : await PageOfAllAsync(http, database, relays, text, refused, stop);
    }
}
