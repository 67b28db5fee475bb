using System.Globalization;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>
/// The worker of the hand-over table <c>notice</c>: makes each a message to the contact whose turn it is, and hands it over for
/// sending, in one transaction.
/// </summary>
public sealed class NoticeClerk(Database database, NoticeWriter writer, CaseBooks books, IClock clock) : IClerk
{
    private const long Batch = 50;

    /// <inheritdoc/>
    public string Name => "notices";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var waiting = await database.ReadAsync(db => new NoticeStore(db).WaitingAsync(Batch, stop), stop);
        await WorkItems.EachAsync(waiting, notice => database.WriteAsync(db => HandOverAsync(db, notice.Id, stop), stop));
        return waiting.Count;
    }

    private async Task HandOverAsync(DbSession db, NoticeId id, CancellationToken stop)
    {
        var notices = new NoticeStore(db);
        if (await notices.FindAsync(id, stop) is not { State: NoticeState.Written } notice
            || await new CaseStore(db).FindAsync(notice.CaseId, stop) is not { } open)
            return;

        var now = clock.GetCurrentInstant();
        if (await ContactForAsync(db, open, notice.Attempt, stop) is not { } contact)
        {
            await notices.FinishAsync(id, NoticeState.NoContact, "There is no further contact with a mail address.", now, stop);
            await RecordUnheardAsync(db, notice, now, stop);
            return;
        }

        var outbound = await db.NextIdsAsync("outbound", 1, stop);
        if (!await notices.HandedOverAsync(id, contact.Id, outbound, stop))
            return;
        await new OutboundStore(db).AddAsync([await writer.WriteAsync(db, notice, open, contact, outbound, now, stop)], stop);
    }

    // Contacts for complaints first, then the technical ones, then the owner's; each in the customer's own order.
    private static async Task<Contact?> ContactForAsync(DbSession db, AbuseCase open, long attempt, CancellationToken stop)
    {
        var all = await new CustomerStore(db).ContactsOfAsync(open.Customer, null, ContactChannel.Email, stop);
        var ordered = all
            .Where(c => c.Role != ContactRole.Billing)
            .OrderBy(c => c.Role switch { ContactRole.Abuse => 0, ContactRole.Technical => 1, _ => 2 })
            .DistinctBy(c => c.Address.ToLower(CultureInfo.InvariantCulture))
            .ToList();
        return attempt <= ordered.Count ? ordered[(int)attempt - 1] : null;
    }

    private async Task RecordUnheardAsync(DbSession db, NoticeRow notice, Instant now, CancellationToken stop)
    {
        var book = books.Open(db, now);
        if (await book.LoadAsync(notice.CaseId, stop) is null)
            return;
        var unheard = new CaseEvent.NoticeUndeliverable(notice.Step, "There is no further contact with a mail address.");
        book.Record(notice.CaseId, unheard, Actor.Policy, notice.Clause);
        await book.DecideAsync(notice.CaseId, new CaseFacts(), stop);
        await book.SaveAsync(stop);
    }
}
