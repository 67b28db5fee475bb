using System.CommandLine;
using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.SignIn;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve customer list|show|password</c></summary>
internal static class CustomerCommands
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var number = new Argument<string>("reg-number") { Description = "Registration number, as in 104-2237-2." };
        var list = new Command("list", "Lists the customers.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            CustomerListCommand.RunAsync(database, output, stop)));
        var show = new Command("show", "Shows one customer.") { number };
        show.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            CustomerShowCommand.RunAsync(database, parsed.GetValue(number)!, output, stop)));
        var password = new Command("password", "Makes a new password for a customer and prints it.") { number };
        password.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, _, output) =>
        {
            using var hashing = new PasswordHashing();
            return await CustomerPasswordCommand.RunAsync(database, parsed.GetValue(number)!, null, hashing, output, stop);
        }));
        return new Command("customer", "Customers.") { config, list, show, password };
    }
}
