using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Mail.Senders;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>Mail of customers that is held (C1): what an operator sees of it, and the two things that can be done.</summary>
internal static class HoldPages
{
    private const long HoldsMax = 200;
    private const long MessagesMax = 100;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/holds", ListAsync).For(DeskAction.DecideHolds);
        desk.MapGet("/holds/{id:long}", ShowAsync).For(DeskAction.DecideHolds);
        desk.MapPost("/holds/{id:long}/release", ReleaseAsync).For(DeskAction.DecideHolds);
        desk.MapPost("/holds/{id:long}/drop", DropAsync).For(DeskAction.DecideHolds);
    }

    private static async Task<IResult> ListAsync(Database database, IClock clock, CancellationToken stop)
    {
        var (open, ended) = await database.ReadAsync(
            async db => (await new SendingHoldStore(db).WaitingAsync(HoldsMax, stop), await new SendingHoldStore(db).EndedAsync(HoldsMax, stop)), stop);
        return Page.Of<HoldsPage>(new { Open = open, Ended = ended, Now = clock.GetCurrentInstant() });
    }

    private static async Task<IResult> ShowAsync(long id, HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var number = new HoldId(id);
        var (hold, messages) = await database.ReadAsync(
            async db => (await new SendingHoldStore(db).FindAsync(number, stop), await new SubmissionStore(db).OfHoldAsync(number, MessagesMax, stop)), stop);
        return hold is null
            ? Page.NotFound()
            : Page.Of<HoldPage>(new
            {
                Hold = hold,
                Messages = messages,
                MaySuspend = SignedIn.May(http.User, DeskAction.EditMailboxes),
                Now = clock.GetCurrentInstant(),
            });
    }

    private static async Task<IResult> ReleaseAsync(long id, HttpContext http, HoldDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return After(id, await desk.EndAsync(new HoldId(id), HoldOutcome.Released, http.Operator(), form["reason"].ToString(), stop));
    }

    private static async Task<IResult> DropAsync(
        long id, HttpContext http, Database database, HoldDesk desk, MailboxDesk mailboxes, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var suspend = form["suspend"] == "yes" && SignedIn.May(http.User, DeskAction.EditMailboxes);
        var hold = await database.ReadAsync(db => new SendingHoldStore(db).FindAsync(new HoldId(id), stop), stop);
        // First the mailbox, or whoever has its password sends on between the two.
        if (suspend && hold is { EndedAt: null, MailboxId: { } mailbox } && !string.IsNullOrWhiteSpace(form["reason"])
            && await mailboxes.ActAsync(mailbox, MailboxAct.Suspend, http.Operator(), stop) is MailboxResult.Refused refused)
            return After(id, refused.Why);
        return After(id, await desk.EndAsync(new HoldId(id), HoldOutcome.Dropped, http.Operator(), form["reason"].ToString(), stop));
    }

    private static IResult After(long id, string? problem) => problem is null
        ? Page.SeeOther("/desk/holds")
        : Page.Of<RefusedPage>(new { Why = problem, Back = $"/desk/holds/{id}" }, StatusCodes.Status409Conflict);
}
