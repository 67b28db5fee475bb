using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// A network of its own in this machine, with nothing in it but a loopback that is down (namespaces(7)). Nothing but a handle of this process
/// keeps it, so that it goes with the last process and socket in it, however the tests end.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;

    private readonly SafeFileHandle handle;

    private NetworkNamespace(SafeFileHandle handle) => this.handle = handle;

    /// <summary>As <c>ip(8)</c> and <c>nsenter(1)</c> take it while this process lives.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

    /// <summary>Makes one; skips the test where that is not allowed.</summary>
    public static NetworkNamespace Make()
    {
        // A thread has its namespace for itself; this one ends here.
        var made = OnThread(() => Unshare(CloneNewNet) == 0 ? File.OpenHandle("/proc/thread-self/ns/net") : null);
        if (made is null)
            Assert.Skip("Only root may make a network namespace, and not in every container.");
        return new NetworkNamespace(made);
    }

    /// <summary>Does something in it: a socket stays where it was made, whoever uses it.</summary>
    public T In<T>(Func<T> act) => OnThread(() => SetNs(handle, CloneNewNet) == 0 ? act() : throw new Win32Exception());

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static T OnThread<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(act());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        thread.Join();
        return done.Task.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle handle, int kind);
}
