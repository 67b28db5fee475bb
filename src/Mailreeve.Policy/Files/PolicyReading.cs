namespace Mailreeve.Policy.Files;

/// <summary>What came of reading a policy file.</summary>
public abstract record PolicyReading
{
    private PolicyReading()
    {
    }

    /// <summary>The file is in order.</summary>
    public sealed record Good(AbusePolicy Policy) : PolicyReading;

    /// <summary>It is not; nothing of it may be used.</summary>
    /// <param name="Problems">All of them, in the order of the file. Never empty.</param>
    public sealed record Bad(IReadOnlyList<PolicyProblem> Problems) : PolicyReading;
}
