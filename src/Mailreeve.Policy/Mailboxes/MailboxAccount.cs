namespace Mailreeve.Policy.Mailboxes;

/// <summary>A mailbox as it stands in an accounts file: all that is known of it but its passwords and its mail.</summary>
public sealed record MailboxAccount
{
    /// <summary>Whose it is.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>Its address, lower case.</summary>
    public required string Address { get; init; }

    /// <summary>Whether it works.</summary>
    public required MailboxState State { get; init; }

    /// <summary>Steps of extra storage.</summary>
    public required long Steps { get; init; }

    /// <summary>Its aliases, lower case, in order.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Mail domains of which it takes what no other mailbox does, in order.</summary>
    public IReadOnlyList<string> CatchAllOf { get; init; } = [];
}

/// <summary>A domain of a customer whose mail is kept here.</summary>
/// <param name="Customer">Whose it is.</param>
/// <param name="Name">Its name, lower case.</param>
public sealed record MailDomainAccount(CustomerId Customer, string Name);

/// <summary>What of mail is customers'.</summary>
/// <param name="Mailboxes">Mailboxes, ended ones too, by address.</param>
/// <param name="Domains">Mail domains, by name.</param>
public sealed record MailAccounts(IReadOnlyList<MailboxAccount> Mailboxes, IReadOnlyList<MailDomainAccount> Domains)
{
    /// <summary>Nothing.</summary>
    public static readonly MailAccounts None = new([], []);
}
