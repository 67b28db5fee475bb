using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>
/// The cases that one transaction changes: what happened is recorded, what the policy then requires is carried out as rows of the
/// hand-over tables, and everything is written together by <see cref="SaveAsync"/>.
/// </summary>
internal sealed class CaseBook
{
    private readonly DbSession db;
    private readonly AbusePolicy policy;
    private readonly BlockPlanner planner;
    private readonly Instant now;

    private readonly Dictionary<CaseId, Page> pages = [];
    private readonly List<CaseEventRow> events = [];
    private readonly List<NewNotice> notices = [];
    private readonly List<NewCharge> charges = [];
    private readonly List<NewDecision> decisions = [];
    private readonly List<NewBlock> blocks = [];
    private readonly List<NewServiceBlock> suspensions = [];
    private readonly List<(DecisionId Decision, string Reason)> withdrawn = [];
    private readonly IdPool caseIds;
    private readonly IdPool noticeIds;
    private readonly IdPool chargeIds;
    private readonly IdPool decisionIds;
    private readonly IdPool blockIds;

    /// <param name="db">The transaction.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="planner">Tells what a block would hit.</param>
    /// <param name="now">The time of everything that is recorded.</param>
    /// <param name="cases">How many cases may be opened, about: ids are reserved in one go.</param>
    public CaseBook(DbSession db, AbusePolicy policy, BlockPlanner planner, Instant now, int cases = 1)
    {
        (this.db, this.policy, this.planner, this.now) = (db, policy, planner, now);
        caseIds = new IdPool(db, "abuse_case", cases);
        noticeIds = new IdPool(db, "notice", cases);
        chargeIds = new IdPool(db, "charge", cases);
        decisionIds = new IdPool(db, "decision", 1);
        blockIds = new IdPool(db, "block", 1);
    }

    /// <summary>The case as it stands in this book.</summary>
    public AbuseCase this[CaseId id] => pages[id].State;

    /// <summary>Reads a case into the book.</summary>
    /// <returns>The case, or null when there is none with this number.</returns>
    public async Task<AbuseCase?> LoadAsync(CaseId id, CancellationToken stop)
    {
        var stored = await new CaseStore(db).FindAsync(id, stop);
        if (stored is not null)
            Take(stored);
        return stored;
    }

    /// <summary>Takes a case that was read elsewhere in this transaction into the book.</summary>
    public void Take(AbuseCase stored) => pages[stored.Id] = new Page(stored, stored.Version);

    /// <summary>Opens a case.</summary>
    public async Task<CaseId> OpenAsync(CaseEvent.Opened opened, ClauseId clause, CancellationToken stop)
    {
        var id = new CaseId(await caseIds.TakeAsync(stop));
        pages[id] = new Page(new AbuseCase { Id = id }, 0);
        Record(id, opened, Actor.Policy, clause);
        return id;
    }

    /// <summary>Takes a case that is open into the book, or opens one.</summary>
    /// <param name="open">The case, read in this transaction; null when there is none.</param>
    /// <param name="opening">How one begins.</param>
    /// <param name="clause">The clause that it is about.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<CaseId> TakeOrOpenAsync(AbuseCase? open, CaseEvent.Opened opening, ClauseId clause, CancellationToken stop)
    {
        if (open is null)
            return await OpenAsync(opening, clause, stop);
        Take(open);
        return open.Id;
    }

    /// <summary>Records that something happened.</summary>
    public void Record(CaseId id, CaseEvent happened, Actor actor, ClauseId? clause)
    {
        var page = pages[id];
        page.State = page.State.Apply(happened, now);
        events.Add(new CaseEventRow
        {
            CaseId = id,
            Seq = page.State.Version,
            At = now,
            Actor = actor,
            Clause = clause,
            PolicyRevision = policy.Revision,
            Body = Json.Write(happened),
        });
    }

    /// <summary>Asks the policy what is due on the case, and does it.</summary>
    /// <param name="id">The case.</param>
    /// <param name="occasion">Facts of the moment, such as the complaint just added; the book adds what a block would hit.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task DecideAsync(CaseId id, CaseFacts occasion, CancellationToken stop)
    {
        var facts = WithBlocks(id, occasion);
        var measures = CaseRules.Decide(policy, this[id], facts, now);
        // The sites that a block hits can only make a question of it: where none is to be placed, nobody need look for them.
        if (measures.Any(m => m is Measure.PlaceBlock))
            measures = CaseRules.Decide(policy, this[id], await planner.WithSitesAsync(db, this[id], facts, now, stop), now);
        await CarryOutAsync(id, measures, Actor.Policy, stop);
    }

