using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve bouncer add|list|remove</c></summary>
internal static class BouncerCommands
{
    private static readonly Actor By = Actor.Operator("command line");

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var name = new Argument<string>("name") { Description = "Its name, as in fw1." };
        var ranges = new Option<bool>("--takes-ranges")
        {
            Description = "It takes prefixes. Otherwise it is given their addresses one by one, up to 256 for each: Debian 12's crowdsec-firewall-bouncer takes the first address of a prefix only.",
        };
        var add = new Command("add", "Adds a bouncer, makes its key and prints it.") { name, ranges };
        add.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => BouncerAddCommand.RunAsync(
            database, parsed.GetValue(name)!, parsed.GetValue(ranges), By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        var list = new Command("list", "Lists the bouncers, and when each has asked last.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => BouncerListCommand.RunAsync(database, output, stop)));
        var remove = new Command("remove", "Takes a bouncer's key away.") { name };
        remove.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => BouncerRemoveCommand.RunAsync(
            database, parsed.GetValue(name)!, By, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        return new Command("bouncer", "Programs that enforce blocks elsewhere, and ask for them by CrowdSec's protocol.") { config, add, list, remove };
    }
}
