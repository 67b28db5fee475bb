using System.Text.RegularExpressions;

namespace Mailreeve.Tidy;

/// <summary>The files of the repository, as text.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs = new(StringComparer.Ordinal) { ".git", "bin", "obj", "artifacts", ".vs", ".idea", "node_modules" };

    private static readonly HashSet<string> Binary = new(StringComparer.Ordinal) { ".bin", ".png", ".ico", ".jpg", ".woff2", ".gz", ".zip", ".pfx" };

    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file with text, path from the root on, with forward slashes.</summary>
    public static IReadOnlyList<RepositoryFile> Files { get; } =
        [.. Below(Root).Select(path => new RepositoryFile(Path.GetRelativePath(Root, path))).OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>Files of the program.</summary>
    public static IEnumerable<RepositoryFile> Sources => Files.Where(f => f.IsBelow("src") && f.HasExtension(".cs", ".razor"));

    /// <summary>Whether a file or folder is there.</summary>
    public static bool Has(string path) =>
        File.Exists(System.IO.Path.Combine(Root, path)) || Directory.Exists(System.IO.Path.Combine(Root, path));

    /// <summary>Places, as a compiler writes them, where the pattern matches and is not forgiven.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<RepositoryFile> files, Regex pattern, Func<Match, bool>? isFine = null) =>
    [
        .. from file in files
           from line in file.Lines.Select((text, i) => (text, number: i + 1))
           from Match match in pattern.Matches(line.text)
           where isFine is null || !isFine(match)
           select $"{file.Path}:{line.number}: {match.Value}",
    ];

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => !NotOurs.Contains(Path.GetFileName(f)) && !Binary.Contains(Path.GetExtension(f)))
            .Concat(Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Below));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mailreeve.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no clone of the repository.");
    }
}

/// <summary>One file.</summary>
internal sealed class RepositoryFile(string path)
{
    private readonly Lazy<string> text = new(() => File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));

    /// <summary>Path from the root on.</summary>
    public string Path { get; } = path;

    /// <summary>What is in it.</summary>
    public string Text => text.Value;

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines => Text.Split('\n');

    /// <summary>Whether it lies in this folder.</summary>
    public bool IsBelow(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>Whether its name ends so.</summary>
    public bool HasExtension(params string[] extensions) => extensions.Contains(System.IO.Path.GetExtension(Path));

    public override string ToString() => Path;
}