    /// <summary>Why an operator's yes to this step could not be followed; null when it can.</summary>
    /// <param name="id">The case.</param>
    /// <param name="step">The step.</param>
    /// <param name="picked">The mailbox or service that the operator has chosen; null for none.</param>
    /// <param name="stop">Stops the look.</param>
    public async Task<string?> ForbiddenAsync(CaseId id, string step, SuspensionTarget? picked, CancellationToken stop) =>
        CaseRules.Forbidden(policy, this[id], step, await WithSuspensionAsync(id, step, picked, stop), now);

    /// <summary>Does what an operator has said yes to.</summary>
    public async Task ConfirmAsync(CaseId id, string step, SuspensionTarget? picked, Actor actor, CancellationToken stop)
    {
        var facts = await WithSuspensionAsync(id, step, picked, stop);
        await CarryOutAsync(id, CaseRules.Confirmed(policy, this[id], step, facts, now), actor, stop);
    }

    /// <summary>Does what follows when an operator has said no.</summary>
    public Task DeclineAsync(CaseId id, string step, Actor actor, CancellationToken stop) =>
        CarryOutAsync(id, CaseRules.Declined(policy, this[id], step), actor, stop);

    /// <summary>Tells the customer something that an operator decided.</summary>
    public Task NotifyAsync(CaseId id, string step, string template, ClauseId clause, Actor actor, CancellationToken stop) =>
        NotifyAsync(id, new Measure.Notify(step, template, StartsClock: false) { Clause = clause }, actor, stop);

    /// <summary>
    /// New evidence opens a case again. An answer that still waited for a decision is overtaken by it; what the policy requires now,
    /// <see cref="DecideAsync"/> finds.
    /// </summary>
    public Task ReopenAsync(CaseId id, ReportId report, Instant earliest, ClauseId clause, CancellationToken stop) =>
        ReopenAsync(id, new CaseEvent.Reopened(report, earliest), "What was reported since shows it.", clause, stop);

    /// <summary>What sensors saw since the answer opens a case again, as a report does.</summary>
    public Task ReopenAsync(CaseId id, Instant earliest, ClauseId clause, CancellationToken stop) =>
        ReopenAsync(id, new CaseEvent.ReopenedByDetections(earliest), "What sensors saw since shows it.", clause, stop);

    /// <summary>A check of ours shows that a case is over: an answer that waits for a person is accepted with it, and blocks end.</summary>
    /// <param name="id">The case.</param>
    /// <param name="happened">What the check has shown.</param>
    /// <param name="why">The same, as the reason why the answer is accepted.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task SettleAsync(CaseId id, CaseEvent happened, string why, CancellationToken stop)
    {
        if (this[id] is { Phase: CasePhase.InReview, Response: { } waiting })
            await new ResponseStore(db).DecideAsync(waiting, ResponseState.Accepted, Actor.Policy, why, now, stop);
        Record(id, happened, Actor.Policy, policy.LadderOf(this[id].Kind).Clause);
        await DecideAsync(id, new CaseFacts(), stop);
    }

    private async Task ReopenAsync(CaseId id, CaseEvent happened, string why, ClauseId clause, CancellationToken stop)
    {
        if (this[id] is { Phase: CasePhase.InReview, Response: { } waiting })
            await new ResponseStore(db).DecideAsync(waiting, ResponseState.Superseded, Actor.Policy, "New evidence came after it.", now, stop);
        await WithdrawReopeningAsync(id, why, clause, stop);
        Record(id, happened, Actor.Policy, clause);
    }

    /// <summary>A person opens a closed case again; then the policy is asked what follows.</summary>
    public async Task ReopenAsync(CaseId id, string reason, ClauseId clause, Actor by, CancellationToken stop)
    {
        await WithdrawReopeningAsync(id, "The case is open again.", clause, stop);
        Record(id, new CaseEvent.ReopenedByPerson(reason), by, clause);
        await DecideAsync(id, new CaseFacts(), stop);
    }

    /// <summary>Lifts one block, when it still is in force.</summary>
    public async Task LiftAsync(CaseId id, BlockId block, string reason, ClauseId clause, Actor actor, CancellationToken stop)
    {
        var lifted = await new BlockStore(db).LiftAsync(block, actor, reason, now, stop)
            || await new ServiceBlockStore(db).LiftAsync(block, actor, reason, now, stop);
        Record(id, new CaseEvent.BlockEnded(block, Expired: !lifted, reason), actor, clause);
    }

    /// <summary>Ends a case whose complaint was not justified.</summary>
    public async Task CloseUnfoundedAsync(CaseId id, string reason, ClauseId clause, Actor actor, CancellationToken stop)
    {
        var measures = new List<Measure> { new Measure.LiftBlocks(reason) { Clause = clause } };
        // Who has not heard of the complaint need not hear that there was nothing in it.
        if (this[id].IsTold)
            measures.Add(new Measure.Notify("unfounded", NoticeNames.Unfounded, StartsClock: false) { Clause = clause });
        measures.Add(new Measure.Close(CaseDisposition.Unfounded, reason) { Clause = clause });
        await CarryOutAsync(id, measures, actor, stop);
    }

