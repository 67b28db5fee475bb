using Mailreeve.Policy.Files;

namespace Mailreeve.Policy.Scenarios;

/// <summary>What came of reading a scenario.</summary>
public abstract record ScenarioReading
{
    private ScenarioReading()
    {
    }

    /// <summary>It is in order.</summary>
    public sealed record Good(Scenario Scenario) : ScenarioReading;

    /// <summary>It is not.</summary>
    /// <param name="Problems">All of them, in the order of the file. Never empty.</param>
    public sealed record Bad(IReadOnlyList<PolicyProblem> Problems) : ScenarioReading;
}
