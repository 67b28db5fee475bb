using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mailreeve.Tidy;

public sealed class ProjectTests
{
    // Who may reference whom. Mail, AbuseDesk, Network and Accounts do not know each other: a hand-over is a row.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Mailreeve.Protocols"] = [],
        ["Mailreeve.Policy"] = ["Mailreeve.Protocols"],
        ["Mailreeve.Storage"] = ["Mailreeve.Policy"],
        ["Mailreeve.Mail"] = ["Mailreeve.Storage"],
        ["Mailreeve.AbuseDesk"] = ["Mailreeve.Storage"],
        ["Mailreeve.Network"] = ["Mailreeve.Storage"],
        ["Mailreeve.Accounts"] = ["Mailreeve.Storage"],
        ["Mailreeve.Web"] = ["Mailreeve.Mail", "Mailreeve.AbuseDesk", "Mailreeve.Network", "Mailreeve.Accounts"],
        ["Mailreeve"] = ["Mailreeve.Web"],
    };

    private static IEnumerable<RepositoryFile> Projects => Repository.Files.Where(f => f.HasExtension(".csproj"));

    private static IEnumerable<RepositoryFile> ProgramProjects => Projects.Where(f => f.IsBelow("src"));

    [Fact]
    public void Projects_reference_each_other_in_one_direction()
    {
        var wrong = from project in ProgramProjects
                    from reference in Items(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r))
                    where !Allowed[Name(project)].Contains(reference)
                    select $"{Name(project)} references {reference}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void There_are_the_nine_projects_and_each_is_in_the_solution()
    {
        var solution = Repository.Files.Single(f => f.Path == "Mailreeve.slnx").Text;

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), ProgramProjects.Select(Name).Order(StringComparer.Ordinal));
        Assert.All(Projects.Where(p => !p.IsBelow("bench")), p => Assert.Contains($"\"{p.Path}\"", solution));
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_file_and_locks_beside_each_project()
    {
        Assert.Empty(Repository.Find(Projects, new Regex("<PackageReference[^>]*\\bVersion=")));
        Assert.All(Projects, p => Assert.True(Repository.Has($"{Path.GetDirectoryName(p.Path)}/packages.lock.json"), $"{p} has no lock file"));
    }

    [Fact]
    public void Packages_that_are_named_are_used()
    {
        var named = XDocument.Parse(Repository.Files.Single(f => f.Path == "Directory.Packages.props").Text)
            .Descendants("ItemGroup")
            .Where(g => !((string?)g.Attribute("Label") ?? "").StartsWith("Pinned", StringComparison.Ordinal))
            .Elements("PackageVersion")
            .Select(p => (string)p.Attribute("Include")!);
        var used = Repository.Files.Where(f => f.HasExtension(".csproj", ".targets", ".props"))
            .SelectMany(f => Items(f, "PackageReference"))
            .ToHashSet(StringComparer.Ordinal);

        // In use as soon as the project they are for is there.
        string[] awaited = ["BenchmarkDotNet", "MudBlazor", "HtmlSanitizer", "Microsoft.Orleans.Sdk", "OpenTelemetry.Extensions.Hosting"];
        Assert.Empty(named.Except(used).Except(awaited));
    }

    private static string Name(RepositoryFile project) => Path.GetFileNameWithoutExtension(project.Path);

    private static IEnumerable<string> Items(RepositoryFile project, string kind) =>
        XDocument.Parse(project.Text).Descendants(kind).Select(e => (string?)e.Attribute("Include")).OfType<string>();
}
