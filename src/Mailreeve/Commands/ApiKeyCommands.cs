using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve api-key add|list|remove</c></summary>
internal static class ApiKeyCommands
{
    private static readonly Actor By = Actor.Operator("command line");

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var name = new Argument<string>("name") { Description = "The tool's name, as in ticket-desk. It stands on record with each question." };
        var add = new Command("add", "Makes a key for a tool and prints it.") { name };
        add.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyAddCommand.RunAsync(
            database, parsed.GetValue(name)!, By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        var list = new Command("list", "Lists the tools that have a key, and when each has asked last.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyListCommand.RunAsync(database, output, stop)));
        var remove = new Command("remove", "Takes a tool's key away.") { name };
        remove.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyRemoveCommand.RunAsync(
            database, parsed.GetValue(name)!, By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        return new Command("api-key", "Tools of yours that may ask GET /api/who who had an address.") { config, add, list, remove };
    }
}
