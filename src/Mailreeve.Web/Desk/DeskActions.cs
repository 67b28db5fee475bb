using System.Globalization;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>What operators do. Each is one form, one call of the desk, and back to the page it came from.</summary>
internal static class DeskActions
{
    private const int HoursMax = 24 * 60;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapPost("/cases/{number:long}/accept", AcceptAsync).For(DeskAction.DecideCases);
        desk.MapPost("/cases/{number:long}/refuse", RefuseAsync).For(DeskAction.DecideCases);
        desk.MapPost("/cases/{number:long}/extend", ExtendAsync).For(DeskAction.DecideCases);
        desk.MapPost("/cases/{number:long}/unfounded", UnfoundedAsync).For(DeskAction.DecideCases);
        desk.MapPost("/cases/{number:long}/reopen", ReopenAsync).For(DeskAction.DecideCases);
        desk.MapPost("/decisions/{id:long}", DecideAsync).For(DeskAction.DecideCases);
        desk.MapPost("/charges/{id:long}", ChargeAsync).For(DeskAction.DecideCharges);
        desk.MapPost("/reports/{number:long}/settle", SettleAsync).For(DeskAction.SettleReports);
        desk.MapPost("/blocks/{id:long}/lift", LiftAsync).For(DeskAction.LiftBlocks);
        desk.MapPost("/blocks/names/lift", LiftNameAsync).For(DeskAction.LiftBlocks);
        desk.MapPost("/blocks/customers/{id:long}/lift", LiftCustomerAsync).For(DeskAction.LiftBlocks);
        desk.MapPost("/blocks/{id:long}/by-hand", ByHandAsync).For(DeskAction.PlaceBlocks);
        desk.MapPost("/blocks/lift-all", LiftAllAsync).For(DeskAction.EditNeverBlock);
    }

    private static async Task<IResult> AcceptAsync(long number, HttpContext http, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await desk.AcceptAnswerAsync(new CaseId(number), http.Operator(), Reason(form), stop));
    }

    private static async Task<IResult> RefuseAsync(long number, HttpContext http, CaseDesk desk, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Hours(form) is { } hours
            ? Back(form, await desk.RefuseAnswerAsync(new CaseId(number), http.Operator(), Reason(form), clock.GetCurrentInstant() + hours, stop))
            : NoHours(form);
    }

    private static async Task<IResult> ExtendAsync(
        long number, HttpContext http, Database database, CaseDesk desk, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        if (Hours(form) is not { } hours)
            return NoHours(form);
        var id = new CaseId(number);
        var open = await database.ReadAsync(db => new CaseStore(db).FindAsync(id, stop), stop);
        var from = Instant.Max(open?.Due ?? Instant.MinValue, clock.GetCurrentInstant());
        return Back(form, await desk.ExtendAsync(id, http.Operator(), from + hours, Reason(form), stop));
    }

    private static async Task<IResult> UnfoundedAsync(long number, HttpContext http, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await desk.CloseUnfoundedAsync(new CaseId(number), http.Operator(), Reason(form), stop));
    }

    private static async Task<IResult> ReopenAsync(long number, HttpContext http, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await desk.ReopenAsync(new CaseId(number), http.Operator(), Reason(form), stop));
    }

    private static async Task<IResult> DecideAsync(long id, HttpContext http, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return form["verdict"].ToString() is "yes" or "no"
            ? Back(form, await desk.DecideAsync(new DecisionId(id), form["verdict"] == "yes", form["target"], http.Operator(), Reason(form), stop))
            : Page.Message(400, "Yes or no?", "Nothing was decided.");
    }

    private static async Task<IResult> ChargeAsync(long id, HttpContext http, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return form["verdict"].ToString() switch
        {
            "confirm" => Back(form, await desk.ConfirmChargeAsync(new ChargeId(id), http.Operator(), Reason(form), stop)),
            "void" => Back(form, await desk.VoidChargeAsync(new ChargeId(id), http.Operator(), Reason(form), stop)),
            _ => Page.Message(400, "Confirm or void?", "Nothing was decided."),
        };
    }

    private static async Task<IResult> SettleAsync(long number, HttpContext http, Database database, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var note = Reason(form).Trim();
        if (note.Length is 0 or > CaseDesk.TextLengthMax)
            return Page.Message(400, "What did you do about it?", "Say it in a sentence; whoever looks at this report later reads it. Nothing was changed.");
        var settled = await database.WriteAsync(
            db => new ReportStore(db).SettleAsync(new ReportId(number), $"{note} ({http.Operator()})", stop), stop);
        return Back(form, settled ? new DeskResult.Done() : new DeskResult.Refused("It does not wait for anyone any more."));
    }

    private static async Task<IResult> LiftAsync(long id, HttpContext http, BlockLifting lifting, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await lifting.LiftAsync(new BlockId(id), http.Operator(), Reason(form), stop));
    }

    // It is said, and not read back: so it stands under the name of whoever says it.
    private static async Task<IResult> ByHandAsync(long id, HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var done = await database.WriteAsync(
            db => new EnforcementStore(db).DoneByHandAsync(new BlockId(id), http.Operator(), clock.GetCurrentInstant(), stop), stop);
        return Back(form, done ? new DeskResult.Done() : new DeskResult.Refused("Nothing of that block waits for a person any more."));
    }

    private static async Task<IResult> LiftNameAsync(HttpContext http, BlockLifting lifting, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await lifting.LiftNameAsync(form["name"].ToString(), http.Operator(), Reason(form), stop));
    }

    private static async Task<IResult> LiftCustomerAsync(long id, HttpContext http, BlockLifting lifting, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return Back(form, await lifting.LiftWholeAsync(id, http.Operator(), Reason(form), stop));
    }

    private static async Task<IResult> LiftAllAsync(HttpContext http, BlockLifting lifting, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        if (!BlockLifting.AreWordsForAll(form["words"]))
            return Page.Message(400, "Nothing was lifted", $"To lift every block, type the words “{BlockLifting.WordsForAll}”.");
        if (string.IsNullOrWhiteSpace(Reason(form)))
            return Page.Message(400, "Nothing was lifted", "Say why. Each customer concerned reads it.");

        await lifting.LiftAllAsync(http.Operator(), Reason(form), stop);
        return Page.SeeOther("/desk/blocks");
    }

    private static string Reason(IFormCollection form) => form["reason"].ToString();

    private static Duration? Hours(IFormCollection form) =>
        int.TryParse(form["hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= HoursMax
            ? Duration.FromHours(hours)
            : null;

    private static IResult NoHours(IFormCollection form) => Back(form, new DeskResult.Refused($"Give the time in whole hours, 1 to {HoursMax}."));

    private static IResult Back(IFormCollection form, DeskResult result) => result is DeskResult.Refused refused
        ? Page.Of<RefusedPage>(new { refused.Why, Back = SignInPages.Local(form["back"], "/desk") }, StatusCodes.Status409Conflict)
        : Page.SeeOther(SignInPages.Local(form["back"], "/desk"));
}
