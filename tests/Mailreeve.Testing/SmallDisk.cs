using System.Diagnostics;

namespace Mailreeve.Testing;

/// <summary>A file system of a few megabytes, in memory. Only root may have one.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path)
    {
        Path = path;
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts one of so many bytes; skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(int bytes)
    {
        var path = RunFolder.NewFolder("disk");
        if (!Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", path) != 0)
            Assert.Skip("Only root may mount a file system.");
        return new SmallDisk(path);
    }

    /// <inheritdoc/>
    public void Dispose() => Assert.Equal(0, Run("umount", Path));

    private static int Run(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Required.Program(name, "mount"), arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
