using System.Diagnostics;

namespace Mailreeve.EndToEnd;

/// <summary>The program's commands, run as processes.</summary>
internal static class Program
{
    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "mailreeve.dll");

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandRun> RunAsync(CancellationToken stop, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
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
