using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve api-key add|list|remove</c></summary>
internal static class ApiKeyCommands
{
    private static readonly Actor By = Actor.Operator("command line");

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var name = new Argument<string>("name") { Description = "The tool's name, as in ticket-desk, or the sensor's. It stands on record with each question and each detection." };
        var purpose = new Option<string>("--for") { Description = "What it may do: who (ask who had an address) or detections (say what it saw).", DefaultValueFactory = _ => EnumText.Of(ApiKeyPurpose.Who) };
        purpose.AcceptOnlyFromAmong([.. Enum.GetValues<ApiKeyPurpose>().Select(p => EnumText.Of(p))]);
        var add = new Command("add", "Makes a key for a tool or a sensor and prints it.") { name, purpose };
        add.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyAddCommand.RunAsync(
            database, parsed.GetValue(name)!, EnumText.Parse<ApiKeyPurpose>(parsed.GetValue(purpose)!), By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        var list = new Command("list", "Lists who has a key, what it is for, and when each tool has asked last.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyListCommand.RunAsync(database, output, stop)));
        var remove = new Command("remove", "Takes a key away.") { name };
        remove.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ApiKeyRemoveCommand.RunAsync(
            database, parsed.GetValue(name)!, By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        return new Command("api-key", "Tools of yours that may ask GET /api/who who had an address, and sensors that may POST /api/detections.") { config, add, list, remove };
    }
}
