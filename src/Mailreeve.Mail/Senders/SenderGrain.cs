using System.Buffers.Binary;
using Mailreeve.Policy;
using Mailreeve.Policy.Sending;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Mail.Senders;

/// <summary>The owner of what a sender may send.</summary>
internal sealed class SenderGrain(Database db, LiveViews views, AbusePolicy policy, IClock clock) : Grain, ISenderGrain
{
    // Recipients that are known to be known. When there are more, the database is asked again.
    private const int KnownMax = 10_000;

    private readonly HashSet<UInt128> known = [];
    private SendingWindow? window;
    private MailboxId? mailbox;
    private CustomerId customer;
    private Instant accountSince;
    private HoldId? hold;
    private long held;
    private long tickets;

    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        mailbox = SenderName.MailboxOf(Name);
        (customer, accountSince) = await db.ReadAsync(async session =>
        {
            if (mailbox is not { } id)
                return (SenderName.CustomerOf(Name), await new SubmissionStore(session).CustomerSinceAsync(SenderName.CustomerOf(Name), cancellationToken));
            var row = await new MailboxStore(session).FindAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"There is no mailbox {id}.");
            return (row.CustomerId, row.CreatedAt);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Admission> AdmitAsync(SendingRequest request)
    {
        var now = Now();
        await KnowAsync(now);
        if (IsUnderCustomersHold)
            return await CustomersOwner.AdmitAsync(request);

        var first = await FirstOfAsync(request);
        var firstCount = request.FirstRecipients ?? first.Count;
        var message = new SendingMessage(request.Recipients.Count, firstCount, request.ListId, request.WithoutPermission);
        switch (SendingRules.Decide(policy.Terms.Sending, CountsOf(SameTextAs(request)), message, now))
        {
            case SendingVerdict.Accept(var isCounted):
                return await AcceptAsync(request, first, firstCount, isCounted, now);
            case SendingVerdict.Hold tripped:
                await PlaceAsync(tripped, now);
                return Keep(now);
            case SendingVerdict.Held:
                return Keep(now);
            default:
                return new Admission { Outcome = AdmissionOutcome.Deferred };
        }
    }

    /// <inheritdoc/>
    public async Task<AdmissionOutcome> CountAsync(long recipients)
    {
        var now = Now();
        await KnowAsync(now);
        if (IsUnderCustomersHold)
            return await CustomersOwner.CountAsync(recipients);

        switch (SendingRules.Decide(policy.Terms.Sending, CountsOf(sameText: null), new SendingMessage(recipients, 0, null, 0), now))
        {
            case SendingVerdict.Accept:
                var customers = mailbox is null ? AdmissionOutcome.Accepted : await CustomersOwner.CountAsync(recipients);
                if (customers == AdmissionOutcome.Accepted)
                    window!.Add(++tickets, now, recipients, 0, default);
                return customers;
            case SendingVerdict.Hold tripped:
                await PlaceAsync(tripped, now);
                return Keep(now).Outcome;
            case SendingVerdict.Held:
                return Keep(now).Outcome;
            default:
                return AdmissionOutcome.Deferred;
        }
    }

    /// <inheritdoc/>
    public async Task WithdrawAsync(Admission admission)
    {
        if (admission.Outcome == AdmissionOutcome.Held)
        {
            if (admission.DecidedBy != Name)
                await CustomersOwner.WithdrawAsync(admission);
            else if (hold?.Value == admission.Hold)
                held--;
            // It may be because the hold has ended, and that has not been heard of here.
            await views.CatchUpAsync(CancellationToken.None);
            return;
        }

        foreach (var recipient in admission.First)
            known.Remove(NumberOf(recipient));
        window?.Withdraw(admission.Ticket);
        if (admission.CustomerTicket != 0)
            await CustomersOwner.WithdrawAsync(admission with { Ticket = admission.CustomerTicket, CustomerTicket = 0, First = [] });
    }

    /// <inheritdoc/>
    public async Task<bool> IsFullAsync()
    {
        await KnowAsync(Now());
        if (IsUnderCustomersHold)
            return await CustomersOwner.IsFullAsync();
        return hold is not null && SendingRules.UnderHold(policy.Terms.Sending, held) is SendingVerdict.Defer;
    }

    private bool IsUnderCustomersHold => mailbox is not null && views.Holds.Find(customer) is not null;

    private ISenderGrain CustomersOwner => GrainFactory.GetGrain<ISenderGrain>(SenderName.Of(customer));

    // To the millisecond, as it is stored: what was counted before a restart counts for as long after it.
    private Instant Now() => Instant.FromUnixTimeMilliseconds(clock.GetCurrentInstant().ToUnixTimeMilliseconds());

    // Reads what was sent when it is not known, or when a person has ended a hold: counting begins anew then, or the next message would
    // trip the same limit.
    private async Task KnowAsync(Instant now)
    {
        var open = mailbox is { } id ? views.Holds.Find(id)?.Id : views.Holds.Find(customer)?.Id;
        if (window is not null && open == hold)
        {
            window.MoveTo(now);
            return;
        }

        var (rows, count) = await db.ReadAsync(session => ReadAsync(session, open, now), CancellationToken.None);
        window = new SendingWindow();
        for (var i = rows.Count - 1; i >= 0; i--)
            window.Add(++tickets, rows[i].At, rows[i].Counted, rows[i].CountedFirst, NumberOf(rows[i].BodyHash));
        window.MoveTo(now);
        (hold, held) = (open, count);
    }

    private async Task<(IReadOnlyList<CountedSubmission> Sent, long Held)> ReadAsync(DbSession session, HoldId? open, Instant now)
    {
        var store = new SubmissionStore(session);
        var since = now - SendingRules.Day;
        if (await new SendingHoldStore(session).LastEndedAsync(customer, mailbox, CancellationToken.None) is { } ended && ended > since)
            since = ended;
        // Each counts one recipient at least, so that no more of them matter than recipients are allowed.
        var terms = policy.Terms.Sending;
        var most = (mailbox is null ? terms.RecipientsPerDay.Value * terms.CustomerTimes.Value : terms.RecipientsPerDay.Value) + 1;
        var sent = mailbox is { } id
            ? await store.CountedOfAsync(id, since, most, CancellationToken.None)
            : await store.CountedOfAsync(customer, since, most, CancellationToken.None);
        return (sent, open is { } h ? await store.HeldAsync(h, CancellationToken.None) : 0);
    }

    private long? SameTextAs(SendingRequest request) =>
        request.FirstRecipients is null ? window!.RecipientsOf(NumberOf(request.BodyHash)) : null;

    private SendingCounts CountsOf(long? sameText) => new()
    {
        IsCustomer = mailbox is null,
        AccountSince = accountSince,
        MessagesInHour = window!.MessagesInHour,
        RecipientsInDay = window.RecipientsInDay,
        FirstRecipientsInDay = window.FirstRecipientsInDay,
        SameTextRecipientsInDay = sameText,
        Held = hold is null ? null : held,
    };

    private async Task<Admission> AcceptAsync(SendingRequest request, IReadOnlyList<byte[]> first, long firstCount, bool isCounted, Instant now)
    {
        Admission? customers = null;
        if (mailbox is not null)
        {
            customers = await CustomersOwner.AdmitAsync(request with { FirstRecipients = firstCount });
            if (customers.Outcome != AdmissionOutcome.Accepted)
                return customers;
        }

        var ticket = ++tickets;
        if (isCounted)
            window!.Add(ticket, now, request.Recipients.Count, firstCount, NumberOf(request.BodyHash));
        foreach (var recipient in first)
            Remember(recipient);
        return new Admission
        {
            Outcome = AdmissionOutcome.Accepted,
            At = now,
            DecidedBy = Name,
            Counted = isCounted ? request.Recipients.Count : 0,
            First = first,
            Ticket = ticket,
            CustomerTicket = customers?.Ticket ?? 0,
        };
    }

    private Admission Keep(Instant now)
    {
        held++;
        return new Admission { Outcome = AdmissionOutcome.Held, At = now, Hold = hold!.Value.Value, DecidedBy = Name };
    }

    private async Task PlaceAsync(SendingVerdict.Hold tripped, Instant now)
    {
        var placed = new NewHold
        {
            CustomerId = customer,
            MailboxId = mailbox,
            Reason = tripped.Reason,
            Detail = tripped.Detail,
            Clause = tripped.Clause,
            PolicyRevision = policy.Revision,
            PlacedAt = now,
            PlacedBy = Actor.Policy,
        };
        (hold, held) = await db.WriteAsync(async session =>
        {
            var id = await new SendingHoldStore(session).PlaceAsync(placed, CancellationToken.None);
            return (id, await new SubmissionStore(session).HeldAsync(id, CancellationToken.None));
        }, CancellationToken.None);
    }

    private async Task<IReadOnlyList<byte[]>> FirstOfAsync(SendingRequest request)
    {
        if (hold is not null || request.FirstRecipients is not null)
            return [];
        var unknown = request.Recipients.Where(r => !known.Contains(NumberOf(r))).ToList();
        if (unknown.Count == 0)
            return [];
        foreach (var found in await db.ReadAsync(session => new KnownRecipientStore(session).KnownAsync(Name, unknown, CancellationToken.None), CancellationToken.None))
            Remember(found);
        return unknown.FindAll(r => !known.Contains(NumberOf(r)));
    }

    private void Remember(byte[] recipient)
    {
        if (known.Count >= KnownMax)
            known.Clear();
        known.Add(NumberOf(recipient));
    }

    private static UInt128 NumberOf(byte[] hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);
}
