using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Network;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>What operators look at: the desk, cases, reports, blocks. What they do is in <see cref="DeskActions"/>.</summary>
internal static class DeskPages
{
    private const long AgendaMax = 50;
    private const long RowsMax = 50;
    private const long BlocksMax = 500;
    private const int RawShownBytes = 200_000;
    private const int ObservationsShown = 500;
    private const int NamesMax = 10;

    public static void Map(IEndpointRouteBuilder pages)
    {
        var desk = pages.MapGroup("/desk").RequireAuthorization(Schemes.Operator).AddEndpointFilter<FormGuard>();
        desk.MapGet("", AgendaAsync).For(DeskAction.SeeCases);
        desk.MapGet("/agenda", AgendaStateAsync).For(DeskAction.SeeCases);
        desk.MapGet("/cases", CasesAsync).For(DeskAction.SeeCases);
        desk.MapGet("/cases/{number:long}", CaseAsync).For(DeskAction.SeeCases);
        desk.MapGet("/reports/{number:long}", ReportAsync).For(DeskAction.SeeReports);
        desk.MapGet("/reports/{number:long}/report.eml", DownloadAsync).For(DeskAction.SeeReports);
        desk.MapGet("/blocks", BlocksAsync).For(DeskAction.SeeCases);
        BlockOrderPages.Map(desk);
        QueuePages.Map(desk);
        DeskActions.Map(desk);
        HoldPages.Map(desk);
        ReporterPages.Map(desk);
        WhoPages.Map(desk);
        ThirdPartyPages.Map(desk);
        RelayPages.Map(desk);
        DetectionPages.Map(desk);
        PostmasterPages.Map(desk);
    }

    private static async Task<IResult> AgendaAsync(HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var agenda = await database.ReadAsync(db => new DeskStore(db).AgendaAsync(AgendaMax, stop), stop);
        return Page.Of<AgendaPage>(new
        {
            Items = AgendaItem.InOrder(ForRole(agenda, http)),
            State = StateOf(agenda),
            Now = clock.GetCurrentInstant(),
        });
    }

    // Asked every few seconds by a page that is open, to say that something new waits.
    private static async Task<IResult> AgendaStateAsync(Database database, CancellationToken stop) =>
        Results.Json(new { state = StateOf(await database.ReadAsync(db => new DeskStore(db).AgendaAsync(AgendaMax, stop), stop)) });

    private static Agenda ForRole(Agenda agenda, HttpContext http) => agenda with
    {
        Reports = SignedIn.May(http.User, DeskAction.SeeReports) ? agenda.Reports : [],
        Holds = SignedIn.May(http.User, DeskAction.DecideHolds) ? agenda.Holds : [],
        ByHand = SignedIn.May(http.User, DeskAction.PlaceBlocks) ? agenda.ByHand : [],
        // Whoever wants a block has nothing to decide about it.
        Proposals = SignedIn.May(http.User, DeskAction.PlaceBlocks) ? [.. agenda.Proposals.Where(p => p.ProposedBy != http.Operator())] : [],
    };

