using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Portal;

/// <summary>The customer's pages: own cases and those of downstream customers (C2), answering (C4, D3), the policy's acknowledgement (D2).</summary>
internal static class PortalPages
{
    private const long RowsMax = 100;

    public static void Map(IEndpointRouteBuilder pages)
    {
        var portal = pages.MapGroup("/portal").RequireAuthorization(Schemes.Customer).AddEndpointFilter<FormGuard>();
        portal.MapGet("", OverviewAsync);
        portal.MapGet("/cases/{number:long}", CaseAsync);
        portal.MapGet("/cases/{number:long}/evidence", EvidenceAsync);
        portal.MapPost("/cases/{number:long}/answer", AnswerAsync);
        portal.MapPost("/cases/{number:long}/relay-test", TestRelayAsync);
        portal.MapPost("/cases/{number:long}/postmaster-check", CheckPostmasterAsync);
        portal.MapPost("/acknowledge", AcknowledgeAsync);
        PortalMailboxes.Map(portal);
    }

    private static async Task<IResult> OverviewAsync(
        HttpContext http, Database database, LiveViews views, CaseBooks books, IClock clock, CancellationToken stop)
    {
        var id = http.CustomerId();
        var tree = views.Directory.TreeOf(id);
        var overview = await database.ReadAsync(async db => new PortalOverview
        {
            Customer = (await new CustomerStore(db).FindAsync(id, stop))!,
            Downstreams = tree.Count - 1,
            Cases = await new DeskStore(db).CasesOfAsync(tree, withUntold: false, RowsMax, stop),
            Blocks = await new BlockStore(db).InForceOfAsync(tree, RowsMax, stop),
            ServiceBlocks = await new ServiceBlockStore(db).InForceOfAsync(tree, RowsMax, stop),
            Charges = await new ChargeStore(db).OfCustomerAsync(id, RowsMax, stop),
            StorageCharges = await new StorageChargeStore(db).OfCustomerAsync(id, RowsMax, stop),
            Totals = await new ChargeStore(db).TotalsOfAsync(id, stop),
            Contacts = await new CustomerStore(db).ContactsOfAsync(id, null, null, stop),
            Revision = books.Policy.Revision,
            AcknowledgedAt = (await new AcknowledgementStore(db).OfCustomerAsync(id, stop))
                .FirstOrDefault(a => a.Revision == books.Policy.Revision)?.AcknowledgedAt,
        }, stop);
        return Page.Of<OverviewPage>(new { Overview = overview, Now = clock.GetCurrentInstant() });
    }

    private static async Task<IResult> CaseAsync(long number, PortalCases cases, HttpContext http, IClock clock, CancellationToken stop) =>
        await cases.FindAsync(http.CustomerId(), new CaseId(number), stop) is { } seen
            ? Page.Of<CasePage>(new { Seen = seen, Now = clock.GetCurrentInstant() })
            : Page.NotFound();

    private static async Task<IResult> EvidenceAsync(long number, PortalCases cases, HttpContext http, CancellationToken stop) =>
        await cases.EvidenceAsync(http.CustomerId(), new CaseId(number), stop) is { } text
            ? Results.File(System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", $"case-{number}-evidence.txt")
            : Page.NotFound();

    private static async Task<IResult> AnswerAsync(
        long number, PortalCases cases, CaseDesk desk, LiveViews views, HttpContext http, IClock clock, CancellationToken stop)
    {
        if (await cases.FindAsync(http.CustomerId(), new CaseId(number), stop) is not { } seen)
            return Page.NotFound();

        var form = await http.Request.ReadFormAsync(stop);
        var (resolution, prevention) = (form["resolution"].ToString(), form["prevention"].ToString());
        var customer = Actor.Customer(views.Directory.Find(http.CustomerId())!.RegNumber);
        return await desk.AnswerAsync(new CaseId(number), customer, resolution, prevention, stop) is DeskResult.Refused refused
            ? Page.Of<CasePage>(
                new { Seen = seen, Now = clock.GetCurrentInstant(), Problem = refused.Why, Resolution = resolution, Prevention = prevention },
                StatusCodes.Status400BadRequest)
            : Page.SeeOther($"/portal/cases/{number}");
    }

    // What the case is about is tested, and nothing that a form names.
    private static async Task<IResult> TestRelayAsync(
        long number, PortalCases cases, RelayDesk relays, LiveViews views, HttpContext http, IClock clock, CancellationToken stop)
    {
        if (await cases.FindAsync(http.CustomerId(), new CaseId(number), stop) is not { MayTestRelay: true } seen
            || Address.ParseOrNull(seen.Case.Resource.Name) is not { } address)
            return Page.NotFound();
        var customer = Actor.Customer(views.Directory.Find(http.CustomerId())!.RegNumber);
        var (_, refused) = await relays.AskAsync(address, RelayOccasion.Customer, customer, stop);
        return refused is null
            ? Page.SeeOther($"/portal/cases/{number}")
            : Page.Of<CasePage>(new { Seen = seen, Now = clock.GetCurrentInstant(), TestProblem = refused }, StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> CheckPostmasterAsync(
        long number, PortalCases cases, PostmasterDesk postmasters, HttpContext http, IClock clock, CancellationToken stop)
    {
        if (await cases.FindAsync(http.CustomerId(), new CaseId(number), stop) is not { MayCheckPostmaster: true } seen)
            return Page.NotFound();
        return await postmasters.CheckAgainAsync(seen.Case.Resource.Name, stop) is not { } refused
            ? Page.SeeOther($"/portal/cases/{number}")
            : Page.Of<CasePage>(new { Seen = seen, Now = clock.GetCurrentInstant(), TestProblem = refused }, StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> AcknowledgeAsync(
        HttpContext http, Database database, CaseBooks books, IClock clock, CancellationToken stop)
    {
        // The revision that was on the page, not the one of this moment: nobody acknowledges what they have not seen.
        var revision = (await http.Request.ReadFormAsync(stop))["revision"].ToString();
        if (revision != books.Policy.Revision)
            return Page.Message(409, "There is a newer revision", "The policy changed while you were reading. Read it again before you acknowledge it.");
        await database.WriteAsync(db => new AcknowledgementStore(db).AcknowledgeAsync(http.CustomerId(), revision, clock.GetCurrentInstant(), stop), stop);
        return Page.SeeOther("/portal");
    }
}
