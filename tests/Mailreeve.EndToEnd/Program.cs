using System.Diagnostics;

namespace Mailreeve.EndToEnd;

/// <summary>The program's commands, run as processes.</summary>
internal static class Program
{
    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "mailreeve.dll");

    /// <summary>Runs a command to its end; it is told nothing.</summary>
    public static Task<CommandRun> RunAsync(CancellationToken stop, params string[] arguments) => RunAsync("", arguments, stop);

    /// <summary>Runs a command to its end, and types something.</summary>
    public static async Task<CommandRun> RunAsync(string typed, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(typed);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        try
        {
            await process.WaitForExitAsync(stop);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        return new CommandRun(process.ExitCode, await output, await errors);
    }
}

/// <summary>How a command ended, and what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Errors);
