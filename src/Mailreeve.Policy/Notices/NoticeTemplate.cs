using Mailreeve.Policy.Files;

namespace Mailreeve.Policy.Notices;

/// <summary>
/// A notice as it stands in <c>policy/notices</c>: a line <c>Subject: …</c>, an empty line, Markdown with placeholders.
/// <c>{evidence}</c>, <c>{clause-text}</c>, <c>{reason}</c>, <c>{wanted}</c> and <c>{reports}</c> have several lines and stand in a line of their own.
/// </summary>
/// <param name="Name">File name without <c>.md</c>.</param>
/// <param name="Subject">With placeholders.</param>
/// <param name="Body">Markdown with placeholders; lines end in LF.</param>
public sealed record NoticeTemplate(string Name, string Subject, string Body)
{
    /// <summary>Longest notice that is read, in characters.</summary>
    public const int LengthMax = 50_000;

    private const string SubjectField = "Subject: ";

    internal static readonly IReadOnlyList<string> Blocks = ["evidence", "clause-text", "reason", "wanted", "reports"];

    /// <summary>Reads a notice.</summary>
    /// <param name="name">File name without <c>.md</c>; it decides whom the notice is for, and so which placeholders it may use.</param>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="text">The file's text.</param>
    public static NoticeReading Read(string name, string fileName, string text)
    {
        var problems = new FileProblems(fileName);
        if (text.Length > LengthMax)
        {
            problems.Add(new Place(1, 1), "", $"The notice is longer than {LengthMax} characters.", "Write a shorter one.");
            return new NoticeReading.Bad(problems.InOrder());
        }

        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (!lines[0].StartsWith(SubjectField, StringComparison.Ordinal) || lines[0].AsSpan(SubjectField.Length).Trim().IsEmpty)
            problems.Add(new Place(1, 1), "", "The first line is the subject.", "Write Subject: and then a few words.");
        if (lines.Length < 2 || lines[1].Trim().Length > 0)
            problems.Add(new Place(2, 1), "", "The second line is empty.", "Put an empty line below the subject.");
        if (lines.Skip(1).All(string.IsNullOrWhiteSpace))
            problems.Add(new Place(3, 1), "", "The notice says nothing.", "Write some text below the subject.");

        CheckPlaceholders(name, lines, problems);
        if (problems.All.Count > 0)
            return new NoticeReading.Bad(problems.InOrder());
        var body = string.Join('\n', lines.Skip(2)).Trim('\n') + "\n";
        return new NoticeReading.Good(new NoticeTemplate(name, lines[0][SubjectField.Length..].Trim(), body));
    }

    /// <summary>The notice with everything in place.</summary>
    /// <exception cref="ArgumentException">The facts are those of another audience than the notice's.</exception>
    public RenderedNotice Render(AbusePolicy policy, ProviderFacts provider, NoticeFacts facts)
    {
        var values = new NoticeValues(policy, provider, facts);
        if (NoticeNames.PlaceholdersOf(Name).FirstOrDefault(p => !values.Has(p)) is { } missing)
            throw new ArgumentException($"The notice {Name} may use {{{missing}}}, which {facts.GetType().Name} does not have.", nameof(facts));

        return new RenderedNotice(
            MarkdownText.OneLine(Placeholders.Fill(Subject, values.Plain)),
            Placeholders.Fill(Body, values.Plain),
            Placeholders.Fill(Body, values.Markdown));
    }

    private static void CheckPlaceholders(string name, string[] lines, FileProblems problems)
    {
        IReadOnlyList<string> known = [.. NoticeNames.PlaceholdersOf(name), .. TermReader.Names, .. Placeholders.Provider];
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var (start, _, placeholder) in Placeholders.In(lines[i]))
            {
                var at = new Place(i + 1, start + 1);
                if (placeholder is null)
                    problems.Add(at, "", "A brace belongs to a placeholder.", "Write {name}, or leave the brace out.");
                else if (!known.Contains(placeholder))
                    problems.Add(at, placeholder, $"Nothing fills {{{placeholder}}} in the notice '{name}'.", Nearest.Remedy(placeholder, known));
                else if (Blocks.Contains(placeholder) && !StandsAlone(lines, i, placeholder))
                {
                    problems.Add(
                        at, placeholder, $"{{{placeholder}}} has several lines.", "Give it a line of its own with empty lines around it.");
                }
            }
        }
    }

    private static bool StandsAlone(string[] lines, int line, string placeholder) =>
        line >= 2 && lines[line] == $"{{{placeholder}}}" && lines[line - 1].Length == 0
        && (line + 1 == lines.Length || lines[line + 1].Length == 0);
}
