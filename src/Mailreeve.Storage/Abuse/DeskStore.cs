using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>What the pages of operators and customers read: lists of cases, the file of one, and what waits for a person.</summary>
public sealed class DeskStore(DbSession db)
{
    // A case may have very many reports; a page shows the first ones, and the case counts them all.
    private const long ObservationsMax = 200;

    private const string SelectSummary = """
        SELECT c.id, c.customer_id, c.downstream_id, c.kind, c.resource, c.type, c.phase, c.opened_at, c.due_at, c.complaints, c.reporters,
               c.blocks, c.disposition, c.trust, c.told, c.unvouched, u.name AS customer_name, u.reg_number, d.name AS downstream_name
        FROM   abuse_case c
        JOIN   customer u ON u.id = c.customer_id
        LEFT   JOIN customer d ON d.id = c.downstream_id
        """;

    /// <summary>Everything about one case; null when there is none.</summary>
    public async Task<CaseFile?> FileAsync(CaseId id, CancellationToken stop)
    {
        var cases = new CaseStore(db);
        if (await cases.FindAsync(id, stop) is not { } open)
            return null;
        return new CaseFile
        {
            Case = open,
            Events = await cases.EventsAsync(id, stop),
            Observations = await new EventStore(db).OfCaseAsync(id, ObservationsMax, stop),
            Notices = await new NoticeStore(db).OfCaseAsync(id, stop),
            Responses = await new ResponseStore(db).OfCaseAsync(id, stop),
            Blocks = await new BlockStore(db).OfCaseAsync(id, stop),
            ServiceBlocks = await new ServiceBlockStore(db).OfCaseAsync(id, stop),
            Charges = await new ChargeStore(db).OfCaseAsync(id, stop),
            Decisions = await new DecisionStore(db).OfCaseAsync(id, stop),
        };
    }

    /// <summary>What waits for a person, each list with what has waited longest first.</summary>
    /// <param name="limit">Of each kind at most so many.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<Agenda> AgendaAsync(long limit, CancellationToken stop)
    {
        var responses = await new ResponseStore(db).InReviewAsync(limit, stop);
        var decisions = await new DecisionStore(db).AskedAsync(limit, stop);
        var charges = await new ChargeStore(db).InStateAsync(ChargeState.Proposed, limit, stop);
        var ids = responses.Select(r => r.CaseId).Concat(decisions.Select(d => d.CaseId)).Concat(charges.Select(c => c.CaseId)).Distinct();
        return new Agenda
        {
            Responses = responses,
            Decisions = decisions,
            Charges = charges,
            Reports = await new ReportStore(db).NeedingPersonAsync(limit, stop),
            Holds = await new SendingHoldStore(db).WaitingAsync(limit, stop),
            Proposals = await new BlockProposalStore(db).WaitingAsync(limit, stop),
            ByHand = await new EnforcementStore(db).ByHandAsync(limit, stop),
            Doubtful = await db.SingleAsync<DoubtfulCases>($"""
                SELECT COUNT(*) AS count, MIN(c.opened_at) AS since
                FROM   abuse_case c
                WHERE  {CaseStore.IsDoubtful}
                """, null, stop),
            Cases = (await SummariesAsync([.. ids], stop)).ToDictionary(c => c.Id),
        };
    }

    /// <summary>Cases, newest first.</summary>
    /// <param name="search">Case number, or a part of the resource, the customer's name or its registration number; empty for all.</param>
    /// <param name="open">Only open ones, only closed ones, or null for both.</param>
    /// <param name="before">Only those with a lower number, to turn the page; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<CaseSummary>> CasesAsync(string search, bool? open, CaseId? before, long limit, CancellationToken stop)
    {
        var pattern = $"%{Escape(search.Trim().ToLowerInvariant())}%";
        var number = long.TryParse(search.Trim().TrimStart('#'), out var n) ? n : -1;
        var phase = open switch { true => "open", false => "closed", null => "any" };
        return db.QueryAsync<CaseSummary>($"""
            {SelectSummary}
            WHERE  c.id < @below
            AND    (@phase = 'any' OR (@phase = 'closed') = (c.phase = 'closed'))
            AND    (c.id = @number
                    OR lower(c.resource) LIKE @pattern ESCAPE '!'
                    OR lower(u.name) LIKE @pattern ESCAPE '!'
                    OR lower(d.name) LIKE @pattern ESCAPE '!'
                    OR u.reg_number LIKE @pattern ESCAPE '!')
            ORDER  BY c.id DESC
            LIMIT  @limit
            """, new { below = before?.Value ?? long.MaxValue, phase, number, pattern, limit }, stop);
    }

