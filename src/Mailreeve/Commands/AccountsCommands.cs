using System.CommandLine;
using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.Import;
using Mailreeve.Configuration;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve accounts import|export</c></summary>
internal static class AccountsCommands
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var file = new Argument<string>("file") { Description = "The accounts file (TOML)." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would change, and change nothing." };
        var import = new Command("import", "Takes customers, contacts, services, assignments and mailboxes from a file.") { file, dryRun };
        import.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, settings, output) =>
            AccountsImportCommand.RunAsync(
                database, parsed.GetValue(file)!, parsed.GetValue(dryRun), ResourcesOf(settings), SystemClock.Instance, output, stop)));
        var export = new Command("export", "Prints all accounts as a file that can be imported.");
        export.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            AccountsExportCommand.RunAsync(database, output, stop)));
        return new Command("accounts", "Accounts as one readable file.") { config, import, export };
    }

    private static ProviderResources ResourcesOf(Settings settings) =>
        ProviderResources.Of(settings.Provider, [.. settings.Outbound.Sources.Select(s => s.Class)]);
}
