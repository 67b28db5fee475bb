using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Tells a customer about a mailbox (C9), by rows of <c>outbound</c> in the transaction that decides it.</summary>
public sealed class MailboxNotices(AbusePolicy policy, Provider provider, NoticeTemplates templates)
{
    // Who looks after a mailbox: the first of these that the customer has a mail address for.
    private static readonly ContactRole[] Roles = [ContactRole.Owner, ContactRole.Technical, ContactRole.Billing, ContactRole.Abuse];

    /// <summary>The policy that decides and is cited.</summary>
    public AbusePolicy Policy => policy;

    /// <summary>Hands a notice over for sending.</summary>
    /// <param name="db">The transaction that decides it.</param>
    /// <param name="mailbox">About which mailbox.</param>
    /// <param name="notice">What to tell.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task SendAsync(DbSession db, MailboxRow mailbox, MailboxNotice notice, Instant now, CancellationToken stop)
    {
        var customer = await new CustomerStore(db).FindAsync(mailbox.CustomerId, stop)
            ?? throw new InvalidOperationException($"Mailbox {mailbox.Id} is of customer {mailbox.CustomerId}, who does not exist.");
        var recipients = await ContactsOfAsync(db, mailbox.CustomerId, stop);
        if (notice.AlsoToMailbox)
            recipients.Add(mailbox.Address);
        recipients = [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)];
        if (recipients.Count == 0)
            return;

        var id = await db.NextIdsAsync("outbound", recipients.Count, stop);
        var rendered = Render(mailbox, customer, notice);
        await new OutboundStore(db).AddAsync([.. recipients.Select(to => NoticeMail.Of(provider, rendered, OutboundPurpose.Mailbox, mailbox.Id.Value, to, id++, now))], stop);
    }

    private static async Task<List<string>> ContactsOfAsync(DbSession db, CustomerId customer, CancellationToken stop)
    {
        var contacts = await new CustomerStore(db).ContactsOfAsync(customer, null, ContactChannel.Email, stop);
        var role = Roles.FirstOrDefault(r => contacts.Any(c => c.Role == r));
        return [.. contacts.Where(c => c.Role == role).Select(c => c.Address)];
    }

    private RenderedNotice Render(MailboxRow mailbox, CustomerFact customer, MailboxNotice notice)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZone.Utc;
        var capacity = StorageRules.CapacityBytes(policy.Terms, mailbox.ExtraSteps);
        return templates[notice.Template].Render(policy, provider.FactsIn(zone), new NoticeFacts.OfMailbox
        {
            Customer = customer.Name,
            RegistrationNumber = customer.RegNumber,
            Mailbox = mailbox.Address,
            LastUsedAt = mailbox.LastUsedAt,
            ClosesAt = notice.ClosesAt,
            Percent = FillRules.PercentOf(notice.UsedBytes, capacity),
            UsedBytes = notice.UsedBytes,
            CapacityBytes = capacity,
            MailboxUrl = $"{provider.BaseUrl}/portal/mailboxes/{mailbox.Id}",
            Clause = notice.Clause,
        });
    }
}

/// <summary>What a customer is told about a mailbox.</summary>
/// <param name="Template">Name of the notice.</param>
/// <param name="Clause">The clause it rests on.</param>
public sealed record MailboxNotice(string Template, ClauseId Clause)
{
    /// <summary>When it will be or was closed; null when it is not about that.</summary>
    public Instant? ClosesAt { get; init; }

    /// <summary>Octets in it; only when it is about that.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Whether it also goes into the mailbox itself.</summary>
    public bool AlsoToMailbox { get; init; }
}
