using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.AbuseDesk.Desk;

/// <summary>
/// What people do to cases: customers answer, operators decide. Each is one transaction; what the policy makes of it follows in the
/// same one. Whether the person may do it is asked before (roles, whose case it is).
/// </summary>
public sealed class CaseDesk(Database database, CaseBooks books, IClock clock)
{
    /// <summary>Longest text a person may write, in characters.</summary>
    public const int TextLengthMax = 10_000;

    private static readonly DeskResult Done = new DeskResult.Done();

    /// <summary>The customer says what was resolved and what prevents it from happening again (C4). Both are needed.</summary>
    public Task<DeskResult> AnswerAsync(CaseId id, Actor customer, string resolution, string prevention, CancellationToken stop)
    {
        if (TextProblem("How you resolved it", resolution) is { } first)
            return Refuse(first);
        if (TextProblem("What prevents it from happening again", prevention) is { } second)
            return Refuse(second);

        return ActAsync(id, async (db, book, open, now) =>
        {
            if (!open.IsTold)
                return new DeskResult.Refused("There is no such case.");
            var response = new ResponseId(await db.NextIdsAsync("response", 1, stop));
            var responses = new ResponseStore(db);
            if (open is { Phase: CasePhase.InReview, Response: { } earlier })
                await responses.DecideAsync(earlier, ResponseState.Superseded, customer, "The customer sent a newer answer.", now, stop);
            await responses.AddAsync(response, id, customer, resolution.Trim(), prevention.Trim(), now, stop);
            book.Record(id, new CaseEvent.Answered(response), customer, ClauseOf(open));
            return Done;
        }, stop);
    }

    /// <summary>An operator is convinced: blocks are lifted, the customer is told, the case is closed.</summary>
    public Task<DeskResult> AcceptAnswerAsync(CaseId id, Actor by, string reason, CancellationToken stop) =>
        ActAsync(id, async (db, book, open, now) =>
        {
            if (open is not { Phase: CasePhase.InReview, Response: { } response })
                return new DeskResult.Refused("There is no answer to accept.");
            await new ResponseStore(db).DecideAsync(response, ResponseState.Accepted, by, reason.Trim(), now, stop);
            await new ReporterOrganisationStore(db).MoveAsync(id, new ReporterHistory(Valid: 1, Invalid: 0), stop);
            book.Record(id, new CaseEvent.AnswerAccepted(response, reason.Trim()), by, ClauseOf(open));
            return Done;
        }, stop);

    /// <summary>An operator is not convinced: the customer is told why, and has until <paramref name="due"/> for a better answer.</summary>
    public Task<DeskResult> RefuseAnswerAsync(CaseId id, Actor by, string reason, Instant due, CancellationToken stop)
    {
        if (TextProblem("What is missing", reason) is { } problem)
            return Refuse(problem);

        return ActAsync(id, async (db, book, open, now) =>
        {
            if (open is not { Phase: CasePhase.InReview, Response: { } response })
                return new DeskResult.Refused("There is no answer to refuse.");
            if (due <= now)
                return new DeskResult.Refused("The new deadline must lie in the future.");
            await new ResponseStore(db).DecideAsync(response, ResponseState.Refused, by, reason.Trim(), now, stop);
            book.Record(id, new CaseEvent.AnswerRefused(response, reason.Trim(), due), by, ClauseOf(open));
            await book.NotifyAsync(id, $"refused#{response.Value}", NoticeNames.Refused, ClauseOf(open), by, stop);
            return Done;
        }, stop);
    }

    /// <summary>An operator gives more time.</summary>
    public Task<DeskResult> ExtendAsync(CaseId id, Actor by, Instant due, string reason, CancellationToken stop) =>
        ActAsync(id, (_, book, open, now) =>
        {
            if (open.Phase is not (CasePhase.AwaitingAnswer or CasePhase.Notifying))
                return Refuse("No clock runs on this case.");
            if (due <= now || due <= open.Due)
                return Refuse("More time means a later deadline.");
            book.Record(id, new CaseEvent.DeadlineExtended(due, reason.Trim()), by, ClauseOf(open));
            return Task.FromResult(Done);
        }, stop);

    /// <summary>An operator lifts one block; the case goes on.</summary>
    public Task<DeskResult> LiftAsync(CaseId id, BlockId block, Actor by, string reason, CancellationToken stop) =>
        ActAsync(id, async (_, book, open, _) =>
        {
            if (!open.Blocks.Contains(block.Value))
                return new DeskResult.Refused("That block is not in force.");
            await book.LiftAsync(id, block, reason.Trim(), ClauseOf(open), by, stop);
            await book.NotifyAsync(id, $"lifted#{block.Value}", NoticeNames.Lifted, ClauseOf(open), by, stop);
            return Done;
        }, stop);

