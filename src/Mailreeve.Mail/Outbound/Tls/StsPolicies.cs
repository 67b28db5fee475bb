using System.Collections.Concurrent;
using DnsClient;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>
/// The MTA-STS policies in force (RFC 8461 §5.1). A policy that was seen once holds for as long as it said, even when its domain cannot be
/// asked any more: whoever suppresses the answers must not thereby switch it off.
/// </summary>
/// <param name="db">Where they are kept.</param>
/// <param name="resolver">Finds the TXT records.</param>
/// <param name="fetch">Fetches them.</param>
/// <param name="clock">What time it is.</param>
public sealed class StsPolicies(Database db, ILookupClient resolver, StsFetch fetch, IClock clock)
{
    // Whether there is a newer policy, or one at all, is asked so often.
    private static readonly Duration LookAgain = Duration.FromHours(1);
    private static readonly Duration LookAgainForNone = Duration.FromMinutes(10);

    // RFC 8461 §3.3: no oftener than every five minutes when it failed.
    private static readonly Duration FetchAgain = Duration.FromMinutes(5);

    // And the same policy again in good time before its end (RFC 8461 §10.2).
    private static readonly Duration RenewAfterAtMost = Duration.FromDays(1);

    private const int KnownMax = 100_000;

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Known>>> underWay = new(StringComparer.Ordinal);

    /// <summary>The policy of a domain; from memory when it was asked for a while ago.</summary>
    /// <param name="domain">In lower case.</param>
    /// <param name="stop">Stops the wait.</param>
    public async ValueTask<StsFinding> FindAsync(string domain, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (!known.TryGetValue(domain, out var found) || now >= found.LookAt)
        {
            // However many messages wait for it, it is asked for once.
            var look = underWay.GetOrAdd(domain, d => new Lazy<Task<Known>>(() => LookAsync(d)));
            found = await look.Value.WaitAsync(stop);
        }

        return new StsFinding(found.Stored is { } stored && now < stored.ExpiresAt && found.Policy!.Mode != StsMode.None ? found.Policy : null, found.Failure);
    }

    private async Task<Known> LookAsync(string domain)
    {
        try
        {
            var now = clock.GetCurrentInstant();
            var before = known.GetValueOrDefault(domain)?.Stored
                ?? await db.ReadAsync(session => new StsPolicyStore(session).FindAsync(domain, now, CancellationToken.None), CancellationToken.None);
            if (before is not null && now >= before.ExpiresAt)
                before = null;
            var found = await RenewAsync(domain, before, now);
            if (known.Count >= KnownMax)
                known.Clear();
            return known[domain] = found;
        }
        finally
        {
            underWay.TryRemove(domain, out _);
        }
    }

    private async Task<Known> RenewAsync(string domain, StoredStsPolicy? before, Instant now)
    {
        var id = await IdAsync(domain);
        if (id is null)
            return new Known(before, null, now + (before is null ? LookAgainForNone : LookAgain));
        if (before is not null && before.PolicyId == id && now < before.FetchedAt + RenewAfter(before))
            return new Known(before, null, now + LookAgain);

        var (policy, failure) = await fetch.FetchAsync(domain, CancellationToken.None);
        if (policy is null)
            return new Known(before, failure, now + FetchAgain);
        var stored = new StoredStsPolicy
        {
            Domain = domain,
            PolicyId = id,
            Mode = policy.Mode,
            MaxAge = (long)policy.MaxAge.TotalSeconds,
            Hosts = string.Join('\n', policy.Hosts),
            FetchedAt = now,
            ExpiresAt = now + policy.MaxAge,
        };
        await db.WriteAsync(session => new StsPolicyStore(session).PutAsync(stored, CancellationToken.None), CancellationToken.None);
        return new Known(stored, null, now + Duration.Max(FetchAgain, Duration.Min(LookAgain, policy.MaxAge)));
    }

    private static Duration RenewAfter(StoredStsPolicy policy) => Duration.Min(RenewAfterAtMost, Duration.FromSeconds(policy.MaxAge / 2));

    private async Task<string?> IdAsync(string domain)
    {
        try
        {
            var answer = await resolver.QueryAsync($"_mta-sts.{domain}", QueryType.TXT);
            return StsRecord.IdOrNull(answer.Answers.TxtRecords().Select(r => string.Concat(r.Text)));
        }
        catch (DnsResponseException)
        {
            return null;
        }
    }

    private sealed record Known(StoredStsPolicy? Stored, TlsResultType? Failure, Instant LookAt)
    {
        public StsPolicy? Policy { get; } = Stored is null
            ? null
            : new StsPolicy(Stored.Mode, Duration.FromSeconds(Stored.MaxAge), Stored.Hosts.Length == 0 ? [] : Stored.Hosts.Split('\n'));
    }
}
