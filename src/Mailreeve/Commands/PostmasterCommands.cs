using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Network.Postmaster;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve postmaster list|check</c></summary>
internal static class PostmasterCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("postmaster", "Whether postmaster@ of customers' domains takes mail, and is read (clause C7).") { Config, List(), Check() };

    private static Command List()
    {
        var list = new Command("list", "Lists domains, those first about which something must be done.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => PostmasterListCommand.RunAsync(database, output, stop)));
        return list;
    }

    private static Command Check()
    {
        var domain = new Argument<string>("domain") { Description = "The domain, as 'postmaster list' shows it." };
        var check = new Command("check", "Has a domain checked now; the running program does it.") { domain };
        // Codes are made by the running program alone, so no key is needed here.
        check.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, settings, output) => PostmasterCheckCommand.RunAsync(
            new PostmasterDesk(database, settings.Provider, key: [], SystemClock.Instance), parsed.GetValue(domain)!, output, stop)));
        return check;
    }
}
