using System.Globalization;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Mailreeve.Web.Mailboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Admin;

/// <summary>Mailboxes for operators: the same as for the customer whose they are, and suspending, opening again and ending.</summary>
internal static class MailboxPages
{
    private const int RowsMax = 200;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/mailboxes", ListAsync).For(DeskAction.SeeCustomers);
        admin.MapGet("/mailboxes/{id:long}", ShowAsync).For(DeskAction.SeeCustomers);
        admin.MapPost("/customers/{id:long}/mailboxes", AddAsync).For(DeskAction.EditMailboxes);
        admin.MapGet("/mailboxes/{id:long}/storage", AskStorageAsync).For(DeskAction.EditMailboxes);
        admin.MapPost("/mailboxes/{id:long}/storage", SetStorageAsync).For(DeskAction.EditMailboxes);
        admin.MapPost("/mailboxes/{id:long}/password", SetPasswordAsync).For(DeskAction.EditMailboxes);
        admin.MapPost("/mailboxes/{id:long}/spam", SetSpamAsync).For(DeskAction.EditMailboxes);
        admin.MapPost("/mailboxes/{id:long}/app-passwords", AddAppPasswordAsync).For(DeskAction.EditMailboxes);
        admin.MapPost("/mailboxes/{id:long}/app-passwords/{number:long}/revoke", RevokeAsync).For(DeskAction.EditMailboxes);
        foreach (var act in new[] { MailboxAct.Suspend, MailboxAct.Reopen, MailboxAct.End })
        {
            admin.MapPost(
                $"/mailboxes/{{id:long}}/{EnumText.Of(act)}",
                (long id, HttpContext http, MailboxDesk desk, CancellationToken stop) => ActAsync(id, act, http, desk, stop)).For(DeskAction.EditMailboxes);
        }
    }

    private static async Task<IResult> ListAsync(string? q, Database database, LiveViews views, AbusePolicy policy, CancellationToken stop)
    {
        var search = (q ?? "").Trim();
        var found = views.Mailboxes.All
            .Where(m => m.Addresses.Any(a => a.Contains(search, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(m => m.Address, StringComparer.Ordinal)
            .Take(RowsMax)
            .ToList();
        var shown = await database.ReadAsync(async db =>
        {
            var list = new List<MailboxView>();
            foreach (var mailbox in found)
            {
                if (await MailboxView.ReadAsync(db, mailbox.Id, policy, stop) is { } view)
                    list.Add(view);
            }

            return list;
        }, stop);
        return Page.Of<MailboxesPage>(new { Mailboxes = (IReadOnlyList<MailboxView>)shown, Search = search });
    }

    private static async Task<IResult> ShowAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view
            ? Page.Of<MailboxPage>(new { View = view, MayEdit = SignedIn.May(http.User, DeskAction.EditMailboxes) })
            : Page.NotFound();

    private static async Task<IResult> AddAsync(long id, HttpContext http, MailboxDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return await desk.AddAsync(form["address"].ToString(), new CustomerId(id), form["password"].ToString(), stop) switch
        {
            MailboxResult.Done done => Page.SeeOther($"/admin/mailboxes/{done.Id}"),
            MailboxResult.Refused refused => AdminPages.After(id, refused.Why),
            _ => AdminPages.After(id, null),
        };
    }

    private static async Task<IResult> AskStorageAsync(long id, string? steps, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view ? forms.AskStorage(view, steps ?? "", PlaceOf(id)) : Page.NotFound();

    private static async Task<IResult> SetStorageAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view
            ? await forms.SetStorageAsync(view, await http.Request.ReadFormAsync(stop), http.Operator(), PlaceOf(id), stop)
            : Page.NotFound();

    private static async Task<IResult> SetPasswordAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view
            ? await forms.SetPasswordAsync(view, await http.Request.ReadFormAsync(stop), PlaceOf(id), stop)
            : Page.NotFound();

    private static async Task<IResult> SetSpamAsync(long id, HttpContext http, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view
            ? await forms.SetSpamAsync(view, await http.Request.ReadFormAsync(stop), PlaceOf(id), stop)
            : Page.NotFound();

    private static async Task<IResult> AddAppPasswordAsync(
        long id, HttpContext http, MailboxForms forms, MailboxDesk desk, CancellationToken stop)
    {
        if (await forms.FindAsync(id, stop) is null)
            return Page.NotFound();
        var result = await desk.AddAppPasswordAsync(new MailboxId(id), (await http.Request.ReadFormAsync(stop))["name"].ToString(), stop);
        return result is MailboxResult.Made made
            ? Page.Of<MailboxPage>(new { View = await forms.FindAsync(id, stop), MayEdit = true, Made = made.Password })
            : MailboxForms.After(result, PlaceOf(id));
    }

    private static async Task<IResult> RevokeAsync(long id, long number, MailboxForms forms, CancellationToken stop) =>
        await forms.FindAsync(id, stop) is { } view ? await forms.RevokeAsync(view, number, PlaceOf(id), stop) : Page.NotFound();

    private static async Task<IResult> ActAsync(long id, MailboxAct act, HttpContext http, MailboxDesk desk, CancellationToken stop) =>
        MailboxForms.After(await desk.ActAsync(new MailboxId(id), act, http.Operator(), stop), PlaceOf(id));

    private static MailboxPlace PlaceOf(long id) =>
        new(string.Create(CultureInfo.InvariantCulture, $"/admin/mailboxes/{id}"), Area.Desk, "/admin/mailboxes");
}
