using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Accounts.Import;

/// <summary>What an import would do.</summary>
internal sealed record ImportPlan
{
    /// <summary>What is wrong; unless it is empty, nothing is done.</summary>
    public required IReadOnlyList<PolicyProblem> Problems { get; init; }

    /// <summary>What changes, customer by customer. Those of which nothing changes are left out.</summary>
    public required IReadOnlyList<CustomerPlan> Customers { get; init; }
}

/// <summary>What changes of one customer.</summary>
internal sealed class CustomerPlan
{
    /// <summary>As it will be. A new customer has an id below zero, and perhaps no registration number yet.</summary>
    public required CustomerFact Customer { get; init; }

    /// <summary>As it is stored; null when it is new.</summary>
    public required CustomerFact? Stored { get; init; }

    /// <summary>Contacts to write.</summary>
    public List<Contact> PutContacts { get; } = [];

    /// <summary>Contacts to take out.</summary>
    public List<Contact> EndContacts { get; } = [];

    /// <summary>Services to write.</summary>
    public List<Service> PutServices { get; } = [];

    /// <summary>Assignments that are no longer believed as they stand.</summary>
    public List<Assignment> Supersede { get; } = [];

    /// <summary>Assignments to write, each with the name of its service.</summary>
    public List<(Assignment Assignment, string? Service)> Assign { get; } = [];

    /// <summary>Mail domains to take in.</summary>
    public List<string> MailDomains { get; } = [];

    /// <summary>Mailboxes as they will be, each with what is stored; null when it is new.</summary>
    public List<(MailboxAccount Wanted, MailboxAccount? Old)> Mailboxes { get; } = [];

    /// <summary>The changes, as an operator reads them.</summary>
    public List<ImportChange> Changes { get; } = [];

    /// <summary>How the customer is called in the list of changes.</summary>
    public string Title => Customer.RegNumber.Length == 0 ? Customer.Name : $"{Customer.RegNumber} {Customer.Name}";
}

/// <summary>One line of the list of changes.</summary>
/// <param name="Sign"><c>+</c> added, <c>~</c> changed, <c>-</c> ended.</param>
/// <param name="What">What.</param>
internal sealed record ImportChange(char Sign, string What);
