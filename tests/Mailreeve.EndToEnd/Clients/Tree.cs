using System.Security.Cryptography;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>What lies in a folder, to compare it with what lies there later.</summary>
internal static class Tree
{
    /// <summary>Relative paths and contents, in order. Lock files and logs come and go, and do not count.</summary>
    public static SortedDictionary<string, string> Of(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal) && !f.EndsWith(".log", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetRelativePath(folder, f), f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))),
        StringComparer.Ordinal);
}
