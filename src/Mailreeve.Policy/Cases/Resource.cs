namespace Mailreeve.Policy.Cases;

/// <summary>What a case is about, in a form that is the same for the same thing: an address, a domain, a mailbox.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Canonical text: an address as <see cref="Protocols.Net.Address"/> prints it, a name in lower case.</param>
public sealed record Resource(ResourceKind Kind, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Kinds of resource.</summary>
public enum ResourceKind
{
    /// <summary>One IP address.</summary>
    Address,

    /// <summary>A prefix.</summary>
    Prefix,

    /// <summary>A domain name.</summary>
    Domain,

    /// <summary>A mailbox.</summary>
    Mailbox,
}
