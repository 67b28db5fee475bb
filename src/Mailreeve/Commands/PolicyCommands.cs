using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Policy;
using Mailreeve.Policy.Page;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve policy show|check</c></summary>
internal static class PolicyCommands
{
    public static Command Make()
    {
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "The folder with policy.toml, notices and scenarios.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(AppContext.BaseDirectory, "policy")),
            Recursive = true,
        };
        var config = Setup.ConfigOption();
        var show = new Command("show", "Prints the policy: clauses, terms and steps.") { config };
        show.SetAction(parsed => Show(parsed.GetValue(folder)!, parsed.GetValue(config)!));
        var check = new Command("check", "Reads the policy and plays its scenarios; tells all that is wrong.");
        check.SetAction(parsed => Check(parsed.GetValue(folder)!));
        return new Command("policy", "The policy that decides.") { folder, show, check };
    }

    private static int Show(DirectoryInfo folder, FileInfo config)
    {
        if (Setup.ReadPolicy(folder.FullName, Console.Error) is not { } policy)
            return Setup.CannotBegin;
        var provider = config.Exists && Setup.ReadSettings(config, Console.Error) is { } settings
            ? settings.Provider
            : Demo.DemoProvider.Provider(webPort: 8080);
        foreach (var line in PolicyShow.Lines(policy.Policy, provider.FactsIn(DateTimeZone.Utc)))
            Console.WriteLine(line);
        return 0;
    }

    private static int Check(DirectoryInfo folder)
    {
        try
        {
            var check = PolicyCheck.Of(PolicyFolder.Read(folder.FullName, withScenarios: true));
            foreach (var line in check.Lines())
                Console.WriteLine(line);
            return check.IsGood ? 0 : 1;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"The policy cannot be read: {e.Message}");
            return Setup.CannotBegin;
        }
    }
}
