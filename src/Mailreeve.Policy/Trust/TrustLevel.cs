namespace Mailreeve.Policy.Trust;

/// <summary>The highest measure that may happen without a person. Each includes those before it.</summary>
public enum TrustLevel
{
    /// <summary>None: a person looks first, and the customer hears nothing.</summary>
    Nothing,

    /// <summary>The customer is told, and the clock starts.</summary>
    Notice,

    /// <summary>A block when the time is over.</summary>
    Block,

    /// <summary>A charge, where the policy lets one be made without a person.</summary>
    Charge,
}
