using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Network.Relay;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve relay test|list|show</c></summary>
internal static class RelayCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("relay", "Tests whether hosts of customers relay for anybody (clause C7).") { Config, Test(), List(), Show() };

    private static Command Test()
    {
        var address = CommandInput.Address("The host");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell whether it may be tested, and what would be said." };
        var test = new Command("test", "Asks for a test of a host; the running program makes it. Ends with 1 when it may not be tested.") { address, dryRun };
        test.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, async (database, settings, output) =>
        {
            using var views = await LiveViews.LoadAsync(database, stop);
            var desk = new RelayDesk(database, views, settings.Provider, settings.RelayTest, SystemClock.Instance);
            return await RelayTestCommand.RunAsync(desk, settings.RelayTest, parsed.GetValue(address), parsed.GetValue(dryRun), output, stop);
        }));
        return test;
    }

    private static Command List()
    {
        var list = new Command("list", "Lists the tests of hosts, newest first, with their results.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => RelayListCommand.RunAsync(database, output, stop)));
        return list;
    }

    private static Command Show()
    {
        var number = new Argument<long>("number") { Description = "The test, as 'relay list' shows it." };
        var show = new Command("show", "Shows each single test of a host, and what was said.") { number };
        show.SetAction((parsed, stop) => Setup.WithDatabaseAsync(
            parsed, Config, (database, _, output) => RelayShowCommand.RunAsync(database, parsed.GetValue(number), output, stop)));
        return show;
    }
}
