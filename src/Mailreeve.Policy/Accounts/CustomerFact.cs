namespace Mailreeve.Policy.Accounts;

/// <summary>A customer, as decisions and pages need to know it.</summary>
public sealed record CustomerFact
{
    /// <summary>The row.</summary>
    public required CustomerId Id { get; init; }

    /// <summary>Registration number (S1): what the customer signs in with.</summary>
    public required string RegNumber { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Whose customer this is; null for a direct customer of the provider (C2).</summary>
    public CustomerId? Upstream { get; init; }

    /// <summary>Whether the account is in use.</summary>
    public required CustomerState State { get; init; }

    /// <summary>Time zone of the customer (TZDB id), for deadlines in local time.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The class that chooses the address from which the customer's mail is sent; null for that of the upstream, or none.</summary>
    public string? SourceClass { get; init; }
}

/// <summary>State of an account.</summary>
public enum CustomerState
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Suspended; the account remains.</summary>
    Suspended,

    /// <summary>Ended; kept for its history.</summary>
    Closed,
}
