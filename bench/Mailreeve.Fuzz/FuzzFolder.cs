using System.Security.Cryptography;

namespace Mailreeve.Fuzz;

/// <summary>The inputs of a target that are kept: <c>tests/fuzz/TARGET/*.bin</c>.</summary>
/// <param name="target">The target.</param>
public sealed class FuzzFolder(FuzzTarget target)
{
    private readonly string path = Path.Combine(Root(), "tests", "fuzz", target.Name);
    private readonly string remembered = Path.Combine(Root(), "artifacts", "fuzz", target.Name);

    /// <summary>Names of the files, in order.</summary>
    public IReadOnlyList<string> Names =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.bin").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];

    /// <summary>What is in one.</summary>
    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(path, name));

    /// <summary>Keeps an input.</summary>
    /// <returns>The name of its file, from the root of the repository on.</returns>
    public string Keep(string kind, byte[] input)
    {
        Directory.CreateDirectory(path);
        var name = $"{kind}-{Convert.ToHexStringLower(SHA256.HashData(input))[..8]}.bin";
        File.WriteAllBytes(Path.Combine(path, name), input);
        return $"tests/fuzz/{target.Name}/{name}";
    }

    /// <summary>Inputs by which the last runs came further. They are not in the repository.</summary>
    public IReadOnlyList<byte[]> Remembered() => Directory.Exists(remembered) ? [.. Directory.EnumerateFiles(remembered).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];

    /// <summary>Puts inputs in the place of those that were remembered.</summary>
    public void Remember(IReadOnlyList<byte[]> inputs)
    {
        if (Directory.Exists(remembered))
            Directory.Delete(remembered, recursive: true);
        Directory.CreateDirectory(remembered);
        for (var i = 0; i < inputs.Count; i++)
            File.WriteAllBytes(Path.Combine(remembered, $"{i:00000}"), inputs[i]);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mailreeve.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no clone of the repository.");
    }
}