    /// <summary>Writes everything.</summary>
    /// <exception cref="StaleRowException">A case was changed by someone else meanwhile; the work is to be run again.</exception>
    public async Task SaveAsync(CancellationToken stop)
    {
        var cases = new CaseStore(db);
        await cases.AddAsync([.. pages.Values.Where(p => p.StoredVersion == 0).Select(p => p.State)], policy.Revision, stop);
        // In one order everywhere, so that two nodes that move the same cases cannot wait for each other.
        var moved = pages.Values.Where(p => p.StoredVersion > 0 && p.State.Version > p.StoredVersion).OrderBy(p => p.State.Id.Value);
        if (!await cases.TryAdvanceAsync([.. moved.Select(p => (p.State, p.StoredVersion))], policy.Revision, stop))
            throw new StaleRowException("One of the cases was changed by someone else.");

        await cases.AppendAsync(events, stop);
        await new NoticeStore(db).AddAsync(notices, stop);
        await new ChargeStore(db).ProposeAsync(charges, stop);
        await new DecisionStore(db).AskAsync(decisions, stop);
        foreach (var (decision, reason) in withdrawn)
            await new DecisionStore(db).WithdrawAsync(decision, reason, now, stop);
        await new BlockStore(db).PlaceAsync(blocks, stop);
        await new ServiceBlockStore(db).PlaceAsync(suspensions, stop);
        foreach (var pool in new[] { caseIds, noticeIds, chargeIds, decisionIds, blockIds })
            await pool.GiveBackAsync(stop);
    }

    private CaseFacts WithBlocks(CaseId id, CaseFacts occasion)
    {
        var facts = planner.FactsFor(this[id], now);
        return occasion with { AddressBlock = facts.AddressBlock, CustomerBlock = facts.CustomerBlock };
    }

    // Only a yes to such a step asks for it.
    private async Task<CaseFacts> WithSuspensionAsync(CaseId id, string step, SuspensionTarget? picked, CancellationToken stop)
    {
        var facts = WithBlocks(id, new CaseFacts());
        return CaseRules.IsAboutService(policy, this[id], step)
            ? facts with { Suspension = picked ?? await planner.SuspensionOfAsync(db, this[id], now, stop) }
            : facts;
    }

    private async Task CarryOutAsync(CaseId id, IReadOnlyList<Measure> measures, Actor actor, CancellationToken stop)
    {
        foreach (var measure in measures)
        {
            await (measure switch
            {
                Measure.Notify m => NotifyAsync(id, m, actor, stop),
                Measure.ProposeCharge m => ProposeChargeAsync(id, m, actor, stop),
                Measure.ConfirmCharge m => ConfirmChargeAsync(id, m, actor, stop),
                Measure.Withdraw m => WithdrawAsync(id, m, actor, stop),
                Measure.PlaceBlock m => PlaceBlockAsync(id, m, actor, stop),
                Measure.Suspend m => SuspendAsync(id, m, actor, stop),
                Measure.LiftBlocks m => LiftBlocksAsync(id, m, actor, stop),
                Measure.Ask m => AskAsync(id, m, actor, stop),
                Measure.StartClock m => StartClock(id, m, actor),
                Measure.Reopen m => ReopenAsync(id, m.Reason, m.Clause, actor, stop),
                Measure.Close m => CloseAsync(id, m, actor, stop),
                _ => throw new System.Diagnostics.UnreachableException($"Nothing carries out {measure.GetType().Name}."),
            });
        }
    }

    private async Task NotifyAsync(CaseId id, Measure.Notify m, Actor actor, CancellationToken stop)
    {
        notices.Add(new NewNotice
        {
            Id = new NoticeId(await noticeIds.TakeAsync(stop)),
            CaseId = id,
            Step = m.Step,
            Attempt = 1,
            Template = m.Template,
            StartsClock = m.StartsClock,
            Clause = m.Clause,
            WrittenAt = now,
        });
        Record(id, new CaseEvent.NoticeWritten(m.Step, m.Template, m.StartsClock), actor, m.Clause);
    }

    private async Task ProposeChargeAsync(CaseId id, Measure.ProposeCharge m, Actor actor, CancellationToken stop)
    {
        var charge = new ChargeId(await chargeIds.TakeAsync(stop));
        charges.Add(new NewCharge
        {
            Id = charge,
            Customer = this[id].Customer,
            Case = id,
            Report = m.Report,
            Amount = m.Amount,
            Clause = m.Clause,
            PolicyRevision = policy.Revision,
            ProposedAt = now,
            Validity = m.Validity.Outcome,
            ValidityDetail = m.Validity.Reason,
            IsConfirmedByRecords = m.Validity.IsConfirmed,
        });
        Record(id, new CaseEvent.ChargeProposed(charge, m.Report, m.Amount), actor, m.Clause);
    }

