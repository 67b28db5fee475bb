using Mailreeve.Policy.Cases;
using NodaTime;

namespace Mailreeve.Policy.Files;

/// <summary>Reads the <c>[[ladder]]</c> tables with their <c>[[ladder.rung]]</c> tables.</summary>
/// <param name="problems">What is wrong.</param>
/// <param name="clocks">Terms that may be a ladder's clock.</param>
/// <param name="notices">Notices that exist, by file name without <c>.md</c>.</param>
internal sealed class LadderReader(
    FileProblems problems, IReadOnlyDictionary<string, Term<Duration>> clocks, IReadOnlyCollection<string> notices)
{
    private readonly List<(TomlValue.Text Clause, string Key)> cited = [];
    private readonly Dictionary<(bool ForSites, string Type), int> lineOfType = [];
    private readonly Dictionary<CaseKind, int> lineOfKind = [];

    /// <summary>Clauses that ladders and rungs cite, with where they do.</summary>
    public IReadOnlyList<(TomlValue.Text Clause, string Key)> Cited => cited;

    public List<Ladder> Read(TableReader file)
    {
        var ladders = new List<Ladder>();
        foreach (var table in file.Tables("ladder"))
        {
            if (ReadOne(table) is { } ladder)
                ladders.Add(ladder);
        }

        foreach (var kind in Enum.GetValues<CaseKind>().Where(k => !lineOfKind.ContainsKey(k)))
        {
            problems.Add(
                file.At, "ladder", $"There is no ladder for {Words.Of(kind)}.", $"Write [[ladder]] with kind = \"{Words.Of(kind)}\".");
        }

        return ladders;
    }

    private Ladder? ReadOne(TableReader table)
    {
        var kind = table.Word<CaseKind>("kind");
        var clause = Clause(table);
        var forSites = table.Truth("for-sites");
        var types = Types(table, forSites);
        var clock = Clock(table);
        var rungs = Rungs(table);
        table.Finish();

        if (kind is { } known && !lineOfKind.TryAdd(known, table.At.Line))
        {
            problems.Add(
                table.At, table.KeyOf("kind"), $"{Words.Of(known)} already has a ladder in line {lineOfKind[known]}.", "Keep one of the two.");
            return null;
        }

        if (kind is null || clause is not { } id || types is null || clock is null || rungs is null)
            return null;
        return new Ladder { Kind = kind.Value, Clause = id, Types = types, ForSites = forSites, AnswerWithin = clock, Rungs = rungs };
    }

    private List<string>? Types(TableReader table, bool forSites)
    {
        if (table.Texts("types", "messaging/spam") is not { } texts)
            return null;
        foreach (var type in texts)
        {
            if (!XarfTypes.All.Contains(type.Value))
            {
                problems.Add(
                    type.At, table.KeyOf("types"), $"'{type.Value}' is not a type of XARF v4.",
                    Nearest.To(type.Value, XarfTypes.All) is { } near ? $"Did you mean '{near}'?" : "See https://xarf.org.");
            }
            else if (!lineOfType.TryAdd((forSites, type.Value), type.At.Line))
            {
                problems.Add(
                    type.At, table.KeyOf("types"), $"{type.Value} already leads to the ladder in line {lineOfType[(forSites, type.Value)]}.",
                    "A type belongs to one ladder, and to one more that is for sites.");
            }
        }

        return [.. texts.Select(t => t.Value)];
    }

    private Term<Duration>? Clock(TableReader table)
    {
        if (table.Text("clock", "answer-within") is not { } name)
            return null;
        if (clocks.TryGetValue(name.Value, out var clock))
            return clock;

        // A term that is wrong was reported where it stands.
        if (!TermReader.Names.Contains(name.Value))
        {
            problems.Add(
                name.At, table.KeyOf("clock"), $"There is no term '{name.Value}'.", Nearest.Remedy(name.Value, TermReader.Names));
        }
        else if (!TimeNames.Contains(name.Value))
        {
            problems.Add(name.At, table.KeyOf("clock"), $"'{name.Value}' is not a duration.", $"Possible: {string.Join(", ", TimeNames)}.");
        }

        return null;
    }

    private static readonly IReadOnlyList<string> TimeNames = ["answer-within", "suspend-after-notice", "close-relay-within", "read-postmaster-within"];

    private List<Rung>? Rungs(TableReader ladder)
    {
        var tables = ladder.Tables("rung");
        if (tables.Count == 0)
        {
            if (ladder.Entry("rung") is null or { Value: TomlValue.List { Items.Count: 0 } })
                problems.Add(ladder.At, ladder.KeyOf("rung"), "This ladder has no rungs.", "Write [[ladder.rung]] below it.");
            return null;
        }

        var rungs = new List<Rung>();
        foreach (var table in tables)
        {
            if (RungOf(table, rungs) is { } rung)
                rungs.Add(rung);
        }

        if (rungs.Count < tables.Count)
            return null;
        if (!rungs.Exists(r => r is { When: RungTrigger.Opened, Measure: RungMeasure.Notify }))
        {
            problems.Add(
                ladder.At, ladder.KeyOf("rung"), "Nobody would be told: no rung notifies when the case is opened, and no clock would start.",
                "Add a rung with when = \"opened\" and measure = \"notify\".");
        }

        return rungs;
    }

    private Rung? RungOf(TableReader table, List<Rung> before)
    {
        var name = table.Text("name", "notify");
        var when = table.Word<RungTrigger>("when");
        var measure = table.Word<RungMeasure>("measure");
        var mode = table.Word<RungMode>("mode");
        var clause = Clause(table);
        var notice = table.TextIfAny("notice", "complaint");
        table.Finish();

        if (name is not null)
            CheckName(table, name, before);
        if (notice is not null && !notices.Contains(notice.Value))
        {
            problems.Add(
                notice.At, table.KeyOf("notice"), $"There is no notice '{notice.Value}'.",
                Nearest.To(notice.Value, notices) is { } near ? $"Did you mean '{near}'?" : $"Write policy/notices/{notice.Value}.md.");
        }

        if (name is null || when is null || measure is null || mode is null || clause is not { } id)
            return null;
        CheckSense(table, when.Value, measure.Value, notice);
        if (measure == RungMeasure.Refer)
            CheckReferred(table, mode.Value, notice);
        return new Rung(name.Value, when.Value, measure.Value, mode.Value, id, notice?.Value);
    }

    private void CheckName(TableReader table, TomlValue.Text name, List<Rung> before)
    {
        // The name becomes part of a step's name, which '#', '+' and '/' divide.
        if (!name.Value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            problems.Add(name.At, table.KeyOf("name"), $"'{name.Value}' is not a name.", "Use lower-case letters, digits and hyphens.");
        else if (before.Exists(r => r.Name == name.Value))
            problems.Add(name.At, table.KeyOf("name"), $"This ladder already has a rung '{name.Value}'.", "Give each rung its own name.");
    }

    // What the words allow and the program cannot do, or must not.
    private void CheckSense(TableReader table, RungTrigger when, RungMeasure measure, TomlValue.Text? notice)
    {
        if (measure == RungMeasure.Notify && notice is null && table.Entry("notice") is null)
            problems.Add(table.At, table.KeyOf("notice"), "A rung that notifies needs a notice.", "Write notice = \"complaint\".");
        if (measure != RungMeasure.Charge)
            return;
        if (when != RungTrigger.Complaint)
        {
            problems.Add(
                table.Entry("when")!.Value.At, table.KeyOf("when"), "A charge is for a complaint, one for each.", "Write when = \"complaint\".");
        }

        if (notice is not null)
            problems.Add(notice.At, table.KeyOf("notice"), "A proposed charge sends no notice.", "Remove this line.");
    }

    // It is put before a person, and nothing else happens.
    private void CheckReferred(TableReader table, RungMode mode, TomlValue.Text? notice)
    {
        if (mode != RungMode.Ask)
            problems.Add(table.Entry("mode")!.Value.At, table.KeyOf("mode"), "What is referred is for a person to decide.", "Write mode = \"ask\".");
        if (notice is not null)
            problems.Add(notice.At, table.KeyOf("notice"), "What is referred sends no notice.", "Remove this line.");
    }

    private ClauseId? Clause(TableReader table)
    {
        if (table.Text("clause", "C4") is not { } text)
            return null;
        cited.Add((text, table.KeyOf("clause")));
        return new ClauseId(text.Value);
    }
}
