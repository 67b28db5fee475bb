namespace Mailreeve.Protocols.Dmarc;

/// <summary>Whether a message is from whom it says (RFC 7489 §6.6.2); the words of Authentication-Results.</summary>
public enum DmarcResult
{
    /// <summary>The domain says nothing.</summary>
    None,

    /// <summary>SPF or a signature says so, of a domain that belongs to the one in From.</summary>
    Pass,

    /// <summary>Neither does.</summary>
    Fail,

    /// <summary>The DNS did not answer. Later it may.</summary>
    TempError,

    /// <summary>There is not one author's domain that could be asked.</summary>
    PermError,
}

/// <summary>What was found about the author of a message.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain in From; empty when there is none.</param>
public sealed record DmarcVerdict(DmarcResult Result, string Domain)
{
    /// <summary>What the domain wants to be done with this message if it is not its own, its share of messages taken into account.</summary>
    public DmarcPolicy Policy { get; init; }

    /// <summary>What it wants to be done with such messages in general, for the record.</summary>
    public DmarcPolicy Published { get; init; }

    /// <summary>Whose record says so; null when there is none.</summary>
    public string? RecordOf { get; init; }
}
