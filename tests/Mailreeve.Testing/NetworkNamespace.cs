using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Testing;

/// <summary>
/// A network of its own in this machine, with nothing in it but a loopback that is down (namespaces(7)). Nothing but a handle of this process
/// keeps it, so that it goes with the last process and socket in it, however the tests end.
/// </summary>
public sealed partial class NetworkNamespace : IDisposable
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

    /// <summary>Runs <c>ip(8)</c> in it, once for each text.</summary>
    public void Ip(params string[] commands)
    {
        var ip = Required.Program("ip", "iproute2");
        foreach (var command in commands)
            Run(ip, command.Split(' '));
    }

    /// <summary>Runs a program in it and waits for its end; fails the test when that is not 0.</summary>
    /// <returns>What it printed.</returns>
    public string Run(string program, params string[] arguments)
    {
        using var running = Process.Start(new ProcessStartInfo("nsenter", [$"--net={Path}", "--", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = running.StandardError.ReadToEndAsync();
        var printed = running.StandardOutput.ReadToEnd();
        running.WaitForExit();
        Assert.True(running.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return printed;
    }

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
