using System.CommandLine;
using Mailreeve.Accounts.Commands;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve permission import</c></summary>
internal static class PermissionCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("permission", "Who agreed to get the mail of customers' lists (clause C1).") { Config, Import() };

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "One recipient in a line: list,address." };
        var customer = new Option<string>("--customer") { Description = "Registration number, as in 104-2237-2.", Required = true };
        var import = new Command("import", "Adds permissions from a file to those on record.") { file, customer };
        import.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, async (database, _, output) =>
        {
            var path = parsed.GetValue(file)!;
            if (path.Exists)
                return await PermissionImportCommand.RunAsync(database, path.ToString(), File.ReadLines(path.FullName), parsed.GetValue(customer)!, output, stop);
            await Console.Error.WriteLineAsync($"{path}: there is no such file.");
            return Setup.CannotBegin;
        }));
        return import;
    }
}
