using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Files;

/// <summary>What an accounts file says.</summary>
/// <param name="Customers">The customers, in the order of the file, as far as they could be read.</param>
/// <param name="Problems">What is wrong, in the order of the file; unless it is empty, nothing of the file may be used.</param>
public sealed record AccountsReading(IReadOnlyList<CustomerEntry> Customers, IReadOnlyList<PolicyProblem> Problems);

/// <summary>A customer in an accounts file. What is missing here and must be there was reported as a problem.</summary>
public sealed record CustomerEntry
{
    /// <summary>Where it begins.</summary>
    public required Place At { get; init; }

    /// <summary>Its key in messages: <c>customer[3]</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Registration number; null when one is to be found or given.</summary>
    public RegNumber? RegNumber { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init; } = "";

    /// <summary>TZDB id.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>Upstream; null for the provider's direct customers.</summary>
    public RegNumber? Upstream { get; init; }

    /// <summary>Where the upstream stands.</summary>
    public Place UpstreamAt { get; init; }

    /// <summary>State; null leaves it as it is, and makes a new customer active.</summary>
    public CustomerState? State { get; init; }

    /// <summary>The class that chooses the address from which the customer's mail is sent; null for none of its own.</summary>
    public string? SourceClass { get; init; }

    /// <summary>Where that class stands.</summary>
    public Place SourceClassAt { get; init; }

    /// <summary>Contacts, first to be tried first.</summary>
    public IReadOnlyList<ContactEntry> Contacts { get; init; } = [];

    /// <summary>Services; their names differ.</summary>
    public IReadOnlyList<ServiceEntry> Services { get; init; } = [];

    /// <summary>Assignments.</summary>
    public IReadOnlyList<AssignmentEntry> Assignments { get; init; } = [];

    /// <summary>Mail domains, lower case.</summary>
    public IReadOnlyList<string> MailDomains { get; init; } = [];

    /// <summary>Mailboxes.</summary>
    public IReadOnlyList<MailboxAccountEntry> Mailboxes { get; init; } = [];
}

/// <summary>A contact in an accounts file.</summary>
/// <param name="Channel">How.</param>
/// <param name="Address">Mail address or number.</param>
/// <param name="Role">For what.</param>
public sealed record ContactEntry(ContactChannel Channel, string Address, ContactRole Role);

/// <summary>A service in an accounts file.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Name">Its name, the kind's word when the file gives none.</param>
/// <param name="State">State; null leaves it as it is, and makes a new or ended one active.</param>
/// <param name="Login">By what the access network knows it, as <see cref="AccessName.Normalise"/> has it; null for nothing.</param>
public sealed record ServiceEntry(ServiceKind Kind, string Name, ServiceState? State, string? Login);

/// <summary>A mailbox in an accounts file.</summary>
public sealed record MailboxAccountEntry
{
    /// <summary>Where it begins.</summary>
    public required Place At { get; init; }

    /// <summary>Its key in messages: <c>customer[3].mailboxes[1]</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Its address, lower case.</summary>
    public required string Address { get; init; }

    /// <summary>Its aliases, lower case.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Mail domains of the customer whose unknown names it takes, lower case.</summary>
    public IReadOnlyList<string> CatchAllOf { get; init; } = [];

    /// <summary>State; null leaves it as it is, and makes a new one active.</summary>
    public MailboxState? State { get; init; }

    /// <summary>Steps of extra storage; null leaves them as they are.</summary>
    public long? Steps { get; init; }
}

/// <summary>An assignment in an accounts file.</summary>
public sealed record AssignmentEntry
{
    /// <summary>Where it begins.</summary>
    public required Place At { get; init; }

    /// <summary>Its key in messages: <c>customer[3].assignments[1]</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Addresses; null when it is a domain.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>Domain, lower case; null when it is a prefix.</summary>
    public string? Domain { get; init; }

    /// <summary>Name of the service; null when it belongs to none in particular.</summary>
    public string? Service { get; init; }

    /// <summary>From when; null for "as it is", or from now on.</summary>
    public Instant? From { get; init; }

    /// <summary>Until when, exclusive; null when it does not end.</summary>
    public Instant? To { get; init; }
}
