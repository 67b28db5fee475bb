using Mailreeve.Policy.Files;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Scenarios;

namespace Mailreeve.Policy;

/// <summary>Reads everything under <c>policy/</c> and tells all that is wrong with it. Start and <c>mailreeve policy check</c> use it.</summary>
public sealed record PolicyCheck
{
    /// <summary>The policy; null when its file has a mistake.</summary>
    public required AbusePolicy? Policy { get; init; }

    /// <summary>The notices that are in order, by name.</summary>
    public required IReadOnlyDictionary<string, NoticeTemplate> Notices { get; init; }

    /// <summary>Scenarios that were played and went as told.</summary>
    public required int ScenariosHeld { get; init; }

    /// <summary>All mistakes of all files; empty when the policy may be used.</summary>
    public required IReadOnlyList<PolicyProblem> Problems { get; init; }

    /// <summary>Whether the policy may be used.</summary>
    public bool IsGood => Problems.Count == 0;

    /// <summary>Checks what was read.</summary>
    public static PolicyCheck Of(PolicySource source)
    {
        var problems = new List<PolicyProblem>();
        var policy = PolicyOf(source, problems);
        var notices = NoticesOf(source, problems);
        var held = policy is null ? 0 : source.Scenarios.Count(s => Holds(s, policy, problems));
        return new PolicyCheck { Policy = policy, Notices = notices, ScenariosHeld = held, Problems = problems };
    }

    /// <summary>What <c>mailreeve policy check</c> prints: each mistake, or what was found in order.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var problem in Problems)
            yield return problem.ToString();
        if (Policy is { } policy)
        {
            yield return $"Revision {policy.Revision}: {policy.Clauses.Count} clauses, {policy.Ladders.Count} ladders, "
                + $"{Notices.Count} notices, {ScenariosHeld} scenarios hold.";
        }

        if (!IsGood)
            yield return Problems.Count == 1 ? "1 problem." : $"{Problems.Count} problems.";
    }

    private static AbusePolicy? PolicyOf(PolicySource source, List<PolicyProblem> problems)
    {
        switch (PolicyFile.Read(source.File.Path, source.File.Text, [.. source.Notices.Select(n => n.Name)]))
        {
            case PolicyReading.Good good:
                return good.Policy;
            case PolicyReading.Bad bad:
                problems.AddRange(bad.Problems);
                return null;
            case var unknown:
                throw new System.Diagnostics.UnreachableException(unknown.GetType().Name);
        }
    }

    private static Dictionary<string, NoticeTemplate> NoticesOf(PolicySource source, List<PolicyProblem> problems)
    {
        var notices = new Dictionary<string, NoticeTemplate>(StringComparer.Ordinal);
        foreach (var file in source.Notices)
        {
            var reading = NoticeTemplate.Read(file.Name, file.Path, file.Text);
            if (reading is NoticeReading.Good good && !notices.TryAdd(file.Name, good.Template))
                problems.Add(new PolicyProblem(file.Path, 1, 1, "", $"There are two notices '{file.Name}'.", "Keep one."));
            else if (reading is NoticeReading.Bad bad)
                problems.AddRange(bad.Problems);
        }

        foreach (var name in NoticeNames.Required.Where(n => !source.Notices.Any(f => f.Name == n)))
            problems.Add(new PolicyProblem(source.File.Path, 1, 1, "", $"There is no notice '{name}'.", $"Write notices/{name}.md."));
        return notices;
    }

    private static bool Holds(SourceFile file, AbusePolicy policy, List<PolicyProblem> problems)
    {
        var found = ScenarioFile.Read(file.Path, file.Text) switch
        {
            ScenarioReading.Good good => ScenarioRun.Play(policy, good.Scenario),
            ScenarioReading.Bad bad => bad.Problems,
            var unknown => throw new System.Diagnostics.UnreachableException(unknown.GetType().Name),
        };
        problems.AddRange(found);
        return found.Count == 0;
    }
}
