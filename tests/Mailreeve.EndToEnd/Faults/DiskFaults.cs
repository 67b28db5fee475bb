using System.Diagnostics;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>Makes calls of a running program to the disk fail, by libfiu.</summary>
internal sealed class DiskFaults
{
    private readonly string run = Required.Program("fiu-run", "fiu-utils");
    private readonly string control = Required.Program("fiu-ctrl", "fiu-utils");
    private readonly string pipes = RunFolder.NewPath("fiu");

    /// <summary>What the program is started under.</summary>
    public IReadOnlyList<string> Under => [run, "-x", "-f", pipes];

    /// <summary>From now on these calls fail.</summary>
    /// <param name="process">The program's number.</param>
    /// <param name="calls">By libfiu's names, as <c>posix/io/sync/fdatasync</c>.</param>
    /// <param name="error">The number of the error that they fail with.</param>
    public Task BeginAsync(int process, IEnumerable<string> calls, int error) =>
        ControlAsync(process, calls.Select(c => $"enable name={c},failinfo={error}"));

    /// <summary>They work again.</summary>
    public Task EndAsync(int process, IEnumerable<string> calls) => ControlAsync(process, calls.Select(c => $"disable name={c}"));

    private async Task ControlAsync(int process, IEnumerable<string> commands)
    {
        string[] arguments = ["-f", pipes, .. commands.SelectMany(c => new[] { "-c", c }), $"{process}"];
        using var running = Process.Start(control, arguments);
        await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, running.ExitCode);
    }
}
