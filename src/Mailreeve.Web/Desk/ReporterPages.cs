using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>Who reports: how their complaints were decided, what operators think of them, and the keys by which their programs sign in.</summary>
internal static class ReporterPages
{
    private const long RowsMax = 200;
    private const int DoubtfulAtOnceMax = 1000;

    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/reporters", ListAsync).For(DeskAction.SeeReports);
        desk.MapPost("/reporters/{id:long}", StandingAsync).For(DeskAction.SettleReports);
        desk.MapPost("/reporters/keys", MakeKeyAsync).For(DeskAction.SettleReports);
        desk.MapPost("/reporters/keys/{id:long}/revoke", RevokeAsync).For(DeskAction.SettleReports);
        desk.MapGet("/doubtful", DoubtfulAsync).For(DeskAction.SeeCases);
        desk.MapPost("/doubtful/close", CloseDoubtfulAsync).For(DeskAction.DecideCases);
    }

    private static async Task<IResult> ListAsync(string? q, Database database, CancellationToken stop) => await ShowAsync(q ?? "", null, database, stop);

    private static async Task<IResult> ShowAsync(string search, string? newKey, Database database, CancellationToken stop)
    {
        var (organisations, keys) = await database.ReadAsync(
            async db => (await new ReporterOrganisationStore(db).ListAsync(search, RowsMax, stop), await new ReporterKeyStore(db).ListAsync(RowsMax, stop)), stop);
        return Page.Of<ReportersPage>(new { Organisations = organisations, Keys = keys, Search = search, NewKey = newKey });
    }

    private static async Task<IResult> StandingAsync(long id, HttpContext http, Database database, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        if (!EnumText.TryParse<ReporterStanding>(form["standing"].ToString(), out var standing))
            return Page.Message(400, "What do you think of them?", "Nothing was changed.");
        var reason = form["reason"].ToString().Trim();
        if (reason.Length is 0 or > CaseDesk.TextLengthMax)
            return Page.Message(400, "Why?", "Say it in a sentence; whoever asks later reads it. Nothing was changed.");
        return await database.WriteAsync(db => new ReporterOrganisationStore(db).SetStandingAsync(id, standing, http.Operator(), reason, stop), stop)
            ? Page.SeeOther("/desk/reporters")
            : Page.NotFound();
    }

    private static async Task<IResult> MakeKeyAsync(HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var domain = form["domain"].ToString().Trim().ToLowerInvariant();
        if (domain.Length > 255 || !domain.Contains('.', StringComparison.Ordinal) || !DomainName.IsValid(Encoding.UTF8.GetBytes(domain)))
            return Page.Message(400, "Whose key?", "Name the reporter's domain, such as reports.example. No key was made.");
        var key = $"mrk_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        await database.WriteAsync(
            db => new ReporterKeyStore(db).AddAsync(SHA256.HashData(Encoding.ASCII.GetBytes(key)), domain, http.Operator(), clock.GetCurrentInstant(), stop), stop);
        // Shown in the answer to the form, and never again: nothing that can be read has it.
        return await ShowAsync("", key, database, stop);
    }

    private static async Task<IResult> RevokeAsync(long id, Database database, IClock clock, CancellationToken stop) =>
        await database.WriteAsync(db => new ReporterKeyStore(db).RevokeAsync(id, clock.GetCurrentInstant(), stop), stop)
            ? Page.SeeOther("/desk/reporters")
            : Page.NotFound();

    private static async Task<IResult> DoubtfulAsync(Database database, CancellationToken stop) =>
        Page.Of<DoubtfulPage>(new { Cases = await database.ReadAsync(db => new DeskStore(db).DoubtfulAsync(RowsMax, stop), stop) });

    private static async Task<IResult> CloseDoubtfulAsync(HttpContext http, Database database, CaseDesk desk, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        if (string.IsNullOrWhiteSpace(form["reason"]))
            return Page.Message(400, "Why?", "Say what you looked at. Nothing was closed.");
        foreach (var open in await database.ReadAsync(db => new DeskStore(db).DoubtfulAsync(DoubtfulAtOnceMax, stop), stop))
            await desk.CloseDoubtfulAsync(open.Id, http.Operator(), form["reason"].ToString(), stop);
        return Page.SeeOther("/desk/doubtful");
    }
}
