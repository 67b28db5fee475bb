using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Policy;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Page;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Public;

/// <summary>What anyone may see: the start, and the policy with its revisions (S6).</summary>
internal static class PublicPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", () => Page.Of<HomePage>());
        pages.MapGet("/policy", InForceAsync);
        pages.MapGet("/policy/{revision}", RevisionAsync);
    }

    private static async Task<IResult> InForceAsync(CaseBooks books, WebOptions options, Database database, CancellationToken stop)
    {
        var revisions = await database.ReadAsync(db => new PolicyRevisionStore(db).ListAsync(stop), stop);
        return Show(books.Policy, books.Policy, options, revisions);
    }

    private static async Task<IResult> RevisionAsync(
        string revision, CaseBooks books, WebOptions options, Database database, CancellationToken stop)
    {
        var (content, revisions) = await database.ReadAsync(async db =>
        {
            var store = new PolicyRevisionStore(db);
            return (await store.ContentOfAsync(revision, stop), await store.ListAsync(stop));
        }, stop);
        if (revision == books.Policy.Revision)
            return Show(books.Policy, books.Policy, options, revisions);
        if (content is null)
            return Page.NotFound();

        // Notices belong to the program of its day, not to the text: whatever the old ladders name is taken to have existed.
        return PolicyFile.Read(revision, content, OldNotices.In(content)) is PolicyReading.Good good
            ? Show(good.Policy, books.Policy, options, revisions)
            : Page.Of<OldPolicyPage>(new { Revision = revision, Content = content });
    }

    private static IResult Show(AbusePolicy policy, AbusePolicy inForce, WebOptions options, IReadOnlyList<PolicyRevisionRow> revisions) =>
        Page.Of<PolicyTextPage>(new
        {
            Policy = PolicyPage.Of(policy, options.Provider.FactsIn(DateTimeZone.Utc)),
            InForce = inForce.Revision,
            Revisions = revisions,
        });
}