    /// <summary>An operator answers a question of the desk.</summary>
    public Task<DeskResult> DecideAsync(DecisionId decision, bool accept, Actor by, string reason, CancellationToken stop) =>
        DecideAsync(decision, accept, null, by, reason, stop);

    /// <summary>An operator answers a question of the desk, and says which mailbox or service is meant.</summary>
    /// <param name="decision">The question.</param>
    /// <param name="accept">Yes or no.</param>
    /// <param name="picked">What is to be suspended, as <see cref="SuspensionPick"/> writes it; null or empty for what is certain.</param>
    /// <param name="by">Who.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<DeskResult> DecideAsync(DecisionId decision, bool accept, string? picked, Actor by, string reason, CancellationToken stop) =>
        WriteAsync(async db =>
        {
            var now = clock.GetCurrentInstant();
            var decisions = new DecisionStore(db);
            var book = books.Open(db, now);
            if (await decisions.FindAsync(decision, stop) is not { } asked || await book.LoadAsync(asked.CaseId, stop) is null)
                return new DeskResult.Refused("There is no such question.");
            SuspensionTarget? target = null;
            if (accept && !string.IsNullOrEmpty(picked))
            {
                // What a form names must be this customer's.
                target = (await books.SuspensionsAsync(db, book[asked.CaseId], now, stop)).Choices.FirstOrDefault(c => SuspensionPick.Of(c) == picked);
                if (target is null)
                    return new DeskResult.Refused("That is no mailbox or service of the customer, or no more.");
            }

            // The question stays: a yes that changes nothing would look like a block in force.
            if (accept && asked.State == DecisionState.Asked && await book.ForbiddenAsync(asked.CaseId, asked.Step, target, stop) is { } why)
                return new DeskResult.Refused(why);
            if (!await decisions.DecideAsync(decision, accept ? DecisionState.Accepted : DecisionState.Refused, by, reason.Trim(), now, stop))
                return new DeskResult.Refused("It has been decided already.");

            book.Record(asked.CaseId, new CaseEvent.DecisionMade(decision, asked.Step, accept, reason.Trim()), by, asked.Clause);
            if (accept)
                await book.ConfirmAsync(asked.CaseId, asked.Step, target, by, stop);
            else
                await DeclineAsync(db, book, asked, by, stop);
            await book.SaveAsync(stop);
            return Done;
        }, stop);

    /// <summary>An operator finds a complaint valid: the customer owes the charge (C3).</summary>
    public Task<DeskResult> ConfirmChargeAsync(ChargeId charge, Actor by, string reason, CancellationToken stop) =>
        DecideChargeAsync(charge, confirmed: true, by, reason, stop);

    /// <summary>An operator finds that the customer does not owe a charge, or not any more.</summary>
    public Task<DeskResult> VoidChargeAsync(ChargeId charge, Actor by, string reason, CancellationToken stop) =>
        TextProblem("Why the charge is void", reason) is { } problem ? Refuse(problem) : DecideChargeAsync(charge, confirmed: false, by, reason, stop);

    /// <summary>An operator finds the complaint unfounded: blocks are lifted, open charges are void, the customer is told.</summary>
    public Task<DeskResult> CloseUnfoundedAsync(CaseId id, Actor by, string reason, CancellationToken stop)
    {
        if (TextProblem("Why it is unfounded", reason) is { } problem)
            return Refuse(problem);

        return ActAsync(id, async (db, book, open, now) =>
        {
            if (open.Response is { } response)
                await new ResponseStore(db).DecideAsync(response, ResponseState.Accepted, by, reason.Trim(), now, stop);
            await new ReporterOrganisationStore(db).MoveAsync(id, new ReporterHistory(Valid: 0, Invalid: 1), stop);
            var charges = new ChargeStore(db);
            foreach (var charge in await charges.OfCaseAsync(id, stop))
            {
                if (await charges.VoidAsync(charge.Id, by, reason.Trim(), now, stop))
                    book.Record(id, new CaseEvent.ChargeDecided(charge.Id, Confirmed: false, reason.Trim()), by, charge.Clause);
            }

            await book.CloseUnfoundedAsync(id, reason.Trim(), ClauseOf(open), by, stop);
            return Done;
        }, stop);
    }

