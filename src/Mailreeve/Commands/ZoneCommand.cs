using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Mail.Signing;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Dkim;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve zone DOMAIN</c></summary>
internal static class ZoneCommand
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var domain = new Argument<string>("domain") { Description = "The mail domain: ours, or a customer's own." };
        var command = new Command("zone", "Prints the DNS records through which mail and mail programs find this server and receivers find its keys, to be pasted into a zone.")
        {
            config, domain,
        };
        command.SetAction((parsed, stop) => PrintAsync(parsed.GetValue(config)!, parsed.GetValue(domain)!, stop));
        return command;
    }

    private static async Task<int> PrintAsync(FileInfo config, string domain, CancellationToken stop)
    {
        if (Setup.ReadSettings(config, Console.Error) is not { } settings)
            return Setup.CannotBegin;
        if (ZoneSnippet.WriteOrNull(OfferedServices.Of(settings), domain) is not { } zone)
        {
            await Console.Error.WriteLineAsync($"'{domain}' is no domain name, or provider.host-name in {config} is none.");
            return 1;
        }

        Console.Write(zone);
        await using var database = Storage.Database.Open(settings.Database);
        // For a domain that is not here yet there are no keys: the rest of its records can be prepared all the same.
        if (await new DomainKeys(database, settings.Provider, SystemClock.Instance).OfAsync(domain, stop) is { } keys)
            Console.Write($"\n{KeyZoneLines.Of(keys)}");
        return 0;
    }
}
