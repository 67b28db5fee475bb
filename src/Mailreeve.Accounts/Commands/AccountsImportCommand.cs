using Mailreeve.Accounts.Import;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>accounts import FILE [--dry-run]</c></summary>
public static class AccountsImportCommand
{
    /// <summary>Imports a file, or says what importing it would change.</summary>
    /// <param name="database">Where to.</param>
    /// <param name="path">The file.</param>
    /// <param name="dryRun">Only say it.</param>
    /// <param name="ours">What is the provider's own.</param>
    /// <param name="clock">The time.</param>
    /// <param name="output">Where the changes, or all mistakes, are printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when the file has mistakes or cannot be read, and nothing was changed.</returns>
    public static async Task<int> RunAsync(
        Database database, string path, bool dryRun, ProviderResources ours, IClock clock, TextWriter output, CancellationToken stop)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(path, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"{path}: {e.Message}");
            return 1;
        }

        var result = dryRun
            ? await AccountsImport.TryAsync(database, path, text, ours, clock, stop)
            : await AccountsImport.RunAsync(database, path, text, ours, clock, stop);
        foreach (var problem in result.Problems)
            await output.WriteLineAsync($"{problem}");
        if (result.Problems.Count > 0)
        {
            await output.WriteLineAsync(result.Problems.Count == 1 ? "One mistake; nothing was changed." : $"{result.Problems.Count} mistakes; nothing was changed.");
            return 1;
        }

        await output.WriteAsync(result.Changes);
        var changes = result.Count == 1 ? "1 change" : $"{result.Count} changes";
        await output.WriteLineAsync(result.Count == 0 ? "Nothing changes." : dryRun ? $"{changes}, not made: this was a dry run." : $"{changes} made.");
        return 0;
    }
}
