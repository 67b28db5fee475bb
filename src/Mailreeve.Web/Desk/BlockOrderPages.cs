using System.Security.Cryptography;
using System.Text;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Network;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>Blocks that an operator places: look at what it would hit, then place it, and where it takes two, another says yes.</summary>
internal static class BlockOrderPages
{
    public static void Map(IEndpointRouteBuilder desk)
    {
        desk.MapGet("/blocks/new", New).For(DeskAction.PlaceBlocks);
        desk.MapPost("/blocks/new", LookAsync).For(DeskAction.PlaceBlocks);
        desk.MapPost("/blocks/place", PlaceAsync).For(DeskAction.PlaceBlocks);
        desk.MapGet("/blocks/proposals/{id:long}", ProposalAsync).For(DeskAction.SeeCases);
        desk.MapPost("/blocks/proposals/{id:long}/confirm", ConfirmAsync).For(DeskAction.PlaceBlocks);
        desk.MapPost("/blocks/proposals/{id:long}/decline", DeclineAsync).For(DeskAction.PlaceBlocks);
    }

    // What a link from another page knows is filled in; whoever opens it has not been looked at yet, so nothing is wrong with it either.
    private static IResult New(HttpContext http, AbusePolicy policy) => PageOf(BlockForm.Of(name => http.Request.Query[name]), [], null, policy);

    private static async Task<IResult> LookAsync(
        HttpContext http, BlockDesk blocks, NameBlockDesk names, SuspensionDesk suspensions, LiveViews views, AbusePolicy policy, IClock clock, CancellationToken stop)
    {
        var sent = await http.Request.ReadFormAsync(stop);
        var form = BlockForm.Of(name => sent[name]);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        return form.Read(views.Directory, problems) is { } wish
            ? PageOf(form, problems, await LookOf(form, wish, http, blocks, names, suspensions, clock, stop), policy)
            : PageOf(form, problems, null, policy);
    }

    // What was looked at and what would be hit now must be the same: between the two, somebody else may have been given an address there.
    private static async Task<IResult> PlaceAsync(
        HttpContext http, BlockDesk blocks, NameBlockDesk names, SuspensionDesk suspensions, LiveViews views, AbusePolicy policy, IClock clock, CancellationToken stop)
    {
        var sent = await http.Request.ReadFormAsync(stop);
        var form = BlockForm.Of(name => sent[name]);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (form.Read(views.Directory, problems) is not { } wish)
            return PageOf(form, problems, null, policy);
        var look = await LookOf(form, wish, http, blocks, names, suspensions, clock, stop);
        if (look.Problem is not null)
            return PageOf(form, problems, look, policy, StatusCodes.Status409Conflict);
        if (look.Seen != sent["seen"])
            return PageOf(form, problems, look with { HasChanged = true }, policy, StatusCodes.Status409Conflict);

        var (role, by) = (SignedIn.RoleOf(http.User)!.Value, http.Operator());
        var outcome = wish switch
        {
            BlockWish.Addresses a => (await blocks.PlaceAsync(a.Order, role, by, stop)).Outcome,
            BlockWish.Customer c => (await blocks.PlaceAsync(c.Order, role, by, stop)).Outcome,
            BlockWish.Suspension s => await SuspendAsync(s, role, by, suspensions, stop),
            BlockWish.Name n => await names.PlaceAsync(n.Order, role, by, stop) is { } why ? new BlockOutcome.Refused(why) : null,
            _ => null,
        };
        return outcome switch
        {
            BlockOutcome.Refused refused => PageOf(form, problems, look with { Problem = refused.Why }, policy, StatusCodes.Status409Conflict),
            BlockOutcome.Waits waits => Page.SeeOther($"/desk/blocks/proposals/{waits.Proposal}"),
            _ => Page.SeeOther(form.List.Length > 0 ? "/desk/third-parties" : "/desk/blocks"),
        };
    }

    private static async Task<BlockOutcome> SuspendAsync(
        BlockWish.Suspension wish, OperatorRole role, Actor by, SuspensionDesk suspensions, CancellationToken stop)
    {
        var (target, problem) = await FindAsync(wish, role, suspensions, stop);
        return target is null
            ? new BlockOutcome.Refused(problem!)
            : await suspensions.PlaceAsync(new SuspensionOrder(target, wish.Clause, wish.Reason, wish.For), role, by, stop);
    }

    private static async Task<IResult> ProposalAsync(
        long id, HttpContext http, Database database, BlockProposals proposals, IClock clock, CancellationToken stop)
    {
        if (await database.ReadAsync(db => new BlockProposalStore(db).FindAsync(id, stop), stop) is not { } proposal)
            return Page.NotFound();
        var (role, by) = (SignedIn.RoleOf(http.User)!.Value, http.Operator());
        return Page.Of<ProposalPage>(new
        {
            Proposal = proposal,
            Plan = await proposals.PlanAsync(proposal, role, by, stop),
            MayDecide = ProposalRules.ProblemOf(proposal, role, by, clock.GetCurrentInstant()) is null,
        });
    }

