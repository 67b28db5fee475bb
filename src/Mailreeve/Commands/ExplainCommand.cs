using System.CommandLine;
using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Policy;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve explain case N</c></summary>
internal static class ExplainCommand
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var number = new Argument<long>("number") { Description = "The number of the case." };
        var @case = new Command("case", "Prints what happened to a case, in order: facts, clauses, decisions, measures.") { number };
        @case.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, settings, output) =>
        {
            if (Setup.ReadPolicy(settings.PolicyFolder, Console.Error) is not { } policy)
                return Setup.CannotBegin;
            var lines = await CaseExplanation.LinesAsync(database, policy.Policy, new CaseId(parsed.GetValue(number)), stop);
            foreach (var line in lines)
                await output.WriteLineAsync(line);
            return lines.Count == 0 ? 1 : 0;
        }));
        return new Command("explain", "Says why.") { config, @case };
    }
}
