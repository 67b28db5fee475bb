using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Page;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Mailreeve.Web.Mailboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Portal;

/// <summary>A customer's own mailboxes (C9): what is in them, passwords, extra storage. Those of downstream customers are theirs alone.</summary>
internal static class PortalMailboxes
{
    private const long ChargesMax = 200;

    public static void Map(IEndpointRouteBuilder portal)
    {
        portal.MapGet("/mailboxes", ListAsync);
        portal.MapGet("/mailboxes/{id:long}", ShowAsync);
        portal.MapGet("/mailboxes/{id:long}/storage", AskStorageAsync);
        portal.MapPost("/mailboxes/{id:long}/storage", SetStorageAsync);
        portal.MapPost("/mailboxes/{id:long}/password", SetPasswordAsync);
        portal.MapPost("/mailboxes/{id:long}/spam", SetSpamAsync);
        portal.MapPost("/mailboxes/{id:long}/app-passwords", AddAppPasswordAsync);
        portal.MapPost("/mailboxes/{id:long}/app-passwords/{number:long}/revoke", RevokeAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database, AbusePolicy policy, WebOptions options, CancellationToken stop)
    {
        var (mailboxes, charges) = await database.ReadAsync(
            async db => (
                await MailboxView.OfCustomerAsync(db, http.CustomerId(), policy, stop),
                await new StorageChargeStore(db).OfCustomerAsync(http.CustomerId(), ChargesMax, stop)),
            stop);
        var page = PolicyPage.Of(policy, options.Provider.FactsIn(DateTimeZone.Utc));
        var clause = page.Clauses.First(c => c.Id == policy.Terms.MailboxCapacityBytes.Clause);
        return Page.Of<MailboxesPage>(new { Mailboxes = mailboxes, Charges = charges, Clause = clause });
    }

    private static async Task<IResult> ShowAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view ? Page.Of<MailboxPage>(new { View = view }) : Page.NotFound();

    private static async Task<IResult> AskStorageAsync(long id, string? steps, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view ? forms.AskStorage(view, steps ?? "", PlaceOf(view)) : Page.NotFound();

    private static async Task<IResult> SetStorageAsync(long id, HttpContext http, MailboxForms forms, LiveViews views, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view
            ? await forms.SetStorageAsync(
                view, await http.Request.ReadFormAsync(stop), Actor.Customer(views.Directory.Find(http.CustomerId())!.RegNumber), PlaceOf(view), stop)
            : Page.NotFound();

    private static async Task<IResult> SetPasswordAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view
            ? await forms.SetPasswordAsync(view, await http.Request.ReadFormAsync(stop), PlaceOf(view), stop)
            : Page.NotFound();

    private static async Task<IResult> SetSpamAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view
            ? await forms.SetSpamAsync(view, await http.Request.ReadFormAsync(stop), PlaceOf(view), stop)
            : Page.NotFound();

    // The password is on the answer to the form itself and nowhere else: there is no address under which it could be seen again.
    private static async Task<IResult> AddAppPasswordAsync(
        long id, HttpContext http, MailboxForms forms, MailboxDesk desk, CancellationToken stop)
    {
        if (await OwnAsync(id, http, forms, stop) is not { } view)
            return Page.NotFound();
        var result = await desk.AddAppPasswordAsync(view.Mailbox.Id, (await http.Request.ReadFormAsync(stop))["name"].ToString(), stop);
        return result is MailboxResult.Made made
            ? Page.Of<MailboxPage>(new { View = await forms.FindAsync(id, stop), Made = made.Password })
            : MailboxForms.After(result, PlaceOf(view));
    }

    private static async Task<IResult> RevokeAsync(long id, long number, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await OwnAsync(id, http, forms, stop) is { } view ? await forms.RevokeAsync(view, number, PlaceOf(view), stop) : Page.NotFound();

    private static async Task<MailboxView?> OwnAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view && view.Customer.Id == http.CustomerId() ? view : null;

    private static MailboxPlace PlaceOf(MailboxView view) => new($"/portal/mailboxes/{view.Mailbox.Id}", Area.Portal, "/portal/mailboxes");
}
