using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Mail.Signing;

/// <summary>The keys of one domain, for those who publish them.</summary>
/// <param name="database">The database.</param>
/// <param name="provider">Who we are.</param>
/// <param name="clock">The time.</param>
public sealed class DomainKeys(Database database, Provider provider, IClock clock)
{
    /// <summary>
    /// The keys of a domain of ours or of a customer; made when it has none yet. Those of our first domain sign at once, since its zone is
    /// ours to keep in order; all others when their records can be seen.
    /// </summary>
    /// <param name="domain">The domain, as A-label or U-label, with or without final dot.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="null"/> when nobody here sends from it.</returns>
    public async Task<IReadOnlyList<DkimSigningKey>?> OfAsync(string domain, CancellationToken stop)
    {
        var name = NameOf(domain);
        var customers = await database.ReadAsync(db => new MailDomainStore(db).AllAsync(stop), stop);
        if (!provider.Domains.Concat(customers.Select(c => c.Name)).Any(d => NameOf(d) == name))
            return null;
        var keys = await ReadAsync(name, stop);
        foreach (var algorithm in Enum.GetValues<DkimAlgorithm>().Where(a => !keys.Any(k => k.Algorithm == a)))
            await AddAsync(name, algorithm, isPublished: name == NameOf(provider.Domains[0]), stop);
        return await ReadAsync(name, stop);
    }

    /// <summary>Makes a successor of each key of a domain. It signs as soon as its record is seen in the DNS; until then the old one does.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many were made; fewer than two when there is a successor of today already.</returns>
    public async Task<int> RotateAsync(string domain, CancellationToken stop)
    {
        var made = 0;
        foreach (var algorithm in Enum.GetValues<DkimAlgorithm>())
            made += await AddAsync(NameOf(domain), algorithm, isPublished: false, stop) ? 1 : 0;
        return made;
    }

    private async Task<IReadOnlyList<DkimSigningKey>> ReadAsync(string name, CancellationToken stop) =>
        [.. (await database.ReadAsync(db => new DkimKeyStore(db).OfAsync(name, stop), stop)).Select(SigningKeyMaking.Read)];

    private Task<bool> AddAsync(string name, DkimAlgorithm algorithm, bool isPublished, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        // Outside the transaction: a search for primes takes a while.
        var key = SigningKeyMaking.Make(name, algorithm, now, isPublished);
        return database.WriteAsync(db => new DkimKeyStore(db).AddAsync(key, now, stop), stop);
    }

    /// <summary>A domain as the DNS knows it: configurations and people write it in other ways.</summary>
    internal static string NameOf(string domain) => DkimKeyName.Of("s", domain.TrimEnd('.'))?.Domain ?? domain.ToLowerInvariant();
}
