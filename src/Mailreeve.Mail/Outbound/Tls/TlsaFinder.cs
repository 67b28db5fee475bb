using DnsClient;
using Mailreeve.Protocols.TlsPolicy;
using TlsaRecord = Mailreeve.Protocols.TlsPolicy.TlsaRecord;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>Looks up the TLSA records of mail hosts (RFC 7672 §2.2.3).</summary>
/// <param name="resolver">A resolver that validates DNSSEC, over a way that cannot be tampered with: the same machine, for example.</param>
public sealed class TlsaFinder(ILookupClient resolver)
{
    // Key roll-overs make two or four; a zone that has more than these wants to keep us busy.
    private const int RecordsMax = 32;

    /// <summary>The records of a host whose addresses are secure. A host whose addresses are not must not be asked for.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="port">The port that is called; 25.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<TlsaLookup> FindAsync(string host, int port, CancellationToken stop)
    {
        try
        {
            var answer = await resolver.QueryAsync($"_{port}._tcp.{host}", QueryType.TLSA, cancellationToken: stop);
            if (answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain)
                return new TlsaLookup.Failed($"{answer.Header.ResponseCode}");
            var records = answer.Answers.OfType<DnsClient.Protocol.TlsaRecord>().Take(RecordsMax)
                .Select(r => new TlsaRecord((byte)r.CertificateUsage, (byte)r.Selector, (byte)r.MatchingType, [.. r.CertificateAssociationData]))
                .ToList();
            return answer.Header.IsAuthenticData && records.Count > 0 ? new TlsaLookup.Found(records) : TlsaLookup.None.Instance;
        }
        catch (DnsResponseException e)
        {
            return new TlsaLookup.Failed($"{e.Code}");
        }
    }
}
