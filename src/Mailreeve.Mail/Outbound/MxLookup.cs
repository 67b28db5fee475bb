using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Outbound;

/// <summary>Finds out where the mail of a domain goes (RFC 5321 §5.1; null MX RFC 7505).</summary>
/// <param name="resolver">A resolver; <see cref="Resolver"/> makes one that bears large answers.</param>
/// <param name="ownName">Our name: an MX that is ourselves would send the message round in circles.</param>
/// <param name="validates">
/// Whether the resolver validates DNSSEC and the way to it cannot be tampered with, so that what it says of an answer can be believed
/// (RFC 7672 §2.1.1). Only then is anything secure.
/// </param>
public sealed class MxLookup(ILookupClient resolver, string ownName, bool validates = false)
{
    // An answer from a broken or hostile zone may name hundreds; nobody needs more than a few.
    private const int HostsMax = 10;

    /// <summary>A resolver that asks the machine's name servers, or the one that is given.</summary>
    /// <param name="server">The name server; <see langword="null"/> for those of the machine.</param>
    /// <param name="validates">Whether it is asked to say which answers it has validated.</param>
    public static LookupClient Resolver(IPEndPoint? server = null, bool validates = false)
    {
        var options = Options(server);
        options.RequestDnsSecRecords = validates;
        options.UseCache = true;
        options.MaximumCacheTimeout = TimeSpan.FromHours(1);
        return new LookupClient(options);
    }

    /// <summary>How name servers are asked, whoever asks them.</summary>
    internal static LookupClientOptions Options(IPEndPoint? server)
    {
        // Large answers are lost on paths that drop fragments: 1232 octets, then TCP.
        var options = server is null ? new LookupClientOptions() : new LookupClientOptions(server);
        options.ExtendedDnsBufferSize = 1232;
        options.UseTcpFallback = true;
        options.ThrowDnsErrors = false;
        return options;
    }

    /// <summary>Where the mail of this domain goes.</summary>
    /// <param name="domain">A name, or an address in brackets.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<MxRoute> FindAsync(string domain, CancellationToken stop)
    {
        if (domain.StartsWith('['))
        {
            return Address.ParseOrNull(domain) is { } literal
                ? new MxRoute.Hosts([new Exchanger(literal.IsIPv4 ? $"{literal}" : $"[{literal}]", [literal])])
                : new MxRoute.Nowhere("550 5.1.2 The address literal is malformed.");
        }

        try
        {
            return await LookUpAsync(domain, stop);
        }
        catch (DnsResponseException e)
        {
            return new MxRoute.Unknown($"451 4.4.3 The name servers of {domain} do not answer: {e.Code}");
        }
    }

    private async Task<MxRoute> LookUpAsync(string domain, CancellationToken stop)
    {
        var answer = await resolver.QueryAsync(domain, QueryType.MX, cancellationToken: stop);
        if (answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
            return new MxRoute.Nowhere($"550 5.1.2 There is no domain {domain}");
        if (answer.HasError)
            return new MxRoute.Unknown($"451 4.4.3 The name servers of {domain} answer {answer.Header.ResponseCode}");

        var records = Shuffled(answer.Answers.MxRecords()).OrderBy(mx => mx.Preference).ToList();
        if (records is [{ Exchange.Value: "." }])
            return new MxRoute.Nowhere($"556 5.1.10 {domain} takes no mail (null MX)");

        // No MX at all: the domain itself is the host (the implicit MX).
        List<string> names = records.Count == 0 ? [domain] : [.. records.Select(mx => mx.Exchange.Value.TrimEnd('.')).Take(HostsMax)];
        var ours = names.FindIndex(name => name.Equals(ownName, StringComparison.OrdinalIgnoreCase));
        if (ours == 0)
            return new MxRoute.Nowhere($"554 5.4.6 The best MX of {domain} is this server, which does not know it");

        // From our own place in the list on, every host would send it back to us (RFC 5321 §5.1).
        return await AddressesAsync(domain, ours < 0 ? names : names[..ours], IsSecure(answer), stop);
    }

    // Among equals the choice is by chance, so that each gets its share (RFC 5321 §5.1).
    private static MxRecord[] Shuffled(IEnumerable<MxRecord> records)
    {
        var shuffled = records.ToArray();
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    private bool IsSecure(IDnsQueryResponse answer) => validates && answer.Header.IsAuthenticData;

    private async Task<MxRoute> AddressesAsync(string domain, List<string> names, bool mxSecure, CancellationToken stop)
    {
        var hosts = new List<Exchanger>();
        var unsure = false;
        foreach (var name in names)
        {
            var addresses = new List<Address>();
            var secure = true;
            foreach (var type in new[] { QueryType.A, QueryType.AAAA })
            {
                var answer = await resolver.QueryAsync(name, type, cancellationToken: stop);
                unsure |= answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain;
                secure &= IsSecure(answer);
                addresses.AddRange(answer.Answers.OfType<AddressRecord>().Select(a => Address.From(a.Address)));
            }

            if (addresses.Count > 0)
                hosts.Add(new Exchanger(name, addresses, secure));
        }

        if (hosts.Count > 0)
            return new MxRoute.Hosts(hosts, mxSecure);
        return unsure
            ? new MxRoute.Unknown($"451 4.4.3 No mail host of {domain} could be found at the moment")
            : new MxRoute.Nowhere($"550 5.4.4 No mail host of {domain} has an address");
    }
}