    /// <summary>Cases that any of these customers answers for, or that are about something of theirs: open ones first, newest first.</summary>
    /// <param name="customers">Whose.</param>
    /// <param name="withUntold">Whether with those that the customer was not told of: for operators only.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<CaseSummary>> CasesOfAsync(
        IReadOnlyCollection<CustomerId> customers, bool withUntold, long limit, CancellationToken stop)
    {
        if (customers.Count == 0)
            return [];
        return await db.QueryAsync<CaseSummary>($"""
            {SelectSummary}
            WHERE  ({db.IsAnyOf("c.customer_id", "ids")} OR {db.IsAnyOf("c.downstream_id", "ids")}) AND (c.told = 1 OR @untold = 1)
            ORDER  BY CASE WHEN c.phase = 'closed' THEN 1 ELSE 0 END, c.id DESC
            LIMIT  @limit
            """, new { ids = customers.Select(c => c.Value).ToArray(), untold = withUntold ? 1L : 0L, limit }, stop);
    }

    /// <summary>Cases that nobody vouches for and that a person has not looked at, oldest first.</summary>
    public Task<IReadOnlyList<CaseSummary>> DoubtfulAsync(long limit, CancellationToken stop) =>
        db.QueryAsync<CaseSummary>($"""
            {SelectSummary}
            WHERE  {CaseStore.IsDoubtful}
            ORDER  BY c.id
            LIMIT  @limit
            """, new { limit }, stop);

    private async Task<IReadOnlyList<CaseSummary>> SummariesAsync(IReadOnlyCollection<CaseId> cases, CancellationToken stop)
    {
        if (cases.Count == 0)
            return [];
        return await db.QueryAsync<CaseSummary>(
            $"{SelectSummary} WHERE {db.IsAnyOf("c.id", "ids")}", new { ids = cases.Select(c => c.Value).ToArray() }, stop);
    }

    private static string Escape(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}

/// <summary>What waits for a person.</summary>
public sealed record Agenda
{
    /// <summary>Answers of customers to judge.</summary>
    public required IReadOnlyList<ResponseRow> Responses { get; init; }

    /// <summary>Questions that the policy puts to an operator.</summary>
    public required IReadOnlyList<DecisionRow> Decisions { get; init; }

    /// <summary>Charges to confirm or void.</summary>
    public required IReadOnlyList<ChargeRow> Charges { get; init; }

    /// <summary>Reports that the program could not deal with alone.</summary>
    public required IReadOnlyList<ReportRow> Reports { get; init; }

    /// <summary>Mail of customers that is held until a person has looked at it.</summary>
    public required IReadOnlyList<HoldRow> Holds { get; init; }

    /// <summary>Blocks that one operator wants, and that wait for another's yes.</summary>
    public required IReadOnlyList<BlockProposalRow> Proposals { get; init; }

    /// <summary>Services that a person is to suspend by hand, or to bring back.</summary>
    public required IReadOnlyList<HandWork> ByHand { get; init; }

    /// <summary>Cases that nobody vouches for: one item, however many they are, so that a flood of forged reports hides nothing.</summary>
    public required DoubtfulCases Doubtful { get; init; }

    /// <summary>The cases that these are about.</summary>
    public required IReadOnlyDictionary<CaseId, CaseSummary> Cases { get; init; }

    /// <summary>How many things wait.</summary>
    public int Count => Responses.Count + Decisions.Count + Charges.Count + Reports.Count + Holds.Count + Proposals.Count + (Doubtful.Count > 0 ? 1 : 0);
}

/// <summary>Cases that nobody vouches for.</summary>
public sealed record DoubtfulCases
{
    /// <summary>How many.</summary>
    public required long Count { get; init; }

    /// <summary>When the oldest was opened; null when there is none.</summary>
    public Instant? Since { get; init; }
}

/// <summary>A case in a list.</summary>
public sealed record CaseSummary
{
    /// <summary>Its number.</summary>
    public required CaseId Id { get; init; }

    /// <summary>Who answers for it.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The customer's customer whose resource it is.</summary>
    public CustomerId? DownstreamId { get; init; }

    /// <summary>What it alleges.</summary>
    public required CaseKind Kind { get; init; }

    /// <summary>What it is about.</summary>
    public required string Resource { get; init; }

    /// <summary>XARF v4 <c>category/type</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Where it stands.</summary>
    public required CasePhase Phase { get; init; }

    /// <summary>When it was opened.</summary>
    public required Instant OpenedAt { get; init; }

    /// <summary>End of the time to answer; null while no clock runs.</summary>
    public Instant? DueAt { get; init; }

    /// <summary>Complaints that count.</summary>
    public required long Complaints { get; init; }

    /// <summary>Distinct reporters.</summary>
    public required long Reporters { get; init; }

    /// <summary>Ids of its blocks in force, with blanks between; empty for none.</summary>
    public required string Blocks { get; init; }

    /// <summary>How it ended; null while it is open.</summary>
    public CaseDisposition? Disposition { get; init; }

    /// <summary>The highest measure that may happen by itself.</summary>
    public required TrustLevel Trust { get; init; }

    /// <summary>1 when the customer was told.</summary>
    public required long Told { get; init; }

    /// <summary>Complaints that nobody vouches for.</summary>
    public required long Unvouched { get; init; }

    /// <summary>Whether a person must look before the customer hears of it.</summary>
    public bool IsDoubtful => Told == 0 && Trust == TrustLevel.Nothing && Phase != CasePhase.Closed;

    /// <summary>Name of who answers for it.</summary>
    public required string CustomerName { get; init; }

    /// <summary>Registration number of who answers for it.</summary>
    public required string RegNumber { get; init; }

    /// <summary>Name of the customer's customer whose resource it is.</summary>
    public string? DownstreamName { get; init; }

    /// <summary>Whether something is blocked for it now.</summary>
    public bool IsBlocked => Blocks.Length > 0;
}
