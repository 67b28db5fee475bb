using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Signing;

/// <summary>
/// Keeps the keys of outgoing mail: makes them for domains that have none, lets a key sign once its record can be seen in the DNS, and
/// changes the secret of traces when it is old.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="views">Knows the customers' domains and the keys.</param>
/// <param name="provider">Who we are.</param>
/// <param name="lookup">Looks for records.</param>
/// <param name="clock">The time.</param>
/// <param name="log">For the operator.</param>
public sealed class SigningKeyClerk(
    Database database, LiveViews views, Provider provider, DkimKeyLookup lookup, IClock clock, ILogger<SigningKeyClerk> log) : IClerk
{
    // Made or looked for in one round; the rest waits for the next one.
    private const int KeysPerRound = 20;

    private static readonly Duration Interval = Duration.FromMinutes(1);
    private static readonly Duration LookAgainAfter = Duration.FromMinutes(10);
    private static readonly Duration TraceKeyLife = Duration.FromDays(90);

    private static readonly DkimAlgorithm[] Algorithms = [DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256];

    private readonly Dictionary<long, Instant> lookedAt = [];
    private Instant next = Instant.MinValue;

    /// <inheritdoc/>
    public string Name => "signing-keys";

    /// <summary>
    /// Sees to it that the program can sign at all, before it takes mail: a secret for traces, and keys of our own first domain.
    /// </summary>
    public static async Task PrepareAsync(Database database, Provider provider, IClock clock, CancellationToken stop)
    {
        var traces = await database.ReadAsync(db => new TraceKeyStore(db).AllAsync(stop), stop);
        if (!traces.Any(t => t.RetiredAt is null))
            await database.WriteAsync(db => new TraceKeyStore(db).RotateAsync(clock.GetCurrentInstant(), stop), stop);
        await new DomainKeys(database, provider, clock).OfAsync(provider.Domains[0], stop);
    }

    /// <summary>Does what is due, once a minute.</summary>
    /// <returns>Keys made, seen or changed.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < next)
            return 0;
        var done = await RotateTraceKeyAsync(now, stop) + await MakeKeysAsync(now, stop) + await LookForRecordsAsync(now, stop);
        if (done < KeysPerRound)
            next = now + Interval;
        return done;
    }

    private async Task<int> RotateTraceKeyAsync(Instant now, CancellationToken stop)
    {
        if (views.SigningKeys.Trace is { } inUse && now - inUse.CreatedAt < TraceKeyLife)
            return 0;
        var id = await database.WriteAsync(db => new TraceKeyStore(db).RotateAsync(now, stop), stop);
        log.TraceKeyChanged(id);
        return 1;
    }

    private async Task<int> MakeKeysAsync(Instant now, CancellationToken stop)
    {
        var have = views.SigningKeys.Dkim.Select(k => (k.Domain, k.Algorithm)).ToHashSet();
        var missing = provider.Domains.Concat(views.Mailboxes.Domains.Select(d => d.Name))
            .Select(DomainKeys.NameOf)
            .Distinct()
            .SelectMany(domain => Algorithms.Select(algorithm => (domain, algorithm)))
            .Where(wanted => !have.Contains(wanted))
            .Take(KeysPerRound);
        var made = 0;
        foreach (var (domain, algorithm) in missing)
        {
            var key = SigningKeyMaking.Make(domain, algorithm, now, isPublished: false);
            if (await database.WriteAsync(db => new DkimKeyStore(db).AddAsync(key, now, stop), stop))
                made++;
        }

        if (made > 0)
            log.DkimKeysMade(made);
        return made;
    }

    private async Task<int> LookForRecordsAsync(Instant now, CancellationToken stop)
    {
        var waiting = views.SigningKeys.Dkim.Where(k => k.PublishedAt is null && !(lookedAt.TryGetValue(k.Id, out var at) && now - at < LookAgainAfter))
            .OrderBy(k => lookedAt.GetValueOrDefault(k.Id, Instant.MinValue))
            .Take(KeysPerRound)
            .ToList();
        var seen = 0;
        foreach (var row in waiting)
        {
            lookedAt[row.Id] = now;
            var key = SigningKeyMaking.Read(row);
            if (await lookup.FindAsync(key.Name, stop) is not DkimKeyAnswer.Found found || !key.IsShownIn(found.Texts))
                continue;
            await database.WriteAsync(
                async db =>
                {
                    await new DkimKeyStore(db).PublishedAsync(row, now, stop);
                    return true;
                }, stop);
            lookedAt.Remove(row.Id);
            log.DkimKeySeen(row.Selector, row.Domain);
            seen++;
        }

        return seen;
    }
}
