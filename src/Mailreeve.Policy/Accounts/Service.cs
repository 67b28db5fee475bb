namespace Mailreeve.Policy.Accounts;

/// <summary>Something a customer has from the provider. What is done with it is the customer's responsibility (C2).</summary>
public sealed record Service
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>Whose.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>What kind.</summary>
    public required ServiceKind Kind { get; init; }

    /// <summary>Tells it from the customer's other services.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it works.</summary>
    public required ServiceState State { get; init; }

    /// <summary>
    /// By what the access network knows it: a login name, a hardware address, a circuit id, as <see cref="AccessName.Normalise"/> has it; null
    /// when it has none. No two services that have not ended have the same.
    /// </summary>
    public string? Login { get; init; }
}

/// <summary>The service catalogue (S5, and the support services of C2).</summary>
public enum ServiceKind
{
    /// <summary>A line to the network.</summary>
    NetAccess,

    /// <summary>Access by modem.</summary>
    DialUp,

    /// <summary>Web sites.</summary>
    WebHosting,

    /// <summary>Mail in the browser.</summary>
    WebMail,

    /// <summary>Mailboxes.</summary>
    Mailbox,

    /// <summary>Mail of the customer's own server, which hands it in without a password, known by its address.</summary>
    MailRelay,

    /// <summary>
    /// A mail server of the customer's own on our addresses (C7). Its contract allows the provider to test whether it relays, and whether
    /// somebody reads postmaster@.
    /// </summary>
    MailServer,

    /// <summary>Telephone lines and gateways.</summary>
    Telephony,

    /// <summary>IRC servers.</summary>
    Irc,

    /// <summary>Distribution or sale of software.</summary>
    Software,

    /// <summary>A similar service.</summary>
    Other,
}

/// <summary>State of a service.</summary>
public enum ServiceState
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Suspended (C6); it comes back.</summary>
    Suspended,

    /// <summary>Given up; kept for its history.</summary>
    Ended,
}
