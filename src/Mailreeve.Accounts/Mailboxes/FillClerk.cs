using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Tells users that their mailboxes fill up (C9), once at each level.</summary>
public sealed class FillClerk(Database database, LiveViews views, MailboxNotices notices, MailboxFill fill, IClock clock) : IClerk
{
    // Level at which each mailbox was seen last, so that most messages need no look into the database.
    private readonly Dictionary<MailboxId, long> levels = [];

    /// <inheritdoc/>
    public string Name => "mailbox-fill";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var terms = notices.Policy.Terms;
        var taken = 0;
        foreach (var (id, used) in fill.Take())
        {
            if (views.Mailboxes.Find(id) is not { } mailbox)
                continue;
            var capacity = StorageRules.CapacityBytes(terms, mailbox.ExtraSteps);
            if (levels.TryGetValue(id, out var level) && FillRules.Decide(terms, used, capacity, level) is FillVerdict.Nothing)
                continue;
            levels[id] = await database.WriteAsync(db => DecideAsync(db, id, used, stop), stop);
            taken++;
        }

        return taken;
    }

    private async Task<long> DecideAsync(DbSession db, MailboxId id, long used, CancellationToken stop)
    {
        var store = new MailboxStore(db);
        if (await store.FindAsync(id, stop) is not { } mailbox)
            return 0;
        var terms = notices.Policy.Terms;
        var now = clock.GetCurrentInstant();
        switch (FillRules.Decide(terms, used, StorageRules.CapacityBytes(terms, mailbox.ExtraSteps), mailbox.FillWarned))
        {
            case FillVerdict.Warn warn when await store.FillWarnedAsync(id, mailbox.FillWarned, warn.Percent, stop):
                // A full mailbox could not take its own warning.
                var notice = new MailboxNotice(NoticeNames.MailboxFilling, warn.Clause) { UsedBytes = used, AlsoToMailbox = warn.Percent < 100 };
                await notices.SendAsync(db, mailbox, notice, now, stop);
                return warn.Percent;
            case FillVerdict.Forget forget when await store.FillWarnedAsync(id, mailbox.FillWarned, forget.Percent, stop):
                return forget.Percent;
            default:
                return mailbox.FillWarned;
        }
    }
}
