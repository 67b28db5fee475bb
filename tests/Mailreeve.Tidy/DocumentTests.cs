using System.Text.RegularExpressions;

namespace Mailreeve.Tidy;

public sealed partial class DocumentTests
{
    private static IEnumerable<RepositoryFile> Documents => Repository.Files.Where(f => f.HasExtension(".md") && !f.IsBelow("tests/cases"));

    [Fact]
    public void Links_lead_somewhere()
    {
        var broken = from document in Documents
                     from Match link in Links().Matches(WithoutFences(document.Text))
                     let target = link.Groups[1].Value
                     where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal) && !target.Contains('{', StringComparison.Ordinal)
                     where !Leads(document, target)
                     select $"{document.Path}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Files_that_the_documents_name_are_there()
    {
        // `src/Mailreeve.Storage/DbSession.cs` in running text. What has a placeholder in it is not a name.
        var missing = from document in Documents.Where(d => d.Path != "CHANGELOG.md")
                      from Match name in NamedFiles().Matches(WithoutFences(document.Text))
                      where !Repository.Has(name.Groups[1].Value.TrimEnd('/'))
                      select $"{document.Path}: {name.Groups[1].Value}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Programs_in_code_blocks_are_there_and_can_be_run()
    {
        var scripts = (from document in Documents
                       from Match fence in Fences().Matches(document.Text)
                       from Match command in Commands().Matches(fence.Value)
                       select command.Groups[1].Value).Append("test").Append("mailreeve").Append(".ci/run").Distinct();

        Assert.All(scripts, s => Assert.True(Repository.Has(s), $"{s} does not exist"));
        Assert.All(scripts, s => Assert.True(IsExecutable(s), $"{s} cannot be run"));
    }

    [Fact]
    public void Commands_that_the_documents_name_are_there()
    {
        var known = Repository.Files.Where(f => f.IsBelow("src/Mailreeve/Commands"))
            .SelectMany(f => CommandNames().Matches(f.Text))
            .Select(m => m.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var unknown = from document in Documents
                      from Match code in Code().Matches(document.Text)
                      from Match call in Calls().Matches(code.Value)
                      let words = call.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                      // The first word is a command, the second one a command below it, and what follows may be anything.
                      from word in words[0] is "serve" or "demo" ? words.Take(1) : words.Take(2)
                      where !known.Contains(word)
                      select $"{document.Path}: {call.Value}";

        Assert.NotEmpty(known);
        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_key_of_the_configuration_is_described()
    {
        var described = Repository.Files.Single(f => f.Path == "docs/operating/configuration.md").Text;
        var keys = Keys().Matches(Repository.Files.Single(f => f.Path == "src/Mailreeve/Configuration/SettingsFile.cs").Text)
            .Select(m => m.Groups[1].Value + m.Groups[2].Value)
            .Distinct()
            .ToList();

        Assert.NotEmpty(keys);
        Assert.DoesNotContain(keys, key => !Regex.IsMatch(described, $@"(?<![\w-]){Regex.Escape(key)}(?![\w-])"));
    }

    [Fact]
    public void Decision_records_are_numbered_without_gaps_and_carry_their_number()
    {
        var records = Repository.Files.Where(f => f.IsBelow("docs/decisions")).ToList();

        Assert.Equal(Enumerable.Range(0, records.Count), records.Select(r => int.Parse(Path.GetFileName(r.Path)[..4])));
        Assert.All(records, r => Assert.StartsWith($"# {int.Parse(Path.GetFileName(r.Path)[..4])}. ", r.Text));
    }

    [Fact]
    public void What_a_newcomer_looks_for_is_in_the_root() =>
        Assert.All(["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"], file => Assert.True(Repository.Has(file), $"{file} is missing"));

    private static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Repository.Root, path)).HasFlag(UnixFileMode.UserExecute);

    private static bool Leads(RepositoryFile document, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0
            ? document.Path
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document.Path)!, Uri.UnescapeDataString(parts[0]))));
        if (!Repository.Has(path))
            return false;
        return parts.Length == 1 || Headings(path).Contains(parts[1]);
    }

    // As the usual viewers make anchors of headings: lower case, blanks to hyphens, punctuation gone.
    private static IEnumerable<string> Headings(string path) =>
        File.ReadLines(Path.Combine(Repository.Root, path))
            .Where(l => l.StartsWith('#'))
            .Select(l => NotInAnchors().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutFences(string text) => Fences().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)[^)]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"`((?:src|tests|docs|policy|bench|\.ci)/[\w./-]+)`")]
    private static partial Regex NamedFiles();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^\s*(?:\$ |[A-Z_]+=\S+ )*\./([\w./-]+)", RegexOptions.Multiline)]
    private static partial Regex Commands();

    // A block between fences, or a few words between backticks.
    [GeneratedRegex(@"^```.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    // "mailreeve policy check …" up to what is no command any more: an option, a number, a placeholder, a file.
    [GeneratedRegex(@"(?<=(?:^|[\s`])(?:\./)?)mailreeve((?: [a-z]+(?![\w./=|@-]))+)")]
    private static partial Regex Calls();

    [GeneratedRegex("new Command\\(\"(\\w+)\"")]
    private static partial Regex CommandNames();

    // The key is the first argument of each question that is put to a table, and the second of the few that take the table first.
    [GeneratedRegex("(?:Table|Tables|Text|Texts|TextIfAny|WholeIfAny|WordIfAny<\\w+>|Truth|TruthIfAny)\\(\"([\\w-]+)\"|(?:EndPoints|PrefixesIfAny|Prefixes)\\(\\w+, \"([\\w-]+)\"")]
    private static partial Regex Keys();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
