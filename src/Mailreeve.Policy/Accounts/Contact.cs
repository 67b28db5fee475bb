namespace Mailreeve.Policy.Accounts;

/// <summary>One way to reach a customer (D1).</summary>
public sealed record Contact
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>Whose.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>How.</summary>
    public required ContactChannel Channel { get; init; }

    /// <summary>Mail address, or telephone number in international form.</summary>
    public required string Address { get; init; }

    /// <summary>For what.</summary>
    public required ContactRole Role { get; init; }

    /// <summary>The lower, the earlier it is tried; 0 and up.</summary>
    public required long Position { get; init; }
}

/// <summary>How a contact is reached.</summary>
public enum ContactChannel
{
    /// <summary>A mail address.</summary>
    Email,

    /// <summary>A telephone that a person answers.</summary>
    Phone,

    /// <summary>A pager.</summary>
    Pager,

    /// <summary>A telephone that shows text messages.</summary>
    Sms,
}

/// <summary>What a contact is for.</summary>
public enum ContactRole
{
    /// <summary>Complaints; they are sent here first.</summary>
    Abuse,

    /// <summary>Operation.</summary>
    Technical,

    /// <summary>Invoices and charges.</summary>
    Billing,

    /// <summary>The account itself.</summary>
    Owner,
}
