using System.Globalization;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>The queue of outgoing mail: where it waits, and what an operator does about it.</summary>
internal static class QueuePages
{
    private const long LinesMax = 100;
    private const long RowsMax = 100;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/queue", QueueAsync).For(DeskAction.SeeMail);
        desk.MapPost("/queue/act", ActAsync).For(DeskAction.EditMail);
    }

    private static async Task<IResult> QueueAsync(
        string? destination, string? sender, string? state, string? submission, string? hold, HttpContext http, Database database, IClock clock,
        CancellationToken stop)
    {
        var filter = FilterOf(destination, sender, state, submission, hold);
        return await database.ReadAsync(async db =>
        {
            var queue = new QueueDesk(db);
            return Page.Of<QueuePage>(new
            {
                Filter = filter,
                Lines = filter.IsAll ? await queue.SummaryAsync(LinesMax, stop) : [],
                Rows = filter.IsAll ? [] : await queue.ListAsync(filter, 0, RowsMax, stop),
                Count = filter.IsAll ? 0 : await queue.CountAsync(filter, stop),
                MayAct = SignedIn.May(http.User, DeskAction.EditMail),
                Now = clock.GetCurrentInstant(),
            });
        }, stop);
    }

    // The form says how many messages its page has shown: more than that is not touched unseen.
    private static async Task<IResult> ActAsync(HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var filter = FilterOf(form["destination"], form["sender"], form["state"], form["submission"], form["hold"]);
        if (long.TryParse(form["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            filter = filter with { Ids = [id] };
        if (filter.IsAll || form["act"].ToString() is not ("hold" or "release" or "retry" or "drop" or "bounce"))
            return Page.Message(400, "Nothing was done", "Say which messages are meant, and what is to be done with them.");
        if (!long.TryParse(form["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
            return Page.Message(400, "Nothing was done", "The form does not say how many messages it is about.");

        var now = clock.GetCurrentInstant();
        var done = await database.WriteAsync(async db =>
        {
            var queue = new QueueDesk(db);
            if (await queue.CountAsync(filter, stop) > seen)
                return -1;
            return form["act"].ToString() switch
            {
                "hold" => await queue.HoldAsync(filter, http.Operator(), stop),
                "release" => await queue.ReleaseAsync(filter, http.Operator(), now, stop),
                "retry" => await queue.RetryAsync(filter, http.Operator(), now, stop),
                var act => await queue.DropAsync(filter, act == "bounce", http.Operator(), now, stop),
            };
        }, stop);
        return done < 0
            ? Page.Message(409, "Nothing was done", "More messages wait by now than the page has shown. Look again, then decide.")
            : Page.SeeOther(SignInPages.Local(form["back"], "/desk/queue"));
    }

    private static QueueFilter FilterOf(string? destination, string? sender, string? state, string? submission, string? hold) => new()
    {
        Destination = Given(destination),
        Sender = Given(sender),
        State = EnumText.TryParse<OutboundState>(state ?? "", out var known) ? known : null,
        Submission = Number(submission),
        Hold = Number(hold),
    };

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