    private static async Task<IResult> ConfirmAsync(long id, HttpContext http, BlockProposals proposals, CancellationToken stop) =>
        await proposals.ConfirmAsync(id, SignedIn.RoleOf(http.User)!.Value, http.Operator(), stop) is BlockOutcome.Refused refused
            ? Refuse(id, refused.Why)
            : Page.SeeOther("/desk/blocks");

    private static async Task<IResult> DeclineAsync(long id, HttpContext http, BlockProposals proposals, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        return await proposals.DeclineAsync(id, SignedIn.RoleOf(http.User)!.Value, http.Operator(), form["reason"].ToString(), stop) is { } problem
            ? Refuse(id, problem)
            : Page.SeeOther("/desk/blocks");
    }

    private static IResult Refuse(long id, string why) =>
        Page.Of<RefusedPage>(new { Why = why, Back = $"/desk/blocks/proposals/{id}" }, StatusCodes.Status409Conflict);

    private static async Task<BlockLook> LookOf(
        BlockForm form, BlockWish wish, HttpContext http, BlockDesk blocks, NameBlockDesk names, SuspensionDesk suspensions, IClock clock, CancellationToken stop)
    {
        var role = SignedIn.RoleOf(http.User)!.Value;
        return wish switch
        {
            BlockWish.Addresses a => LookAt(form, wish, await blocks.PlanAsync(a.Order, role, stop)),
            BlockWish.Customer c => LookAt(form, wish, await blocks.PlanAsync(c.Order, role, stop)),
            BlockWish.Suspension s => await LookAtAsync(form, s, role, suspensions, clock, stop),
            BlockWish.Name n => new BlockLook(
                wish.Words, null, clock.GetCurrentInstant() + n.Order.For, names.ProblemOf(n.Order, role), SeenOf(form.Fields.Select(f => f.Value))),
            _ => throw new System.Diagnostics.UnreachableException($"No look at {wish.GetType().Name}."),
        };
    }

    private static Task<(SuspensionTarget? Target, string? Problem)> FindAsync(
        BlockWish.Suspension wish, OperatorRole role, SuspensionDesk suspensions, CancellationToken stop) => wish.Whose is { } whose
        ? suspensions.FindServiceAsync(whose.Id, wish.Text, role, stop)
        : Task.FromResult(suspensions.FindMailbox(wish.Text, role));

    private static async Task<BlockLook> LookAtAsync(
        BlockForm form, BlockWish.Suspension wish, OperatorRole role, SuspensionDesk suspensions, IClock clock, CancellationToken stop)
    {
        var until = clock.GetCurrentInstant() + wish.For;
        var (target, problem) = await FindAsync(wish, role, suspensions, stop);
        if (target is null)
            return new BlockLook(wish.Words, null, until, problem, "");
        return new BlockLook(
            $"{wish.Words}. {suspensions.EffectOf(target)}", null, until,
            await suspensions.ProblemOfAsync(new SuspensionOrder(target, wish.Clause, wish.Reason, wish.For), role, stop),
            SeenOf([.. form.Fields.Select(f => f.Value), SuspensionPick.Of(target)]));
    }

    private static BlockLook LookAt(BlockForm form, BlockWish wish, BlockPlan plan) => new(
        wish.Words, plan, plan.ExpiresAt, plan.Problem,
        SeenOf(
            [
                .. form.Fields.Select(f => f.Value), .. plan.Facts.Prefixes.Select(p => $"{p}"), .. plan.Customers.Select(c => $"{c.Id.Value}"),
                .. plan.Facts.OtherSites, plan.FourEyes ?? "",
            ]));

    private static string SeenOf(IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];

    private static IResult PageOf(
        BlockForm form, Dictionary<string, string> problems, BlockLook? look, AbusePolicy policy, int status = StatusCodes.Status200OK) =>
        Page.Of<NewBlockPage>(
            new { Form = form, Problems = (IReadOnlyDictionary<string, string>)problems, Look = look, Clauses = policy.Clauses }, status);
}

/// <summary>What an operator sees before something is blocked.</summary>
/// <param name="What">What it is about.</param>
/// <param name="Plan">What it would hit; null for a name.</param>
/// <param name="Until">When it would end.</param>
/// <param name="Problem">What stands in its way; null when nothing does.</param>
/// <param name="Seen">Stands for all that was shown, so that nothing else is placed.</param>
public sealed record BlockLook(string What, BlockPlan? Plan, Instant Until, string? Problem, string Seen)
{
    /// <summary>Whether it is not what the operator had looked at.</summary>
    public bool HasChanged { get; init; }
}
