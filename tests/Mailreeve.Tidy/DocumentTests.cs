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

        Assert.Empty(scripts.Where(s => !Repository.Has(s)));
        Assert.Empty(scripts.Where(s => Repository.Has(s) && (File.GetUnixFileMode(Path.Combine(Repository.Root, s)) & UnixFileMode.UserExecute) == 0));
    }

    [Fact]
    public void Decision_records_are_numbered_without_gaps_and_say_what_was_decided()
    {
        var records = Repository.Files.Where(f => f.IsBelow("docs/decisions")).ToList();

        Assert.Equal(Enumerable.Range(0, records.Count), records.Select(r => int.Parse(Path.GetFileName(r.Path)[..4])));
        Assert.Empty(records.Where(r => !r.Text.Contains("\n## Decision\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_a_newcomer_looks_for_is_in_the_root() =>
        Assert.Empty(new[] { "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md" }.Where(f => !Repository.Has(f)));

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

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
