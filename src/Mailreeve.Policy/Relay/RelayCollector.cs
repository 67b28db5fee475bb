using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Relay;

/// <summary>Where the messages of relay tests come back. Only what a test of ours is for is taken there.</summary>
/// <remarks>Whoever was tested knows those local parts; of what they write to one, some twenty messages are kept and no more.</remarks>
/// <param name="domains">Its domains: the collector's, and the other one from which tests write.</param>
/// <param name="address">The address whose literal counts as the collector's; <see langword="null"/> for none.</param>
/// <param name="key">The secret of the tokens.</param>
public sealed class RelayCollector(IEnumerable<string> domains, Address? address, byte[] key)
{
    private readonly OwnDomains names = new(domains);

    /// <summary>What an address is to the collector.</summary>
    public CollectorFinding Find(Mailbox to)
    {
        var isHere = to.Literal is { } literal ? literal == address : names.Contains(to.Domain.TrimEnd('.'));
        if (!isHere)
            return CollectorFinding.Elsewhere;
        return RelayToken.TryRead(to.LocalPart, key, out _, out _) ? CollectorFinding.Token : CollectorFinding.Domain;
    }

    /// <summary>Whether mail for this domain stays here.</summary>
    public bool Takes(string domain) => names.Contains(domain);
}

/// <summary>What an address is to the collector of relay tests.</summary>
public enum CollectorFinding
{
    /// <summary>Nothing: it is in another domain.</summary>
    Elsewhere,

    /// <summary>In one of its domains, and of no test.</summary>
    Domain,

    /// <summary>Where a test of ours writes to, or from.</summary>
    Token,
}