    /// <summary>An operator finds nothing in what nobody vouches for: nobody is told.</summary>
    public Task<DeskResult> CloseDoubtfulAsync(CaseId id, Actor by, string reason, CancellationToken stop) =>
        ActAsync(id, async (_, book, open, _) =>
        {
            if (!open.IsDoubtful)
                return new DeskResult.Refused("Somebody vouches for it.");
            await book.CloseUnfoundedAsync(id, reason.Trim(), ClauseOf(open), by, stop);
            return Done;
        }, stop);

    /// <summary>An operator opens a case again that was resolved not long ago: the customer is told, and has less time than the first time.</summary>
    public Task<DeskResult> ReopenAsync(CaseId id, Actor by, string reason, CancellationToken stop)
    {
        if (TextProblem("Why it is opened again", reason) is { } problem)
            return Refuse(problem);

        return WriteAsync(async db =>
        {
            var now = clock.GetCurrentInstant();
            var book = books.Open(db, now);
            if (await book.LoadAsync(id, stop) is not { } closed)
                return new DeskResult.Refused("There is no such case.");
            if (!CaseRules.StaysKnown(books.Policy, closed, now))
                return new DeskResult.Refused(CaseRules.ClosedForGood);
            await book.ReopenAsync(id, reason.Trim(), ClauseOf(closed), by, stop);
            await book.SaveAsync(stop);
            return Done;
        }, stop);
    }

    private static async Task DeclineAsync(DbSession db, CaseBook book, DecisionRow asked, Actor by, CancellationToken stop)
    {
        if (book[asked.CaseId].IsDoubtful)
            await new ReporterOrganisationStore(db).MoveAsync(asked.CaseId, new ReporterHistory(Valid: 0, Invalid: 1), stop);
        await book.DeclineAsync(asked.CaseId, asked.Step, by, stop);
    }

    private Task<DeskResult> DecideChargeAsync(ChargeId id, bool confirmed, Actor by, string reason, CancellationToken stop) =>
        WriteAsync(async db =>
        {
            var now = clock.GetCurrentInstant();
            var charges = new ChargeStore(db);
            var book = books.Open(db, now);
            if (await charges.FindAsync(id, stop) is not { } charge || await book.LoadAsync(charge.CaseId, stop) is null)
                return new DeskResult.Refused("There is no such charge.");
            var decided = confirmed
                ? await charges.ConfirmAsync(id, by, now, stop)
                : await charges.VoidAsync(id, by, reason.Trim(), now, stop);
            if (!decided)
                return new DeskResult.Refused("It has been decided already.");
            var wasValid = charge.State == ChargeState.Confirmed;
            await new ReporterOrganisationStore(db).MoveAsync(
                charge.ReportId, confirmed ? new ReporterHistory(Valid: 1, Invalid: 0) : new ReporterHistory(wasValid ? -1 : 0, Invalid: 1), stop);
            book.Record(charge.CaseId, new CaseEvent.ChargeDecided(id, confirmed, reason.Trim()), by, charge.Clause);
            await book.SaveAsync(stop);
            return Done;
        }, stop);

    // Someone acts on an open case; then the policy is asked what follows from it.
    private Task<DeskResult> ActAsync(
        CaseId id, Func<DbSession, CaseBook, AbuseCase, Instant, Task<DeskResult>> act, CancellationToken stop) =>
        WriteAsync(async db =>
        {
            var now = clock.GetCurrentInstant();
            var book = books.Open(db, now);
            if (await book.LoadAsync(id, stop) is not { } open)
                return new DeskResult.Refused("There is no such case.");
            if (open.Phase == CasePhase.Closed)
                return new DeskResult.Refused("The case is closed.");
            if (await act(db, book, open, now) is DeskResult.Refused refused)
                return refused;
            await book.DecideAsync(id, new CaseFacts(), stop);
            await book.SaveAsync(stop);
            return Done;
        }, stop);

    private Task<DeskResult> WriteAsync(Func<DbSession, Task<DeskResult>> work, CancellationToken stop) => database.WriteAsync(work, stop);

    private ClauseId ClauseOf(AbuseCase open) => books.Policy.LadderOf(open.Kind).Clause;

    private static Task<DeskResult> Refuse(string why) => Task.FromResult<DeskResult>(new DeskResult.Refused(why));

    private static string? TextProblem(string what, string text) =>
        string.IsNullOrWhiteSpace(text) ? $"{what}: please say it in a sentence."
        : text.Length > TextLengthMax ? $"{what}: at most {TextLengthMax} characters."
        : null;
}
