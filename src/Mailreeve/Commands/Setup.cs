using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Policy;
using Mailreeve.Serving;
using Mailreeve.Storage;

namespace Mailreeve.Commands;

/// <summary>What commands need before they can begin: the configuration, the policy, the database. Each tells what is wrong and ends with 2.</summary>
internal static class Setup
{
    /// <summary>The exit code of a command that could not begin.</summary>
    public const int CannotBegin = 2;

    /// <summary><c>--config FILE</c></summary>
    public static Option<FileInfo> ConfigOption() => new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => new FileInfo("mailreeve.toml"),
        Recursive = true,
    };

    /// <summary>Reads the configuration; null, and every mistake printed, when it is not good.</summary>
    public static Settings? ReadSettings(FileInfo file, TextWriter errors)
    {
        string text;
        try
        {
            text = File.ReadAllText(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file}: {e.Message} Write one (docs/operating/configuration.md), or name another with --config.");
            return null;
        }

        var settings = SettingsFile.Read(file.ToString(), text, out var mistakes);
        foreach (var mistake in mistakes)
            errors.WriteLine(mistake);
        return settings;
    }

    /// <summary>Reads the policy; null, and every mistake printed, when it is not good.</summary>
    public static PolicyInForce? ReadPolicy(string folder, TextWriter errors)
    {
        PolicySource source;
        try
        {
            source = PolicyFolder.Read(folder, withScenarios: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"The policy cannot be read: {e.Message}");
            return null;
        }

        var check = PolicyCheck.Of(source);
        foreach (var problem in check.Problems)
            errors.WriteLine(problem);
        return check is { IsGood: true, Policy: { } policy } ? new PolicyInForce(policy, check.Notices, source.File.Text) : null;
    }

    /// <summary>Runs a command on the database that the configuration names.</summary>
    public static async Task<int> WithDatabaseAsync(
        ParseResult parsed, Option<FileInfo> config, Func<Database, Settings, TextWriter, Task<int>> run)
    {
        if (ReadSettings(parsed.GetValue(config)!, Console.Error) is not { } settings)
            return CannotBegin;
        await using var database = Storage.Database.Open(settings.Database);
        return await run(database, settings, Console.Out);
    }
}
