using System.CommandLine;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve who-asked [ADDRESS] [--limit N]</c></summary>
internal static class WhoAskedCommand
{
    private const int LimitDefault = 100;

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var address = CommandInput.AddressIfAny("Only questions about this address.");
        var limit = new Option<int>("--limit") { Description = $"Lines at most. Default: {LimitDefault}.", DefaultValueFactory = _ => LimitDefault };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("A limit is 1 to 1000000.");
        });
        var command = new Command("who-asked", "Tells who asked who had an address, the newest first, and which customers were named to them.") { address, limit, config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            Network.Commands.WhoAskedCommand.RunAsync(database, parsed.GetValue(address), parsed.GetValue(limit), output, stop)));
        return command;
    }
}
