using System.Globalization;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>What is known about a recipient before it is taken.</summary>
/// <param name="To">The recipient as sent.</param>
/// <param name="Ours">The provider's own domains.</param>
public sealed record RecipientFacts(Mailbox To, OwnDomains Ours)
{
    /// <summary>Whether the domain is a customer's whose mail is kept here.</summary>
    public bool IsCustomerDomain { get; init; }

    /// <summary>The mailbox that the address is of, itself, by an alias, or with <c>+something</c> behind it; null for none.</summary>
    public MailboxFact? Mailbox { get; init; }

    /// <summary>The mailbox that takes what nobody else in the domain takes; null for none.</summary>
    public MailboxFact? CatchAll { get; init; }

    /// <summary>What it is to the collector of relay tests.</summary>
    public CollectorFinding Collector { get; init; }

    /// <summary>Octets that the client says the message has (RFC 1870 §6); null when it does not say.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Whether the message is one that we write ourselves: a notice, a warning.</summary>
    public bool IsOurLetter { get; init; }
}

/// <summary>What is known about a mailbox that mail is for.</summary>
/// <param name="Id">The mailbox.</param>
/// <param name="State">Whether it works.</param>
/// <param name="RoomBytes">Octets that still fit into it; zero or less when it is full.</param>
public sealed record MailboxFact(MailboxId Id, MailboxState State, long RoomBytes)
{
    /// <summary>The clause of the block that the mailbox is under now; null for none (C6).</summary>
    public ClauseId? BlockedUnder { get; init; }
}

/// <summary>The provider's own mail domains. A name is in it as A-label and as U-label, in either case of its ASCII letters.</summary>
public sealed class OwnDomains
{
    private readonly string[] names;

    /// <summary>These domains.</summary>
    /// <exception cref="ArgumentException">One of them is no domain name.</exception>
    public OwnDomains(IEnumerable<string> names)
    {
        // U-labels are worked out once from our own names; a name from outside is only ever compared, never converted.
        var idn = new IdnMapping();
        string[] given = [.. names];
        First = given.Length == 0 ? "" : given[0];
        this.names = [.. given.Select(n => idn.GetAscii(n)).SelectMany(a => new[] { a, idn.GetUnicode(a) }).Distinct()];
    }

    /// <summary>The first one, as written: that of users who write no domain. Empty when there is none.</summary>
    public string First { get; }

    /// <summary>Whether the domain is one of them. A look-alike is not, nor is a name with a dot at the end.</summary>
    public bool Contains(string domain) => Array.Exists(names, name => DomainName.Same(name, domain));
}
