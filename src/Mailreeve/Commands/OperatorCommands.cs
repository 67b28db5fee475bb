using System.CommandLine;
using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy.Accounts;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve operator add|list|disable</c></summary>
internal static class OperatorCommands
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var name = new Argument<string>("name") { Description = "Name to sign in with." };
        var role = new Option<OperatorRole>("--role") { Description = "What the operator may do.", Required = true };
        var add = new Command("add", "Adds an operator, makes a password and prints it.") { name, role };
        add.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, _, output) =>
        {
            using var hashing = new PasswordHashing();
            return await OperatorAddCommand.RunAsync(
                database, parsed.GetValue(name)!, parsed.GetValue(role), null, hashing, SystemClock.Instance, output, stop);
        }));
        var list = new Command("list", "Lists the operators.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            OperatorListCommand.RunAsync(database, output, stop)));
        var disable = new Command("disable", "Takes an operator's access away.") { name };
        disable.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            OperatorDisableCommand.RunAsync(database, parsed.GetValue(name)!, SystemClock.Instance, output, stop)));
        return new Command("operator", "Operators.") { config, add, list, disable };
    }
}
