using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Postmaster;

/// <summary>
/// Checks postmaster@ of each domain of those who have the service <c>mail-server</c> (C7): first whether their servers take mail for it, then
/// by a mail that a person answers whether a person reads it.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="views">Who has the service, and which domains.</param>
/// <param name="prober">Asks servers.</param>
/// <param name="mail">Writes to postmasters.</param>
/// <param name="readWithin">How long a person has to answer.</param>
/// <param name="clock">The time.</param>
public sealed class PostmasterClerk(
    Database database, LiveViews views, PostmasterProber prober, PostmasterMail mail, Duration readWithin, IClock clock) : IClerk
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
                await store.LeaveAsync(domain, stop);
        }, stop);
    }

    private async Task CheckAsync(PostmasterRow row, CancellationToken stop)
    {
        var probing = await prober.RunAsync(row.Domain, stop);
        var now = clock.GetCurrentInstant();
        var after = row.At(PostmasterRules.After(row.Standing, probing.Finding, readWithin, now)) with
        {
            CheckedAt = now, Detail = probing.Detail, Transcript = probing.Transcript, CodeHash = null,
        };
        if (after.State == PostmasterState.Asked)
        {
            after = after with { Cycle = row.Cycle + 1 };
            after = after with { CodeHash = mail.CodeHashFor(after) };
        }

        await database.WriteAsync(db => StandAsync(db, row, after, now, stop), stop);
    }

    private Task RemindAsync(PostmasterRow row, Instant now, CancellationToken stop)
    {
        var after = row.At(PostmasterRules.AfterSilence(row.Standing, now));
        if (after.State == PostmasterState.Overdue)
            after = after with { Detail = $"No person has answered in time. {row.Detail}" };
        return database.WriteAsync(db => StandAsync(db, row, after, now, stop), stop);
    }

    // The mail is a row of the same transaction: it is sent once, and only if the domain stands where it was seen.
    private async Task StandAsync(DbSession db, PostmasterRow before, PostmasterRow after, Instant now, CancellationToken stop)
    {
        if (!await new PostmasterStore(db).RecordAsync(before, after, stop))
            return;
        if (after.State == PostmasterState.Asked && (after.Cycle != before.Cycle || after.Mails != before.Mails))
            await new OutboundStore(db).AddAsync([mail.Write(after, ZoneOf(after.CustomerId), await db.NextIdsAsync("outbound", 1, stop), now)], stop);
    }

    private DateTimeZone ZoneOf(CustomerId customer) =>
        views.Directory.Find(customer) is { } known ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(known.TimeZone) ?? DateTimeZone.Utc : DateTimeZone.Utc;
}
