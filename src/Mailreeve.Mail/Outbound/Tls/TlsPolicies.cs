using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>
/// What is demanded of the connections to the mail hosts of a domain, and how that was met.
/// Standards: RFC 7672 (DANE), RFC 8461 (MTA-STS), RFC 8460 (reports), RFC 7435. The rules are in <see cref="TlsRules"/>.
/// </summary>
/// <param name="dane">Looks up TLSA records; <see langword="null"/> when no resolver can be trusted.</param>
/// <param name="port">The port of an MX, which is part of the name under which its TLSA records stand.</param>
/// <param name="sts">Finds MTA-STS policies; <see langword="null"/> when they are not to be kept to.</param>
/// <param name="tally">Counts for the reports; <see langword="null"/> when none are sent.</param>
public sealed class TlsPolicies(TlsaFinder? dane, int port, StsPolicies? sts, TlsTally? tally)
{
    /// <summary>Nothing is demanded of anyone.</summary>
    public static TlsPolicies None { get; } = new(null, 25, null, null);

    /// <summary>What is the same for all hosts of a domain. To be asked for once, before its hosts are called.</summary>
    /// <param name="domain">A name, or an address in brackets.</param>
    /// <param name="route">What <see cref="MxLookup"/> found.</param>
    /// <param name="stop">Stops the wait.</param>
    public async ValueTask<DomainTls> ForDomainAsync(string domain, MxRoute.Hosts route, CancellationToken stop)
    {
        var name = domain.ToLowerInvariant();
        var found = sts is null || name.StartsWith('[') ? StsFinding.None : await sts.FindAsync(name, stop);
        return new DomainTls(name, route.Secure, found.Policy, found.Failure);
    }

    /// <summary>What is demanded of the connection to one of its hosts.</summary>
    public async ValueTask<TlsDecision> DecideAsync(DomainTls domain, Exchanger host, CancellationToken stop)
    {
        var name = host.Name.ToLowerInvariant();
        return TlsRules.Decide(new TlsFacts
        {
            Domain = domain.Domain,
            Host = name,
            MxSecure = domain.MxSecure,
            AddressSecure = host.Secure,
            Tlsa = dane is not null && domain.MxSecure && host.Secure ? await dane.FindAsync(name, port, stop) : TlsaLookup.NotAsked.Instance,
            Sts = domain.Sts,
        });
    }

    /// <summary>Counts how a call went, for the report to the domain.</summary>
    public void Count(DomainTls domain, DialTarget target, Dialled dialled)
    {
        var session = dialled switch
        {
            Dialled.Open open => open.Tls,
            Dialled.Failed failed => failed.Tls,
            _ => null,
        };
        if (session is not null)
            tally?.Count(domain, target, session);
    }
}
