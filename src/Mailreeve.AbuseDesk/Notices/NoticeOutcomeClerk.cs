using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>
/// Takes in what became of the notices that were sent. Acceptance starts the clock (C4); a failure or a bounce moves on to the next
/// contact (D1); a doubt is told to the customer as such, and no notice is ever sent twice for one step and contact.
/// </summary>
public sealed class NoticeOutcomeClerk(Database database, CaseBooks books, IClock clock) : IClerk
{
    private const long Batch = 50;

    /// <inheritdoc/>
    public string Name => "notice-outcomes";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var outcomes = await database.ReadAsync(
            db => new OutboundStore(db).UnreadOutcomesAsync(OutboundPurpose.Notice, Batch, stop), stop);
        await WorkItems.EachAsync(outcomes, outcome => database.WriteAsync(db => TakeInAsync(db, outcome, stop), stop));
        return outcomes.Count;
    }

    private async Task TakeInAsync(DbSession db, OutboundOutcome outcome, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        await new OutboundStore(db).OutcomeReadAsync(outcome.Id, now, stop);
        var notices = new NoticeStore(db);
        var book = books.Open(db, now);
        if (await notices.FindAsync(new NoticeId(outcome.SubjectId), stop) is not { } notice
            || await book.LoadAsync(notice.CaseId, stop) is not { } open)
            return;

        var state = outcome.State switch
        {
            OutboundState.Accepted => NoticeState.Accepted,
            OutboundState.Returned => NoticeState.Returned,
            OutboundState.InDoubt => NoticeState.InDoubt,
            _ => NoticeState.Failed,
        };
        await notices.FinishAsync(notice.Id, state, outcome.LastReply ?? "", outcome.FinishedAt, stop);
        if (state == NoticeState.Accepted)
            Accept(book, open, notice, outcome.FinishedAt);
        else
            await TryNextAsync(db, book, open, notice, state, outcome.LastReply ?? "", now, stop);
        await book.SaveAsync(stop);
    }

    private void Accept(CaseBook book, AbuseCase open, NoticeRow notice, Instant acceptedAt)
    {
        Instant? due = notice.StartsClock != 0 ? acceptedAt + CaseRules.TimeToAnswer(books.Policy, open) : null;
        book.Record(open.Id, new CaseEvent.NoticeAccepted(notice.Step, notice.Id, acceptedAt, due), Actor.Policy, notice.Clause);
    }

    private static async Task TryNextAsync(
        DbSession db, CaseBook book, AbuseCase open, NoticeRow notice, NoticeState state, string detail, Instant now, CancellationToken stop)
    {
        if (state == NoticeState.Returned)
        {
            var returned = new CaseEvent.NoticeReturned(notice.Step, notice.Id, detail, notice.StartsClock != 0);
            book.Record(open.Id, returned, Actor.Policy, notice.Clause);
        }

        // Of a case that is over, the customer need only hear that it is.
        if (open.Phase == CasePhase.Closed && notice.Template is not (NoticeNames.Accepted or NoticeNames.Unfounded))
            return;

        // In doubt, the same contact hears of it in words that fit both cases; it is another step, so the first is never repeated.
        var inDoubt = state == NoticeState.InDoubt;
        var step = inDoubt ? $"{notice.Step}/repeat" : notice.Step;
        var template = inDoubt && notice.StartsClock != 0 ? NoticeNames.Repeat : notice.Template;
        var next = new NewNotice
        {
            Id = new NoticeId(await db.NextIdsAsync("notice", 1, stop)),
            CaseId = open.Id,
            Step = step,
            Attempt = inDoubt ? notice.Attempt : notice.Attempt + 1,
            Template = template,
            StartsClock = notice.StartsClock != 0,
            Clause = notice.Clause,
            WrittenAt = now,
        };
        await new NoticeStore(db).AddAsync([next], stop);
        if (inDoubt)
            book.Record(open.Id, new CaseEvent.NoticeWritten(step, template, next.StartsClock), Actor.Policy, notice.Clause);
    }
}