    private static string StateOf(Agenda agenda)
    {
        var ids = agenda.Responses.Select(r => $"a{r.Id.Value}")
            .Concat(agenda.Decisions.Select(d => $"d{d.Id.Value}"))
            .Concat(agenda.Charges.Select(c => $"c{c.Id.Value}"))
            .Concat(agenda.Holds.Select(h => $"{h.Id}"))
            .Concat(agenda.Proposals.Select(p => $"b{p.Id}"))
            .Concat(agenda.ByHand.Select(w => $"w{w.BlockId.Value}{w.State}"))
            .Append($"u{agenda.Doubtful.Count}")
            .Concat(agenda.Reports.Select(r => $"{r.Id}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', ids))))[..16];
    }

    private static async Task<IResult> CasesAsync(string? q, string? show, long? before, Database database, CancellationToken stop)
    {
        bool? open = show switch { "closed" => false, "all" => null, _ => true };
        var cases = await database.ReadAsync(
            db => new DeskStore(db).CasesAsync(q ?? "", open, before is { } b ? new CaseId(b) : null, RowsMax, stop), stop);
        return Page.Of<CasesPage>(new { Cases = cases, Search = q ?? "", ShowWhich = show ?? "open", IsFull = cases.Count == RowsMax });
    }

    private static async Task<IResult> CaseAsync(
        long number, HttpContext http, Database database, WebOptions options, AbuseDesk.Cases.CaseBooks books, LiveViews views, IClock clock,
        CancellationToken stop)
    {
        var found = await database.ReadAsync(async db =>
        {
            var file = await new DeskStore(db).FileAsync(new CaseId(number), stop);
            return file is null ? null : new DeskCase
            {
                File = file,
                Customer = (await new Storage.Accounts.CustomerStore(db).FindAsync(file.Case.Customer, stop))!,
                Downstream = file.Case.Downstream is { } d ? await new Storage.Accounts.CustomerStore(db).FindAsync(d, stop) : null,
                Campaigns = await CampaignWords.OfCaseAsync(db, file, stop),
                Advice = await AdviceAsync(db, file, views.Directory, options.Provider, clock.GetCurrentInstant(), stop),
                Suspensions = file.Decisions.Any(d => d.State == DecisionState.Asked && CaseRules.IsAboutService(books.Policy, file.Case, d.Step))
                    ? await books.SuspensionsAsync(db, file.Case, clock.GetCurrentInstant(), stop)
                    : null,
            };
        }, stop);
        if (found is null)
            return Page.NotFound();
        var clauses = Policy.Page.PolicyPage.Of(books.Policy, options.Provider.FactsIn(DateTimeZone.Utc)).Clauses.ToDictionary(c => c.Id);
        return Page.Of<DeskCasePage>(new
        {
            Seen = found,
            books.Policy,
            Clauses = (IReadOnlyDictionary<ClauseId, Policy.Page.PageClause>)clauses,
            AnswerHours = HoursFor(books.Policy, found.File.Case.Kind),
            MayReopen = CaseRules.StaysKnown(books.Policy, found.File.Case, clock.GetCurrentInstant()),
            MaySeeReports = SignedIn.May(http.User, DeskAction.SeeReports),
            MayPlace = SignedIn.May(http.User, DeskAction.PlaceBlocks),
            Now = clock.GetCurrentInstant(),
        });
    }

    // Only where a person is asked whether to block; whatever happens by itself is planned by the case's own rules.
    private static async Task<BlockAdvice?> AdviceAsync(
        DbSession db, CaseFile file, Storage.Live.Directory directory, Provider provider, Instant now, CancellationToken stop)
    {
        if (file.Case is not { Kind: CaseKind.AdvertisedSite, Phase: not CasePhase.Closed } open || !file.Decisions.Any(d => d.State == DecisionState.Asked))
            return null;
        var names = file.Observations.Select(o => UrlHost.Of(o.Url) ?? o.Domain).OfType<string>()
            .Select(h => BlockedName.TryRead(h, out var name) ? name : null).OfType<string>().Distinct(StringComparer.Ordinal).Take(NamesMax).ToList();
        if (names.Count > 0)
            return await BlockAdviceDesk.OfSiteAsync(db, directory, provider, names, open.Downstream ?? open.Customer, now, stop);
        return Address.TryParse(open.Resource.Name, out var address) ? await BlockAdviceDesk.OfAddressAsync(db, directory, provider, address, now, stop) : null;
    }

    private static async Task<IResult> ReportAsync(long number, long? after, Database database, IClock clock, CancellationToken stop)
    {
        var id = new ReportId(number);
        var (report, raw, observations, answersTo) = await database.ReadAsync(async db => (
            await new ReportStore(db).FindAsync(id, stop),
            await new ReportStore(db).RawAsync(id, stop),
            await new EventStore(db).OfReportAsync(id, new EventId(after ?? 0), ObservationsShown + 1, stop),
            await new AnswerStore(db).JoinedToAsync(id, stop)), stop);
        if (report is null || raw is null)
            return Page.NotFound();

        // Latin-1 never fails and never hides a byte; a report in another charset is readable enough, and can be downloaded.
        var text = raw.AsSpan(0, Math.Min(raw.Length, RawShownBytes));
        return Page.Of<DeskReportPage>(new
        {
            Report = report,
            Observations = (IReadOnlyList<EventRow>)[.. observations.Take(ObservationsShown)],
            Next = observations.Count > ObservationsShown ? observations[ObservationsShown - 1].Id : (EventId?)null,
            AnswersTo = answersTo,
            Raw = Show.Plain(IsUtf8(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text)),
            IsCut = raw.Length > RawShownBytes,
            Now = clock.GetCurrentInstant(),
        });
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    // As an attachment of a type that no browser renders: what is in it was written by a stranger.
    private static async Task<IResult> DownloadAsync(long number, Database database, CancellationToken stop) =>
        await database.ReadAsync(db => new ReportStore(db).RawAsync(new ReportId(number), stop), stop) is { } raw
            ? Results.Bytes(raw, "application/octet-stream", string.Create(CultureInfo.InvariantCulture, $"R-{number}.eml"))
            : Page.NotFound();

    private static async Task<IResult> BlocksAsync(HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        var enforced = await database.ReadAsync(db => new EnforcementStore(db).InForceAsync(BlocksMax, stop), stop);
        var names = await database.ReadAsync(db => new NameBlockStore(db).InForceAsync(stop), stop);
        return Page.Of<BlocksPage>(new
        {
            Enforced = enforced,
            Names = (IReadOnlyList<NameBlockRow>)[.. names.Take((int)BlocksMax)],
            Proposals = await database.ReadAsync(db => new BlockProposalStore(db).WaitingAsync(BlocksMax, stop), stop),
            MayPlace = SignedIn.May(http.User, DeskAction.PlaceBlocks),
            MayLift = SignedIn.May(http.User, DeskAction.LiftBlocks),
            MayLiftAll = SignedIn.RoleOf(http.User) == OperatorRole.Admin,
            Now = clock.GetCurrentInstant(),
        });
    }

    private static int HoursFor(AbusePolicy policy, CaseKind kind) => (int)policy.LadderOf(kind).AnswerWithin.Value.TotalHours;
}

/// <summary>A case with the customers it is about.</summary>
public sealed record DeskCase
{
    /// <summary>What is to be said about its mailings.</summary>
    public required IReadOnlyList<string> Campaigns { get; init; }

    /// <summary>What could be blocked; null where nobody is asked about that.</summary>
    public BlockAdvice? Advice { get; init; }

    /// <summary>What may be suspended, and what of it is certainly meant; null where nobody is asked about that.</summary>
    public (SuspensionTarget? Certain, IReadOnlyList<SuspensionTarget> Choices)? Suspensions { get; init; }

    /// <summary>All that is on record.</summary>
    public required CaseFile File { get; init; }

    /// <summary>Who answers for it.</summary>
    public required CustomerFact Customer { get; init; }

    /// <summary>Whose resource it is, when it is a downstream's.</summary>
    public CustomerFact? Downstream { get; init; }
}
