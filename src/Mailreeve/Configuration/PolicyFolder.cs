using Mailreeve.Policy;

namespace Mailreeve.Configuration;

/// <summary>Reads the files under <c>policy/</c>.</summary>
internal static class PolicyFolder
{
    /// <summary>All files of the folder.</summary>
    /// <exception cref="IOException">The folder, or a file, cannot be read.</exception>
    public static PolicySource Read(string folder, bool withScenarios) => new(
        File(folder, "policy.toml"),
        Files(folder, "notices", "*.md"),
        withScenarios ? Files(folder, "scenarios", "*.toml") : []);

    private static List<SourceFile> Files(string folder, string sub, string pattern)
    {
        var path = Path.Combine(folder, sub);
        return Directory.Exists(path)
            ? [.. Directory.GetFiles(path, pattern).Order(StringComparer.Ordinal).Select(f => File(folder, $"{sub}/{Path.GetFileName(f)}"))]
            : [];
    }

    private static SourceFile File(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return new SourceFile(path.Replace('\\', '/'), System.IO.File.ReadAllText(path));
    }
}
