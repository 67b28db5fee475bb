namespace Mailreeve.Policy.Files;

/// <summary>A clause as it stands in the file: its text not yet filled, and null where it was missing or wrong.</summary>
internal sealed record ClauseEntry(Clause Clause, TomlValue.Text Id, TomlValue.Text? Title, TomlValue.Text? Text, TableReader Table);

/// <summary>Reads the <c>[[clause]]</c> tables.</summary>
internal sealed class ClauseReader(FileProblems problems)
{
    public List<ClauseEntry> Read(IReadOnlyList<TableReader> tables)
    {
        var entries = new List<ClauseEntry>();
        foreach (var table in tables)
        {
            if (ReadOne(table) is not { } entry)
                continue;
            if (entries.Find(e => e.Clause.Id == entry.Clause.Id) is { } first)
            {
                problems.Add(
                    entry.Id.At, table.KeyOf("id"), $"Clause {entry.Clause.Id} is already in line {first.Id.At.Line}.", "Give each clause its own id.");
                continue;
            }

            entries.Add(entry);
        }

        return entries;
    }

    private ClauseEntry? ReadOne(TableReader table)
    {
        var id = table.Text("id", "C4");
        var title = table.Text("title", "Complaint and block");
        var section = table.Word<ClauseSection>("section");
        var text = table.Text("text", "You have {answer-within} to answer.");
        var upheldBy = table.WordIfAny<UpheldBy>("upheld-by");
        var informative = table.Truth("informative");
        table.Finish();

        if (id is not null && !id.Value.All(char.IsAsciiLetterOrDigit))
        {
            problems.Add(id.At, table.KeyOf("id"), $"'{id.Value}' is not an id.", "Use letters and digits: C4.");
            return null;
        }

        if (informative && upheldBy is not null)
        {
            problems.Add(
                table.Entry("upheld-by")!.At, table.KeyOf("upheld-by"), "A clause that only informs has nothing to uphold.",
                "Remove informative or upheld-by.");
        }

        // A clause with another mistake is still there for whoever cites it.
        if (id is null)
            return null;
        var clause = new Clause(new ClauseId(id.Value), title?.Value ?? "", text?.Value ?? "")
        {
            Section = section ?? ClauseSection.Policy,
            UpheldBy = upheldBy,
            Informative = informative,
        };
        return new ClauseEntry(clause, id, title, text, table);
    }
}
