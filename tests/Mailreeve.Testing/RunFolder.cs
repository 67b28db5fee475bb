using System.Diagnostics;
using System.Globalization;

namespace Mailreeve.Testing;

/// <summary>The folder of this test process. It goes when the process ends; one that was killed is cleared away by the next.</summary>
/// <remarks>
/// It lies in <c>/tmp</c> whatever TMPDIR says: the path of a Unix socket has to be short, and the user whom PostgreSQL runs as must reach it. What is
/// made with <see cref="NewFolderInMemory"/> lies in <c>/dev/shm</c>, in a folder of the same name.
/// </remarks>
public static class RunFolder
{
    private const string Root = "/tmp";
    private const string Memory = "/dev/shm";
    private const long MemoryMin = 4L << 30;
    private const string Prefix = "mailreeve-test-";
    private const string OwnerFile = "owner";

    private static readonly Lazy<string> OfThisProcess = new(Make);
    private static readonly List<Action> BeforeRemoval = [];
    private static long files;

    /// <summary>Whether nothing of it may lie in memory: what is measured has to be on a disk.</summary>
    public static bool IsOnDisk { get; set; }

    /// <summary>Its path.</summary>
    public static string Path => OfThisProcess.Value;

    /// <summary>A path in it that nobody else gets.</summary>
    public static string NewPath(string name) => System.IO.Path.Combine(Path, $"{Interlocked.Increment(ref files)}-{name}");

    /// <summary>A folder in it that nobody else gets.</summary>
    public static string NewFolder(string name) => Directory.CreateDirectory(NewPath(name)).FullName;

    /// <summary>A folder like <see cref="NewFolder"/>, in memory where there is enough: for thousands of files that nobody wants to find after a power cut.</summary>
    public static string NewFolderInMemory(string name) =>
        !IsOnDisk && Directory.Exists(Memory) && new DriveInfo(Memory) is { DriveFormat: "tmpfs", AvailableFreeSpace: >= MemoryMin }
            ? Directory.CreateDirectory(System.IO.Path.Combine(TwinOf(Path), $"{Interlocked.Increment(ref files)}-{name}")).FullName
            : NewFolder(name);

    /// <summary>Does something at the end of the process, before the folder goes.</summary>
    internal static void BeforeRemove(Action action)
    {
        lock (BeforeRemoval)
            BeforeRemoval.Add(action);
    }

    private static string Make()
    {
        RemoveAbandoned();
        var name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");
        var making = System.IO.Path.Combine(Root, $"mailreeve-making-{name}");
        var path = System.IO.Path.Combine(Root, Prefix + name);
        Directory.CreateDirectory(making);
        // The lock says that the owner lives: the kernel opens it when the process ends, however it ends. It is held before the folder
        // gets the name that others look for.
        var owner = new FileStream(System.IO.Path.Combine(making, OwnerFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        Directory.Move(making, path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (BeforeRemoval)
                BeforeRemoval.ForEach(action => action());
            TryDelete(TwinOf(path));
            TryDelete(path);
            owner.Dispose();
        };
        return path;
    }

    // What lies in memory has the same owner: it goes first, for only the folder tells whether that one lives.
    private static string TwinOf(string folder) => System.IO.Path.Combine(Memory, System.IO.Path.GetFileName(folder));

    private static void RemoveAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(Root, Prefix + "*"))
        {
            try
            {
                using var owner = new FileStream(
                    System.IO.Path.Combine(folder, OwnerFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                foreach (var part in new[] { TwinOf(folder), folder })
                {
                    EndServersIn(part);
                    TryDelete(part);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its owner lives, or is another user, or has just removed it.
            }
        }
    }

    // Only a server whose data lies in the abandoned folder: a process id alone may be someone else's by now.
    private static void EndServersIn(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "postmaster.pid", SearchOption.AllDirectories))
        {
            var pid = File.ReadLines(file).FirstOrDefault();
            var data = System.IO.Path.GetDirectoryName(file)!;
            if (!File.Exists($"/proc/{pid}/cmdline")
                || !File.ReadAllText($"/proc/{pid}/cmdline").Contains(data, StringComparison.Ordinal))
                continue;
            using var server = Process.GetProcessById(int.Parse(pid!, CultureInfo.InvariantCulture));
            server.Kill();
            server.WaitForExit();
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not there; or something is still being written there, and the next run gets it.
        }
    }
}
