using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage;

/// <summary>Files with secrets: only their owner may read them, and there is never half of one.</summary>
public static class PrivateFile
{
    /// <summary>Readable and writable for the owner alone.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode FolderMode = Mode | UnixFileMode.UserExecute;

    /// <summary>
    /// Writes a file, or puts it in the place of another. When this returns it is on disk; until then, whatever happens, the earlier one is there.
    /// </summary>
    /// <param name="path">Where; its folder is made when it is missing.</param>
    /// <param name="content">What is in it.</param>
    /// <exception cref="IOException">It could not be written; the earlier one is there as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder, FolderMode);
        var beside = path + ".new";
        // One that was left by a crash may have come by other rights.
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Mode,
        }))
        {
            file.Write(content);
            file.Flush();
            Libc.Flush(file.SafeFileHandle);
        }

        File.Move(beside, path, overwrite: true);
        Libc.FlushFolder(folder);
    }
}
