using System.CommandLine;
using Mailreeve.Network;
using Mailreeve.Network.Commands;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Serving;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve thirdparty list|add|lift|fetch</c></summary>
internal static class ThirdPartyCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("thirdparty", "Addresses of others that are blocked: entries of our own, and lists that are subscribed to (clause C8).")
    {
        Config, List(), Add(), Lift(), Fetch(),
    };

    private static Command List()
    {
        var list = new Command("list", "Lists how the subscriptions fare, and the entries of our own.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => ThirdPartyListCommand.RunAsync(database, output, stop)));
        return list;
    }

    private static Command Add()
    {
        var prefix = BlockCommands.PrefixArgument();
        var scope = BlockCommands.ScopeOption(BlockScope.Port25);
        var expires = BlockCommands.ExpiresOption();
        var reason = new Option<string>("--reason") { Description = "Why; whoever is blocked reads it.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what it would hit." };
        var add = new Command("add", "Takes no mail from an address or a prefix of others, and sends none there.") { prefix, scope, expires, reason, dryRun, BlockCommands.As };
        add.SetAction((parsed, stop) => BlockCommands.WithDeskAsync(parsed, Config, async desk =>
        {
            var order = new BlockOrder(parsed.GetValue(prefix), parsed.GetValue(scope), ThirdPartyFetch.Clause, parsed.GetValue(reason)!, parsed.GetValue(expires), ThirdPartyList.Own);
            return await BlockAddCommand.RunAsync(desk.Blocks, order, desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop);
        }, stop));
        return add;
    }

    private static Command Lift()
    {
        var prefix = BlockCommands.PrefixArgument();
        var reason = new Option<string>("--reason") { Description = "Why.", Required = true };
        var lift = new Command("lift", "Lifts an entry of our own. What is in a list comes back with it; ask its publisher.") { prefix, reason, BlockCommands.As };
        lift.SetAction((parsed, stop) => BlockCommands.WithDeskAsync(parsed, Config, async desk =>
            OperatorRules.May(desk.Role, DeskAction.LiftBlocks)
                ? await ThirdPartyLiftCommand.RunAsync(
                    desk.Database, parsed.GetValue(prefix), desk.By, parsed.GetValue(reason)!, SystemClock.Instance.GetCurrentInstant(), Console.Out, stop)
                : await BlockCommands.RefuseAsync("Your role does not lift blocks."), stop));
        return lift;
    }

    private static Command Fetch()
    {
        var name = new Argument<string>("name") { Description = "The list's name in the configuration." };
        var shrunken = new Option<bool>("--accept-shrunken") { Description = "Take it although it has become much smaller: you have looked at why." };
        var fetch = new Command("fetch", "Fetches a list now.") { name, shrunken, BlockCommands.As };
        fetch.SetAction((parsed, stop) => BlockCommands.WithDeskAsync(parsed, Config, async desk =>
        {
            if (desk.Settings.ThirdParties.FirstOrDefault(l => l.Name == parsed.GetValue(name)) is not { } list)
                return await BlockCommands.RefuseAsync($"There is no [[third-party]] '{parsed.GetValue(name)}' in the configuration.");
            if (!OperatorRules.May(desk.Role, DeskAction.PlaceBlocks))
                return await BlockCommands.RefuseAsync("Your role does not place blocks.");
            var known = (await desk.Database.ReadAsync(db => new ThirdPartyStore(db).AllAsync(stop), stop)).FirstOrDefault(r => r.Name == list.Name);
            using var http = ThirdPartyServing.Client();
            var row = await new ThirdPartyFetch(desk.Database, desk.Settings.Provider, desk.Policy.Policy.Revision, http, SystemClock.Instance)
                .RunAsync(list, known, parsed.GetValue(shrunken), stop);
            await Console.Out.WriteLineAsync(ThirdPartyListCommand.Text(row));
            return row.Problem is null ? 0 : 1;
        }, stop));
        return fetch;
    }
}
