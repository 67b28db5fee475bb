using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Page;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Portal;

/// <summary>Finds cases for customers: those that they answer for, or that are about something of theirs or of a downstream's.</summary>
internal sealed class PortalCases(
    Database database, LiveViews views, CaseBooks books, CaseEvidence evidence, RelayDesk relays, PostmasterDesk postmasters, WebOptions options)
{
    private const long RelayRunsShown = 5;

    /// <summary>The case as the customer may see it; null when there is none, or it is someone else's.</summary>
    public Task<PortalCase?> FindAsync(CustomerId customer, CaseId id, CancellationToken stop) =>
        database.ReadAsync<PortalCase?>(async db =>
        {
            var tree = views.Directory.TreeOf(customer);
            if (await TheirsAsync(db, tree, id, stop) is not { } open)
                return null;

            var file = await new DeskStore(db).FileAsync(id, stop);
            var clause = books.Policy.LadderOf(open.Kind).Clause;
            var page = PolicyPage.Of(books.Policy, options.Provider.FactsIn(DateTimeZone.Utc));
            var shown = await new EventStore(db).OfCaseProvedFirstAsync(id, PortalCase.SightingsMax, stop);
            var tested = open.Kind == CaseKind.OpenRelay ? Address.ParseOrNull(open.Resource.Name) : null;
            var postmaster = open.Kind == CaseKind.Postmaster ? await PostmasterAsync(db, tree, open.Resource.Name, stop) : null;
            return PortalCase.Of(
                file!,
                await evidence.OfCaseAsync(db, open, stop),
                [.. shown.Zip(await evidence.WhereSeenAsync(db, open, shown, stop), Sighting.Of)],
                page.Clauses.First(c => c.Id == clause),
                views.Directory.Find(customer)?.TimeZone ?? "Etc/UTC",
                tree) with
            {
                RelayRuns = tested is { } address ? await new RelayRunStore(db).OfAsync(address, open.Downstream ?? open.Customer, RelayRunsShown, stop) : [],
                // Whoever had the address does not have the host of the next one tested.
                MayTestRelay = tested is { } host && relays.IsOn && open.Phase != CasePhase.Closed && relays.HolderOf(host) is { } holder && tree.Contains(holder),
                Postmaster = postmaster,
                MayCheckPostmaster = postmaster is not null && postmasters.IsOn && open.Phase != CasePhase.Closed,
            };
        }, stop);

    /// <summary>The evidence of the case as a file; null when there is no such case, or it is someone else's.</summary>
    public Task<string?> EvidenceAsync(CustomerId customer, CaseId id, CancellationToken stop) =>
        database.ReadAsync<string?>(async db => await TheirsAsync(db, views.Directory.TreeOf(customer), id, stop) is { } open
            ? EvidenceFile.Write(
                open, await CaseEvidence.SeenByUsAsync(db, open, stop), await evidence.AllOfCaseAsync(db, open, PortalCase.SightingsMax, stop))
            : null, stop);

    // Whoever had the domain does not have that of the next one checked, or see how it stands.
    private static async Task<PostmasterRow?> PostmasterAsync(DbSession db, IReadOnlyCollection<CustomerId> tree, string domain, CancellationToken stop) =>
        await new PostmasterStore(db).FindAsync(domain, stop) is { State: not PostmasterState.Gone } row && tree.Contains(row.CustomerId) ? row : null;

    private static async Task<AbuseCase?> TheirsAsync(DbSession db, IReadOnlyCollection<CustomerId> tree, CaseId id, CancellationToken stop) =>
        await new CaseStore(db).FindAsync(id, stop) is { IsTold: true } open
        && (tree.Contains(open.Customer) || (open.Downstream is { } downstream && tree.Contains(downstream)))
            ? open
            : null;
}
