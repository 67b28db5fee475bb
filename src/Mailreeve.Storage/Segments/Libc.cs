using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>What .NET does not offer: <c>fdatasync(2)</c>, which leaves out the times of a file, and flushing a folder.</summary>
internal static partial class Libc
{
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on Linux, x64; arm64 has another O_DIRECTORY.
    private const int ReadOnlyFolderArm = 0x4000 | 0x80000;

    // By way of the program's own symbols, so that a library that was loaded before all others to inject faults is asked too.
    static Libc() =>
        NativeLibrary.SetDllImportResolver(
            typeof(Libc).Assembly,
            static (name, _, _) => name == "libc" ? NativeLibrary.GetMainProgramHandle() : IntPtr.Zero);

    /// <summary>Returns when the octets of a file, and its size when it has changed, are on disk.</summary>
    /// <exception cref="IOException">
    /// They are not, and nobody knows which of them are. Asking again may succeed without having written them: do not.
    /// </exception>
    public static void FlushData(SafeFileHandle file)
    {
        if (Fdatasync(file) != 0)
            throw Failure("fdatasync");
    }

    /// <summary>Returns when a file and all that is known about it is on disk.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (Fsync(file) != 0)
            throw Failure("fsync");
    }

    /// <summary>Returns when the names in a folder are on disk.</summary>
    /// <exception cref="IOException">They are not.</exception>
    public static void FlushFolder(string path)
    {
        var flags = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ReadOnlyFolderArm : ReadOnlyFolder;
        using var folder = Open(path, flags);
        if (folder.IsInvalid)
            throw Failure("open");
        Flush(folder);
    }

    private static IOException Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {new Win32Exception(error).Message} (errno {error})", error);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
