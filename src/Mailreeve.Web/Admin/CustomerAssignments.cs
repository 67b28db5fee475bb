using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Admin;

/// <summary>What is whose from now on. What was whose stays as it is: complaints about the past are attributed by it.</summary>
internal static class CustomerAssignments
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapPost("/customers/{id:long}/assignments", AssignAsync).For(DeskAction.EditCustomers);
        admin.MapPost("/customers/{id:long}/assignments/{assignment:long}/end", EndAsync).For(DeskAction.EditCustomers);
    }

    private static async Task<IResult> AssignAsync(
        long id, HttpContext http, Database database, WebOptions options, IClock clock, CancellationToken stop)
    {
        var what = (await http.Request.ReadFormAsync(stop))["what"].ToString().Trim();
        var now = clock.GetCurrentInstant();
        if (Read(what, new CustomerId(id), now, out var problem) is not { } added)
            return AdminPages.After(id, problem);

        // Checked in the transaction that writes it, so that two administrators cannot give the same away.
        return AdminPages.After(id, await database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            if (await store.FindAsync(new CustomerId(id), stop) is null)
                return "There is no such customer.";
            var tree = DownstreamTree.Of(await store.ListAsync(stop));
            var conflicts = AssignmentRules.Conflicts([.. await store.AllAssignmentsAsync(stop), added], tree, options.Provider.Networks, now);
            if (conflicts.FirstOrDefault(c => Concerns(c, added)) is { } conflict)
                return Text(conflict);
            await store.AssignAsync([added], now, stop);
            return null;
        }, stop));
    }

    private static async Task<IResult> EndAsync(long id, long assignment, Database database, IClock clock, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        return AdminPages.After(id, await database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            var held = (await store.AssignmentsOfAsync(new CustomerId(id), stop)).FirstOrDefault(a => a.Id == assignment && a.HeldAt(now));
            if (held is null)
                return "It is not theirs any more.";
            await store.SupersedeAsync([held], now, stop);
            await store.AssignAsync([held with { ValidTo = now }], now, stop);
            return null;
        }, stop));
    }

    private static Assignment? Read(string what, CustomerId customer, Instant now, out string? problem)
    {
        problem = null;
        var assignment = new Assignment { Id = 0, Customer = customer, ValidFrom = now };
        if (Prefix.TryParse(what, out var prefix))
            return assignment with { Prefix = prefix };
        if (Address.TryParse(what, out var address))
            return assignment with { Prefix = Prefix.Single(address) };
        problem = what.Contains('/', StringComparison.Ordinal)
            ? "This is no prefix. Write it like 192.0.2.0/28, with no bits after the length."
            : ContactRules.DomainProblem(what);
        return problem is null ? assignment with { Domain = what.TrimEnd('.').ToLowerInvariant() } : null;
    }

    private static bool Concerns(AssignmentConflict conflict, Assignment added) => conflict switch
    {
        AssignmentConflict.SameForBoth c => c.First == added || c.Second == added,
        AssignmentConflict.Inside c => c.Outer == added || c.Inner == added,
        AssignmentConflict.Twice c => c.First == added || c.Second == added,
        AssignmentConflict.NotOurs c => c.Assignment == added,
        _ => true,
    };

    private static string Text(AssignmentConflict conflict) => conflict switch
    {
        AssignmentConflict.SameForBoth => "Another customer has this, and is neither their customer nor their provider. End that first.",
        AssignmentConflict.Inside c => $"{Name(c.Inner)} lies in {Name(c.Outer)}, which belongs to a customer who is not their provider.",
        AssignmentConflict.Twice => "They have this already.",
        _ => "This is not in our networks.",
    };

    private static string Name(Assignment assignment) => assignment.Prefix?.ToString() ?? assignment.Domain!;
}