    private async Task ConfirmChargeAsync(CaseId id, Measure.ConfirmCharge m, Actor actor, CancellationToken stop)
    {
        if (await new ChargeStore(db).ConfirmAsync(m.Charge, actor, now, stop))
            Record(id, new CaseEvent.ChargeDecided(m.Charge, Confirmed: true, m.Reason), actor, m.Clause);
    }

    private async Task WithdrawAsync(CaseId id, Measure.Withdraw m, Actor actor, CancellationToken stop)
    {
        var asked = decisions.FirstOrDefault(d => d.CaseId == id && d.Step == m.Step)?.Id
            ?? await new DecisionStore(db).AskedAboutAsync(id, m.Step, stop);
        if (asked is not { } decision)
            return;
        withdrawn.Add((decision, m.Reason));
        Record(id, new CaseEvent.DecisionWithdrawn(decision, m.Step, m.Reason), actor, m.Clause);
    }

    // The question whether it is to be opened again needs no answer any more.
    private Task WithdrawReopeningAsync(CaseId id, string why, ClauseId clause, CancellationToken stop) =>
        this[id].OpenDecisions.IsEmpty
            ? Task.CompletedTask
            : WithdrawAsync(id, new Measure.Withdraw(CaseRules.ReopenStep(this[id]), why) { Clause = clause }, Actor.Policy, stop);

    private async Task PlaceBlockAsync(CaseId id, Measure.PlaceBlock m, Actor actor, CancellationToken stop)
    {
        foreach (var prefix in m.Prefixes)
        {
            var block = new BlockId(await blockIds.TakeAsync(stop));
            blocks.Add(new NewBlock
            {
                Id = block,
                Case = id,
                Step = m.Step,
                Customer = this[id].Customer,
                Prefix = prefix,
                Scope = m.Scope,
                Clause = m.Clause,
                PolicyRevision = policy.Revision,
                Reason = policy.ClauseOf(m.Clause).Title,
                PlacedBy = actor,
                StartsAt = now,
                ExpiresAt = m.ExpiresAt,
            });
            Record(id, new CaseEvent.BlockPlaced(block, prefix.ToString(), m.Step, m.ExpiresAt), actor, m.Clause);
        }
    }

    private async Task SuspendAsync(CaseId id, Measure.Suspend m, Actor actor, CancellationToken stop)
    {
        var block = new BlockId(await blockIds.TakeAsync(stop));
        suspensions.Add(new NewServiceBlock
        {
            Id = block,
            Case = id,
            Step = m.Step,
            Target = m.Target,
            Clause = m.Clause,
            PolicyRevision = policy.Revision,
            Reason = policy.ClauseOf(m.Clause).Title,
            PlacedBy = actor,
            StartsAt = now,
            ExpiresAt = m.ExpiresAt,
        });
        Record(id, new CaseEvent.ServiceSuspended(block, $"{m.Target}", m.Step, m.ExpiresAt), actor, m.Clause);
    }

    private async Task LiftBlocksAsync(CaseId id, Measure.LiftBlocks m, Actor actor, CancellationToken stop)
    {
        foreach (var block in this[id].Blocks.Select(b => new BlockId(b)))
            await LiftAsync(id, block, m.Reason, m.Clause, actor, stop);
    }

    private async Task AskAsync(CaseId id, Measure.Ask m, Actor actor, CancellationToken stop)
    {
        var decision = new DecisionId(await decisionIds.TakeAsync(stop));
        decisions.Add(new NewDecision
        {
            Id = decision,
            CaseId = id,
            Step = m.Step,
            Question = m.Question,
            Why = m.Why,
            Clause = m.Clause,
            AskedAt = now,
        });
        Record(id, new CaseEvent.DecisionAsked(decision, m.Step, m.Why), actor, m.Clause);
    }

    private Task StartClock(CaseId id, Measure.StartClock m, Actor actor)
    {
        Record(id, new CaseEvent.DeadlineExtended(m.Due, "The customer was told by an operator."), actor, m.Clause);
        return Task.CompletedTask;
    }

    private async Task CloseAsync(CaseId id, Measure.Close m, Actor actor, CancellationToken stop)
    {
        await new DecisionStore(db).WithdrawAsync(id, now, stop);
        await new AnswerStore(db).OweOutcomeAsync(id, now, stop);
        Record(id, new CaseEvent.Closed(m.Disposition, m.Reason), actor, m.Clause);
    }

    private sealed class Page(AbuseCase state, long storedVersion)
    {
        public AbuseCase State { get; set; } = state;

        public long StoredVersion { get; } = storedVersion;
    }
}
