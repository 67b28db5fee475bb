using System.Diagnostics;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests;

/// <summary>Programs not written by us.</summary>
internal static class Tool
{
    /// <summary>The path of a program; without it the test is skipped, or fails where nothing may be skipped.</summary>
    public static string Require(string name, string package) => Required.Program(name, package);

    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code, and everything it printed.</returns>
    public static async Task<(int Code, string Output)> RunAsync(string path, IReadOnlyList<string> arguments, string input = "")
    {
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input.AsMemory(), stop);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop).WaitAsync(TimeSpan.FromMinutes(3), stop);
        return (process.ExitCode, await output + await errors);
    }
}
