using System.Text;
using Mailreeve.Protocols.Smtp;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Files;

/// <summary>Reads <c>policy/policy.toml</c>: one file holds the words, the numbers and the steps.</summary>
/// <remarks>
/// All mistakes are told at once, each with its place and what to write instead; a file with a mistake gives no policy.
/// Placeholders of terms are filled here, those of <see cref="ProviderFacts"/> when a text is shown.
/// </remarks>
public static class PolicyFile
{
    /// <summary>Longest file that is read, in characters. A policy has some twenty thousand.</summary>
    public const int LengthMax = 1_000_000;

    /// <summary>Reads a policy.</summary>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="notices">Notices that exist: file names without <c>.md</c>.</param>
    public static PolicyReading Read(string fileName, string text, IReadOnlyCollection<string> notices)
    {
        var problems = new FileProblems(fileName);
        if (text.Length > LengthMax)
        {
            problems.Add(new Place(1, 1), "", $"The file is longer than {LengthMax} characters.", "Write a shorter policy.");
            return new PolicyReading.Bad(problems.InOrder());
        }

        var file = new TableReader(problems, TomlTree.Read(fileName, text, problems.All), "");
        var revision = file.Text("revision", "20020201");
        var inForce = Date(file, problems);
        var title = file.Text("title", "Anti-spam policy of {provider}");
        var termReader = new TermReader(problems, file.Table("terms", required: true));
        var terms = termReader.Read();
        var mailboxProviders = MailboxProviders(file, problems);
        var clauses = new ClauseReader(problems).Read(file.Tables("clause"));
        var ladderReader = new LadderReader(problems, termReader.Clocks, notices);
        var ladders = ladderReader.Read(file);
        file.Finish();

        var texts = new TextReading(problems, text, terms);
        var filledTitle = texts.Fill(title, "title");
        var filled = clauses.ConvertAll(e => e.Clause with
        {
            Title = texts.Fill(e.Title, e.Table.KeyOf("title")),
            Text = texts.Fill(e.Text, e.Table.KeyOf("text")),
        });
        CheckCitations(problems, clauses, [.. termReader.Cited, .. ladderReader.Cited]);
        if (revision is not null && !revision.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            problems.Add(revision.At, "revision", $"'{revision.Value}' is not a revision.", "Use letters, digits, hyphens and points.");

        if (problems.All.Count > 0 || revision is null || inForce is not { } from || terms is null)
            return new PolicyReading.Bad(problems.InOrder());
        return new PolicyReading.Good(new AbusePolicy
        {
            Revision = revision.Value,
            InForceFrom = from,
            Title = filledTitle,
            Clauses = filled,
            Terms = terms,
            Ladders = ladders,
            MailboxProviders = mailboxProviders,
        });
    }

    private static IReadOnlyList<string> MailboxProviders(TableReader file, FileProblems problems)
    {
        if (file.Table("trust", required: false) is not { } table)
            return [];
        var domains = table.Texts("mailbox-providers", "mailboxes.example") ?? [];
        table.Finish();
        foreach (var domain in domains.Where(d => !DomainName.IsValid(Encoding.UTF8.GetBytes(d.Value)) || d.Value.Any(char.IsUpper)))
            problems.Add(domain.At, table.KeyOf("mailbox-providers"), $"'{domain.Value}' is not a domain in lower case.", "Write it like \"mailboxes.example\".");
        return [.. domains.Select(d => d.Value)];
    }

    private static LocalDate? Date(TableReader file, FileProblems problems)
    {
        if (file.Text("in-force", "2002-02-01") is not { } text)
            return null;
        if (LocalDatePattern.Iso.Parse(text.Value).TryGetValue(default, out var date))
            return date;
        problems.Add(text.At, "in-force", $"'{text.Value}' is not a day.", "Write it like \"2002-02-01\".");
        return null;
    }

    private static void CheckCitations(
        FileProblems problems, List<ClauseEntry> clauses, List<(TomlValue.Text Clause, string Key)> cited)
    {
        var ids = clauses.ConvertAll(e => e.Clause.Id.Value);
        foreach (var (clause, key) in cited.Where(c => !ids.Contains(c.Clause.Value)))
            problems.Add(clause.At, key, $"There is no clause {clause.Value}.", Nearest.Remedy(clause.Value, ids));

        foreach (var entry in clauses)
        {
            var isCited = cited.Exists(c => c.Clause.Value == entry.Clause.Id.Value);
            if (!isCited && !entry.Clause.Informative && entry.Clause.UpheldBy is null)
            {
                problems.Add(
                    entry.Id.At, entry.Table.KeyOf("id"), $"Nothing rests on clause {entry.Clause.Id}: no term, ladder or rung cites it.",
                    "Cite it, or say what keeps it with upheld-by, or that it only explains with informative = true.");
            }
            else if (isCited && entry.Clause.Informative)
            {
                problems.Add(
                    entry.Id.At, entry.Table.KeyOf("informative"), $"Clause {entry.Clause.Id} is cited, so it is not only informative.",
                    "Remove informative.");
            }
        }
    }
}
