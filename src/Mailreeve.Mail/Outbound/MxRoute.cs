using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Outbound;

/// <summary>Where the mail of a domain goes (RFC 5321 §5.1).</summary>
public abstract record MxRoute
{
    private MxRoute()
    {
    }

    /// <summary>To these hosts, the first one first.</summary>
    /// <param name="Exchangers">The hosts; at least one.</param>
    /// <param name="Secure">Whether a validating resolver that we trust vouches for the MX records, or for their absence.</param>
    public sealed record Hosts(IReadOnlyList<Exchanger> Exchangers, bool Secure = false) : MxRoute;

    /// <summary>Nowhere, now and later.</summary>
    /// <param name="Reply">Why, in the form of a reply.</param>
    public sealed record Nowhere(string Reply) : MxRoute;

    /// <summary>Nobody could say.</summary>
    /// <param name="Reply">Why, in the form of a reply.</param>
    public sealed record Unknown(string Reply) : MxRoute;
}

/// <summary>A host that takes mail.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Its addresses; at least one.</param>
/// <param name="Secure">Whether a validating resolver that we trust vouches for the addresses.</param>
public sealed record Exchanger(string Name, IReadOnlyList<Address> Addresses, bool Secure = false);
