using System.Collections.Concurrent;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Signing;

/// <summary>The keys that sign now, found by domain. Belongs to one snapshot of the live view.</summary>
internal sealed class SigningRing
{
    private readonly Dictionary<string, DkimKeyRow[]> rows;
    private readonly ConcurrentDictionary<long, DkimSigningKey> read;

    /// <summary>Sorts a snapshot.</summary>
    /// <param name="source">The snapshot.</param>
    /// <param name="before">The ring of the snapshot before, whose keys need not be read again; null for the first.</param>
    public SigningRing(SigningKeys source, SigningRing? before)
    {
        Source = source;
        read = before?.read ?? [];
        // The newest of each kind; RSA first, since that is what everybody can verify.
        rows = source.Dkim.Where(k => k.PublishedAt is not null)
            .GroupBy(k => k.Domain, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                d => d.Key,
                d => d.GroupBy(k => k.Algorithm).OrderBy(a => a.Key).Select(a => a.MaxBy(k => k.Id)!).ToArray(),
                StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The snapshot.</summary>
    public SigningKeys Source { get; }

    /// <summary>The keys of a domain, or of the nearest one above it that has some (aligned all the same, RFC 7489 §3.1.1); none otherwise.</summary>
    public IReadOnlyList<DkimSigningKey> KeysFor(string domain)
    {
        for (var name = domain; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (rows.TryGetValue(name, out var found))
                return Array.ConvertAll(found, Read);
        }

        return [];
    }

    // Most domains do not send today; a key is read when it signs for the first time.
    private DkimSigningKey Read(DkimKeyRow row) =>
        read.GetOrAdd(row.Id, static (_, r) => SigningKeyMaking.Read(r), row);
}
