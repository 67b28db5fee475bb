using System.Diagnostics;
using System.Text;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>A mail program that others wrote, with a home folder of its own.</summary>
internal sealed class ClientProgram(string name, string package)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(1);

    private readonly string program = Required.Program(name, package);

    /// <summary>Where it lives: its home and working folder.</summary>
    public string Home { get; } = RunFolder.NewFolder(name);

    /// <summary>Writes a file in its home that only its owner may read, as most of them demand.</summary>
    /// <returns>The path.</returns>
    public async Task<string> WriteAsync(string file, string text)
    {
        var path = Path.Combine(Home, file);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Runs it to its end; after a minute it is killed and the test fails.</summary>
    public async Task<CommandRun> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(PatienceMax);
        var output = new StringBuilder();
        var errors = new StringBuilder();
        try
        {
            process.StandardInput.Close();
            await Task.WhenAll(
                ReadAsync(process.StandardOutput, output, patience.Token),
                ReadAsync(process.StandardError, errors, patience.Token),
                process.WaitForExitAsync(patience.Token));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{name} did not end.\n{output}\n{errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return new CommandRun(process.ExitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Runs it to its end, which must be a good one.</summary>
    /// <returns>All that it printed.</returns>
    public async Task<string> MustAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"{name} ended with {run.ExitCode}.\n{run.Output}\n{run.Errors}");
        return run.Output + run.Errors;
    }

    /// <summary>Starts it and leaves it running; whoever calls ends it.</summary>
    public Process Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["HOME"] = Home;
        start.Environment["TMPDIR"] = Home;
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to, CancellationToken stop)
    {
        while (await from.ReadLineAsync(stop) is { } line)
            to.AppendLine(line);
    }
}
