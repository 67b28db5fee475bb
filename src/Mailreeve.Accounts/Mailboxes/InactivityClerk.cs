using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Warns of mailboxes that nobody uses, twice, and then closes them (C9).</summary>
public sealed class InactivityClerk(Database database, MailboxNotices notices, LastUse uses, IClock clock) : IClerk
{
    private const long Batch = 50;

    // What it waits for is reckoned in days.
    private static readonly Duration Pause = Duration.FromMinutes(1);

    private Instant restUntil = Instant.MinValue;

    /// <inheritdoc/>
    public string Name => "mailbox-inactivity";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < restUntil && restUntil - now <= Pause)
            return 0;
        var due = await database.ReadAsync(db => new MailboxStore(db).IdleAsync(DueAt(now), Batch, stop), stop);
        var acted = 0;
        foreach (var mailbox in due)
        {
            if (!uses.IsUnwritten(mailbox.Id) && await database.WriteAsync(db => TakeAsync(db, mailbox.Id, now, stop), stop))
                acted++;
        }

        if (acted == 0)
            restUntil = now + Pause;
        return acted;
    }

    private IdleDue DueAt(Instant now)
    {
        var terms = notices.Policy.Terms;
        var close = now - terms.InactiveMailboxRetention.Value;
        return new IdleDue(
            close + terms.InactiveWarningFirst.Value, close + terms.InactiveWarningLast.Value, close, now - terms.InactiveWarningLast.Value);
    }

    // Read again within the transaction: its user may have signed in in the last second.
    private async Task<bool> TakeAsync(DbSession db, MailboxId id, Instant now, CancellationToken stop)
    {
        var store = new MailboxStore(db);
        if (await store.FindAsync(id, stop) is not { } mailbox)
            return false;
        var facts = new InactivityFacts(mailbox.State, mailbox.LastUsedAt, mailbox.IdleWarnings, mailbox.IdleWarnedAt ?? mailbox.LastUsedAt);
        return InactivityRules.Decide(notices.Policy.Terms, facts, now) switch
        {
            InactivityVerdict.WarnFirst v => await WarnAsync(db, mailbox, 1, new MailboxNotice(NoticeNames.MailboxUnused, v.Clause) { ClosesAt = v.ClosesAt }, now, stop),
            InactivityVerdict.WarnLast v => await WarnAsync(db, mailbox, 2, new MailboxNotice(NoticeNames.MailboxUnused, v.Clause) { ClosesAt = v.ClosesAt }, now, stop),
            InactivityVerdict.Close v => await CloseAsync(db, mailbox, v.Clause, now, stop),
            _ => false,
        };
    }

    private async Task<bool> WarnAsync(DbSession db, MailboxRow mailbox, long warning, MailboxNotice notice, Instant now, CancellationToken stop)
    {
        if (!await new MailboxStore(db).IdleWarnedAsync(mailbox.Id, warning, mailbox.LastUsedAt, now, stop))
            return false;
        await notices.SendAsync(db, mailbox, notice, now, stop);
        return true;
    }

    private async Task<bool> CloseAsync(DbSession db, MailboxRow mailbox, ClauseId clause, Instant now, CancellationToken stop)
    {
        if (!await new MailboxStore(db).CloseIdleAsync(mailbox.Id, mailbox.LastUsedAt, now, stop))
            return false;
        // Nobody is charged for room in a mailbox that takes no mail.
        await new StorageChargeStore(db).SetStepsAsync(mailbox.Id, 0, Actor.Policy, now, stop);
        await notices.SendAsync(db, mailbox, new MailboxNotice(NoticeNames.MailboxClosed, clause) { ClosesAt = now }, now, stop);
        return true;
    }
}
