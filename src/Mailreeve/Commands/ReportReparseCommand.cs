using System.CommandLine;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve report reparse [--id N] [--since DAY] [--outcome WORD] [--apply]</c></summary>
internal static class ReportReparseCommand
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();
    private static readonly Option<long?> Id = new("--id") { Description = "One report, by its number." };
    private static readonly Option<string?> Since = new("--since") { Description = "Those that arrived on this day or later, as 2026-03-31 (UTC)." };

    private static readonly Option<string?> Outcome = new("--outcome")
    {
        Description = $"Those of which this became: {string.Join(", ", Enum.GetValues<ReportOutcome>().Select(o => EnumText.Of(o)))}.",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Give back to the intake what waits for a person and is read differently now. What made a case is only shown.",
    };

    public static Command Make()
    {
        var command = new Command("reparse", "Reads the kept reports again and shows what the present reader makes of them otherwise.")
        {
            Config, Id, Since, Outcome, Apply,
        };
        command.SetAction((parsed, stop) => FilterOf(parsed) is { } filter
            ? Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => RunAsync(database, filter, parsed.GetValue(Apply), output, stop))
            : Task.FromResult(Setup.CannotBegin));
        return command;
    }

    private static async Task<int> RunAsync(Database database, ReparseFilter filter, bool apply, TextWriter output, CancellationToken stop)
    {
        var (differing, returnable, returned) = (0, 0, 0);
        await foreach (var report in ReportReparse.RunAsync(database, filter, apply, stop))
        {
            differing++;
            returnable += report.MayBeReturned ? 1 : 0;
            returned += report.IsReturned ? 1 : 0;
            foreach (var line in LinesOf(report))
                await output.WriteLineAsync(ReportShow.Clean(line));
        }

        await output.WriteLineAsync(
            differing == 0 ? "Nothing is read differently."
            : apply ? $"{differing} are read differently; {returned} of them were given back to the intake."
            : $"{differing} are read differently; --apply gives {returnable} of them back to the intake.");
        return 0;
    }

    private static IEnumerable<string> LinesOf(ReparsedReport report)
    {
        var format = report.FormatBefore == report.FormatNow ? report.FormatNow : $"{report.FormatBefore} -> {report.FormatNow}";
        var outcome = report.Outcome is { } was ? EnumText.Of(was) : "no outcome";
        yield return $"{report.Id,8}  {format}  {outcome}{(report.IsReturned ? ", given back" : "")}{(report.NeedsPersonNow is { } why ? $", for a person: {why}" : "")}";
        foreach (var (before, now) in report.Changes)
        {
            if (before is not null)
                yield return $"          - {Text(before)}";
            if (now is not null)
                yield return $"          + {Text(now)}";
        }
    }

    private static string Text(ObservationFacts facts) =>
        $"{facts.Type}  {facts.Role}  {facts.Named}{(facts.Port is { } port ? $" port {port}" : "")}  {(facts.At is { } at ? $"{at} ({facts.Confidence})" : "no time")}";

    private static ReparseFilter? FilterOf(ParseResult parsed)
    {
        Instant? since = null;
        ReportOutcome? outcome = null;
        if (parsed.GetValue(Since) is { } day)
        {
            if (LocalDatePattern.Iso.Parse(day) is not { Success: true, Value: var date })
            {
                Console.Error.WriteLine($"'{day}' is no day; write it as 2026-03-31.");
                return null;
            }

            since = date.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();
        }

        if (parsed.GetValue(Outcome) is { } word)
        {
            if (!EnumText.TryParse<ReportOutcome>(word, out var known))
            {
                Console.Error.WriteLine($"'{word}' is no outcome; there are {string.Join(", ", Enum.GetValues<ReportOutcome>().Select(o => EnumText.Of(o)))}.");
                return null;
            }

            outcome = known;
        }

        return new ReparseFilter { Id = parsed.GetValue(Id) is { } id ? new ReportId(id) : null, Since = since, Outcome = outcome };
    }
}
