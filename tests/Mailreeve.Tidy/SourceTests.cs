using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Mailreeve.Tidy;

public sealed partial class SourceTests
{
    // Interfaces with fewer than two implementations in the program, and why they are there.
    private static readonly Dictionary<string, string> Seams = new(StringComparer.Ordinal)
    {
        ["IClerkGrain"] = "Orleans calls a grain through an interface, of which it makes the other implementation itself.",
        ["IMailboxGrain"] = "The same.",
        ["ISenderGrain"] = "The same.",
        ["IDestinationGrain"] = "The same.",
    };

    private static IEnumerable<RepositoryFile> AllCode => Repository.Files.Where(f => f.HasExtension(".cs", ".razor"));

    [Fact]
    public void Nothing_is_async_void() =>
        Assert.Empty(Repository.Find(AllCode.Where(f => !f.Path.StartsWith("tests/Mailreeve.Tidy/", StringComparison.Ordinal)), AsyncVoid()));

    [Fact]
    public void An_interface_has_two_implementations_or_a_reason()
    {
        var code = string.Join('\n', Repository.Sources.Select(f => f.Text));
        var lonely = InterfaceDeclarations().Matches(code)
            .Select(m => m.Groups[1].Value)
            .Where(name => Regex.Count(code, $@"\b(?:class|record|struct)\b[^;{{}}]*?:[^;{{}}]*?\b{name}\b") < 2)
            .ToList();

        Assert.Empty(lonely.Except(Seams.Keys));
        Assert.Empty(Seams.Keys.Except(lonely));
    }

    [Fact]
    public void An_rfc_is_cited_as_number_and_section_sign()
    {
        // "RFC 5321 §4.5.2", or "RFC 5321" for the whole of it. A citation that a reader cannot search for is worth nothing.
        // In one word, the oldest of them is a fetch item of IMAP.
        var comments = Repository.Sources.Concat(Repository.Files.Where(f => f.HasExtension(".md")));

        Assert.Empty(Repository.Find(comments, RfcMentions(), m => m.Value is "RFC822" or "Rfc822" || RfcForm().IsMatch(m.Value)));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        // Written in pieces, or this file would find itself.
        var later = new Regex(@"\b(" + "TO" + "DO|FIX" + "ME|HA" + "CK|X" + @"XX)\b|NotImplemented" + "Exception");

        Assert.Empty(Repository.Find(Repository.Files.Where(f => f.HasExtension(".cs", ".razor", ".md", ".sql", ".toml", ".css", ".js", ".csproj")), later));
    }

    [Fact]
    public void No_merge_was_left_half_done() =>
        Assert.Empty(Repository.Find(Repository.Files.Where(f => !f.IsBelow("tests/cases")), MergeMarkers()));

    [Fact]
    public void Log_lines_of_a_project_stand_in_one_file_with_an_id_each()
    {
        var elsewhere = Repository.Sources.Where(f => Path.GetFileName(f.Path) != "Log.cs" && f.Text.Contains("[LoggerMessage", StringComparison.Ordinal));
        var logs = Repository.Sources.Where(f => Path.GetFileName(f.Path) == "Log.cs").ToList();
        var twice = from log in logs
                    let ids = EventIds().Matches(log.Text).Select(m => m.Groups[1].Value).ToList()
                    from id in ids.Where(i => ids.Count(other => other == i) > 1).Distinct()
                    select $"{log.Path}: event id {id} more than once";

        Assert.Empty(elsewhere);
        Assert.Empty(twice);
        Assert.All(logs.GroupBy(l => l.Path.Split('/')[1]), g => Assert.Single(g));
    }

    [Fact]
    public void No_test_waits_for_a_fixed_time()
    {
        // Tests themselves; what they are made of may pause between two looks at a condition, or play a client that does.
        var tests = Repository.Files.Where(f => f.IsBelow("tests") && f.Path.EndsWith("Tests.cs", StringComparison.Ordinal) && !f.IsBelow("tests/Mailreeve.Tidy"));

        Assert.Empty(Repository.Find(tests, FixedWaits()));
    }

    [Fact]
    public void Both_databases_have_the_same_migrations_numbered_without_gaps()
    {
        var folders = Repository.Files.Where(f => f.IsBelow("src/Mailreeve.Storage/Migrations") && f.HasExtension(".sql"))
            .ToLookup(f => f.Path.Split('/')[3], f => Path.GetFileName(f.Path));

        Assert.Equal(["PostgreSql", "Sqlite"], folders.Select(f => f.Key).Order(StringComparer.Ordinal));
        Assert.Equal(folders["PostgreSql"], folders["Sqlite"]);
        Assert.Equal(Enumerable.Range(1, folders["Sqlite"].Count()), folders["Sqlite"].Select(name => int.Parse(name[..4])));
    }

    // A database that ran a migration never runs it again: what is added to it there is missing for good.
    [Fact]
    public void A_migration_that_has_landed_is_never_edited()
    {
        var landed = Repository.Files.Single(f => f.Path == "tests/Mailreeve.Tidy/landed-migrations.txt").Lines
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split("  ")).ToDictionary(parts => parts[1], parts => parts[0]);
        var files = Repository.Files.Where(f => f.IsBelow("src/Mailreeve.Storage/Migrations") && f.HasExtension(".sql"))
            .ToDictionary(f => string.Join('/', f.Path.Split('/')[^2..]), f => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(f.Text))));

        Assert.Equal(landed, landed.ToDictionary(l => l.Key, l => files.GetValueOrDefault(l.Key, "it is gone")));
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), landed.Keys.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^(<{7}|>{7}) ")]
    private static partial Regex MergeMarkers();

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex InterfaceDeclarations();

    // A mention up to the section, however it was written.
    [GeneratedRegex(@"(?:\bRFCs?[\s-]*|\b[Rr]fcs?[\s-]+)\d+(?:,?\s*(?:§+\s*|[Ss]ections?\s+|[Ss]ec\.\s*|[Cc]hapters?\s+|[Pp]aragraphs?\s+|[Aa]ppendix\s+)[\w.]+)?")]
    private static partial Regex RfcMentions();

    [GeneratedRegex(@"^RFC [1-9]\d{1,4}( §[1-9A-Z]\w*(\.\d+)*\.?)?$")]
    private static partial Regex RfcForm();

    [GeneratedRegex(@"\[LoggerMessage\((\d+)")]
    private static partial Regex EventIds();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\((?!Timeout\.Infinite|Timeout\.InfiniteTimeSpan|-1)")]
    private static partial Regex FixedWaits();
}
