using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Accounts.Sending;

/// <summary>Tells customers that their mail is held (C1), once for each hold.</summary>
public sealed class HoldNoticeClerk(Database database, AbusePolicy policy, Provider provider, NoticeTemplates templates, IClock clock) : IClerk
{
    private const long Batch = 50;

    // Who has to act when a mailbox was taken over. Whoever took it reads what goes there, so the contacts come first.
    private static readonly ContactRole[] Roles = [ContactRole.Technical, ContactRole.Owner];

    /// <inheritdoc/>
    public string Name => "hold-notices";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var untold = await database.ReadAsync(db => new SendingHoldStore(db).UntoldAsync(Batch, stop), stop);
        foreach (var hold in untold)
            await database.WriteAsync(db => TellAsync(db, hold, stop), stop);
        return untold.Count;
    }

    private async Task TellAsync(DbSession db, HoldRow hold, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (!await new SendingHoldStore(db).ToldAsync(hold.Id, now, stop))
            return;
        var customer = await new CustomerStore(db).FindAsync(hold.CustomerId, stop)
            ?? throw new InvalidOperationException($"{hold.Id} is of customer {hold.CustomerId}, who does not exist.");
        var recipients = await RecipientsOfAsync(db, hold, stop);
        if (recipients.Count == 0)
            return;

        var id = await db.NextIdsAsync("outbound", recipients.Count, stop);
        var rendered = Render(hold, customer);
        await new OutboundStore(db).AddAsync([.. recipients.Select(to => NoticeMail.Of(provider, rendered, OutboundPurpose.Hold, hold.Id.Value, to, id++, now))], stop);
    }

    private static async Task<IReadOnlyList<string>> RecipientsOfAsync(DbSession db, HoldRow hold, CancellationToken stop)
    {
        var contacts = await new CustomerStore(db).ContactsOfAsync(hold.CustomerId, null, ContactChannel.Email, stop);
        var chosen = contacts.Where(c => Roles.Contains(c.Role)).ToList();
        // No such contact: then anybody whom we know.
        var recipients = (chosen.Count > 0 ? chosen : contacts).Select(c => c.Address);
        return [.. (hold.Mailbox is { } mailbox ? recipients.Append(mailbox) : recipients).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private RenderedNotice Render(HoldRow hold, CustomerFact customer)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZone.Utc;
        return templates[NoticeNames.SendingHeld].Render(policy, provider.FactsIn(zone), new NoticeFacts.OfHold
        {
            Customer = customer.Name,
            RegistrationNumber = customer.RegNumber,
            Sender = hold.Mailbox,
            HeldAt = hold.PlacedAt,
            Figures = hold.Detail,
            HoldUrl = hold.MailboxId is { } mailbox ? $"{provider.BaseUrl}/portal/mailboxes/{mailbox}" : $"{provider.BaseUrl}/portal/mailboxes",
            Clause = hold.Clause,
        });
    }
}
