using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Postmaster;

/// <summary>
/// Checks postmaster@ of each domain of those who have the service <c>mail-server</c> (C7): first whether their servers take mail for it, then
/// by a mail with a link whether a person reads it.
/// </summary>
public sealed class PostmasterClerk(
    Database database, LiveViews views, PostmasterProber prober, PostmasterDesk desk, Provider provider, IClock clock) : IClerk
{
    private static readonly Duration SyncEvery = Duration.FromMinutes(10);

    private Instant syncsAt;

    /// <inheritdoc/>
    public string Name => "postmasters";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now >= syncsAt)
        {
            await SyncAsync(now, stop);
            syncsAt = now + SyncEvery;
        }

        if (await database.ReadAsync(db => new PostmasterStore(db).DueAsync(now, stop), stop) is not { } due)
            return 0;
        if (due.State is PostmasterState.Asked)
            await RemindAsync(due, now, stop);
        else
            await CheckAsync(due, stop);
        return 1;
    }

    // Domains come and go with their customers, and with the service.
    private async Task SyncAsync(Instant now, CancellationToken stop)
    {
        var directory = views.Directory;
        var wanted = directory.MailServers
            .Where(c => directory.StateOf(c) == Policy.Accounts.CustomerState.Active)
            .SelectMany(c => directory.AssignmentsOf(c).Where(a => a.Domain is not null && a.HeldAt(now)).Select(a => (Domain: a.Domain!, Customer: c)))
            .DistinctBy(d => d.Domain)
            .ToDictionary(d => d.Domain, d => d.Customer);
        var there = (await database.ReadAsync(db => new PostmasterStore(db).HoldersAsync(stop), stop)).ToDictionary(t => t.Domain, t => t.CustomerId);
        var changed = wanted.Where(w => !there.TryGetValue(w.Key, out var customer) || customer != w.Value).Select(w => (w.Key, w.Value)).ToList();
        var gone = there.Keys.Where(domain => !wanted.ContainsKey(domain)).ToList();
        if (changed.Count == 0 && gone.Count == 0)
            return;
        await database.WriteAsync(async db =>
        {
            var store = new PostmasterStore(db);
            await store.PutAsync(changed, now, stop);
            foreach (var domain in gone)
                await store.DropAsync(domain, stop);
        }, stop);
    }

    private async Task CheckAsync(PostmasterRow row, CancellationToken stop)
    {
        var probing = await prober.RunAsync(row.Domain, stop);
        var now = clock.GetCurrentInstant();
        var after = row.At(PostmasterRules.After(row.Standing, probing.Finding, now)) with
        {
            CheckedAt = now, Detail = probing.Detail, Transcript = probing.Transcript, CodeHash = null,
        };
        if (after.State == PostmasterState.Asked)
        {
            var cycle = row.Cycle + 1;
            after = after with { Cycle = cycle, CodeHash = PostmasterDesk.HashOf(desk.CodeOf(row.CustomerId, row.Domain, cycle)) };
        }

        await database.WriteAsync(db => StandAsync(db, row, after, now, stop), stop);
    }

    private Task RemindAsync(PostmasterRow row, Instant now, CancellationToken stop)
    {
        var after = row.At(PostmasterRules.AfterSilence(row.Standing, now));
        return database.WriteAsync(db => StandAsync(db, row, after.State == PostmasterState.Overdue ? after with { Detail = "Nobody has answered in time." } : after, now, stop), stop);
    }

    // The mail is a row of the same transaction: it is sent once, and only if the domain stands where it was seen.
    private async Task StandAsync(DbSession db, PostmasterRow before, PostmasterRow after, Instant now, CancellationToken stop)
    {
        if (!await new PostmasterStore(db).RecordAsync(before, after, stop))
            return;
        if (after.State == PostmasterState.Asked && (after.Cycle != before.Cycle || after.Mails != before.Mails))
            await new OutboundStore(db).AddAsync([MailTo(after, await db.NextIdsAsync("outbound", 1, stop), now)], stop);
    }

    private NewOutbound MailTo(PostmasterRow row, long id, Instant now)
    {
        var code = desk.CodeOf(row.CustomerId, row.Domain, row.Cycle);
        var to = $"postmaster@{row.Domain}";
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = $"support@{provider.Domains[0]}",
            To = to,
            Subject = $"{(row.Mails > 1 ? "Reminder: " : "")}Does somebody read postmaster@{row.Domain}?",
            Text = $"""
                Dear postmaster of {row.Domain},

                whoever runs a mail server at {provider.Name} keeps the mailbox postmaster@ of
                its domains, and somebody reads it (clause C7 of our policy,
                {provider.BaseUrl}/policy). This message asks whether that is so.

                Please open this page and press the button on it, until {row.DueAt:uuuu-MM-dd HH:mm} UTC:

                {desk.LinkOf(code)}

                If the field for the code is empty there, this is it: {code}

                Opening the page alone does nothing: programs open links, too.

                If you have questions, write to support@{provider.Domains[0]} or call
                {provider.SupportTelephone}.

                {provider.Name}
                """,
            MessageId = $"postmaster.{id}@{provider.HostName}",
            Date = now,
        };
        return new NewOutbound
        {
            Id = id,
            Purpose = OutboundPurpose.Postmaster,
            SubjectId = row.CustomerId.Value,
            EnvelopeFrom = "",
            Recipient = to,
            Message = message.Write(),
            CreatedAt = now,
        };
    }
}
