using System.Text;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Policy.Scenarios;

/// <summary>Reads a file of <c>policy/scenarios</c>.</summary>
public static class ScenarioFile
{
    private const long SitesMax = 1000;

    /// <summary>Reads a scenario, or tells all that is wrong with it.</summary>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="text">The file's text.</param>
    public static ScenarioReading Read(string fileName, string text)
    {
        var problems = new FileProblems(fileName);
        if (text.Length > PolicyFile.LengthMax)
        {
            problems.Add(new Place(1, 1), "", $"The file is longer than {PolicyFile.LengthMax} characters.", "Write a shorter story.");
            return new ScenarioReading.Bad(problems.InOrder());
        }

        var file = new TableReader(problems, TomlTree.Read(fileName, text, problems.All), "");
        var title = file.Text("title", "A complaint that nobody answers leads to a block");
        var kind = file.Word<CaseKind>("kind");
        var resource = file.Text("resource", "192.0.2.7");
        Prefix address = default;
        var isName = kind == CaseKind.Postmaster;
        if (resource is not null && !isName && !Prefix.TryParse(resource.Value, out address))
            problems.Add(resource.At, "resource", $"'{resource.Value}' is not an address.", "Write it like \"192.0.2.7\".");
        if (resource is not null && isName && (Prefix.TryParse(resource.Value, out _) || !DomainName.IsValid(Encoding.UTF8.GetBytes(resource.Value))))
            problems.Add(resource.At, "resource", $"'{resource.Value}' is not a domain.", "Write it like \"customer.example\".");

        var addressBlock = Block(file, "block", problems) ?? (isName ? BlockFacts.Nothing : new BlockFacts([address], null, 0));
        var customerBlock = Block(file, "customer-block", problems) ?? addressBlock;
        var steps = Steps(file, problems);
        file.Finish();

        if (problems.All.Count > 0 || title is null || kind is null || resource is null)
            return new ScenarioReading.Bad(problems.InOrder());
        return new ScenarioReading.Good(new Scenario
        {
            File = fileName,
            Title = title.Value,
            Kind = kind.Value,
            Resource = isName ? resource.Value : address.ToString(),
            AddressBlock = addressBlock,
            CustomerBlock = customerBlock,
            Steps = steps,
        });
    }

    private static BlockFacts? Block(TableReader file, string key, FileProblems problems)
    {
        if (file.Table(key, required: false) is not { } table)
            return null;
        var prefixes = new List<Prefix>();
        foreach (var text in table.Texts("prefixes", "192.0.2.7") ?? [])
        {
            if (PrefixOf(text, table.KeyOf("prefixes"), problems) is { } prefix)
                prefixes.Add(prefix);
        }

        var never = table.TextIfAny("never-block", "192.0.2.0/28") is { } entry
            && PrefixOf(entry, table.KeyOf("never-block"), problems) is { } protectedPrefix
            ? new NeverBlockEntry(protectedPrefix, "protected in this scenario")
            : null;
        var others = table.WholeIfAny("other-customers") ?? 0;
        var sites = table.WholeIfAny("other-sites") ?? 0;
        table.Finish();
        return new BlockFacts(prefixes, never, others) { OtherSites = [.. Enumerable.Range(1, (int)Math.Clamp(sites, 0, SitesMax)).Select(n => $"site-{n}.example")] };
    }

    private static Prefix? PrefixOf(TomlValue.Text text, string key, FileProblems problems)
    {
        if (Prefix.TryParse(text.Value, out var prefix))
            return prefix;
        problems.Add(text.At, key, $"'{text.Value}' is not an address or prefix.", "Write it like \"192.0.2.0/28\".");
        return null;
    }

    private static List<ScenarioStep> Steps(TableReader file, FileProblems problems)
    {
        var tables = file.Tables("step");
        if (tables.Count == 0)
            problems.Add(file.At, "step", "This story has no steps.", "Write [[step]].");

        var steps = new List<ScenarioStep>();
        foreach (var table in tables)
        {
            if (Step(table, problems) is not { } step)
                continue;
            if (steps.Count > 0 && step.At < steps[^1].At)
                problems.Add(table.Entry("at")!.Value.At, table.KeyOf("at"), "This is before the step above.", "Put the steps in order of time.");
            if (steps.Count == 0 && step.Happened is not (ScenarioEvent.Complaint or ScenarioEvent.CheckFailed or ScenarioEvent.Detected))
            {
                problems.Add(
                    table.At, table.KeyOf("happened"), "A case begins with a complaint, or with a check or a sensor of ours.",
                    "Write happened = \"complaint\", \"check-failed\" or \"detected\".");
            }

            steps.Add(step);
        }

        return steps;
    }

    private static ScenarioStep? Step(TableReader table, FileProblems problems)
    {
        var at = Time(table, table.Text("at", "24 h"), "at", problems);
        var happened = table.Word<ScenarioEvent>("happened");
        var expect = table.Texts("expect", "notify complaint");
        var rung = table.TextIfAny("rung", "block-unanswered");
        var time = Time(table, table.TextIfAny("time", "12 h"), "time", problems);
        var trust = table.WordIfAny<TrustLevel>("trust");
        table.Finish();

        if (trust is not null && happened is not (ScenarioEvent.Complaint or ScenarioEvent.Detected))
            problems.Add(table.Entry("trust")!.Value.At, table.KeyOf("trust"), "Only a complaint changes it, or what sensors saw.", "Remove this line.");
        if (happened is ScenarioEvent.Confirmed or ScenarioEvent.Declined && rung is null)
            problems.Add(table.At, table.KeyOf("rung"), "Which question is decided?", "Write rung = \"block-unanswered\".");
        if (happened is ScenarioEvent.MoreTime && time is null)
            problems.Add(table.At, table.KeyOf("time"), "How much time is given?", "Write time = \"12 h\".");
        if (at is null || happened is null || expect is null)
            return null;
        return new ScenarioStep(
            at.Value, happened.Value, rung?.Value, time, [.. expect.Select(e => e.Value)], table.At.Line, table.At.Column)
        {
            Trust = trust,
        };
    }

    private static Duration? Time(TableReader table, TomlValue.Text? text, string key, FileProblems problems)
    {
        if (text is null)
            return null;
        if (DurationText.TryParse(text.Value, out var time))
            return time;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is not a duration.", "Write it like \"23 h 59 min 59 s\".");
        return null;
    }
}
