using System.CommandLine;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve address-plan [--customer REG]</c></summary>
internal static class AddressPlanCommand
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var customer = new Option<string?>("--customer") { Description = "Only what this customer, or one below it, has a part in. Registration number, as in 104-2237-2." };
        var command = new Command("address-plan", "Tells which customers' sites share an address, and which free one each could have instead (D5). Changes nothing.") { customer, config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, settings, output) =>
        {
            using var views = await LiveViews.LoadAsync(database, stop);
            return await Accounts.Commands.AddressPlanCommand.RunAsync(
                database, views, settings.Provider, parsed.GetValue(customer), SystemClock.Instance.GetCurrentInstant(), output, stop);
        }));
        return command;
    }
}
