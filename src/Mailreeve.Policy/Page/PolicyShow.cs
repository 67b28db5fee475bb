using Mailreeve.Policy.Files;

namespace Mailreeve.Policy.Page;

/// <summary>The policy on a terminal: the page, and the steps that follow on each kind of case.</summary>
public static class PolicyShow
{
    /// <summary>Lines of <c>mailreeve policy show</c>.</summary>
    public static IEnumerable<string> Lines(AbusePolicy policy, ProviderFacts provider)
    {
        var page = PolicyPage.Of(policy, provider);
        yield return page.Title;
        yield return $"Revision {page.Revision}, in force from {page.InForceFrom:uuuu-MM-dd}";
        foreach (var section in page.Sections)
        {
            yield return "";
            yield return section.Heading.ToUpperInvariant();
            foreach (var clause in section.Clauses)
            {
                yield return "";
                yield return $"{clause.Id,-4} {clause.Title}";
                foreach (var line in ProviderText.FillPlain(policy.ClauseOf(clause.Id).Text, provider).Split('\n'))
                    yield return line.Length == 0 ? "" : $"     {line}";
            }
        }

        yield return "";
        yield return "WHAT FOLLOWS";
        foreach (var ladder in policy.Ladders)
        {
            yield return "";
            yield return $"{Words.Of(ladder.Kind)} ({ladder.Clause}), {DurationText.Human(ladder.AnswerWithin.Value)} to answer";
            foreach (var rung in ladder.Rungs)
            {
                var step = $"     {Words.Of(rung.When),-11} {Words.Of(rung.Measure),-16} {Words.Of(rung.Mode),-5}";
                yield return $"{step} {rung.Clause,-4} {rung.Notice}".TrimEnd();
            }
        }
    }
}
