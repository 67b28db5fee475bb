using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve zone DOMAIN</c></summary>
internal static class ZoneCommand
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var domain = new Argument<string>("domain") { Description = "The mail domain: ours, or a customer's own." };
        var command = new Command("zone", "Prints the DNS records through which mail and mail programs find this server, to be pasted into a zone.")
        {
            config, domain,
        };
        command.SetAction(parsed => Print(parsed.GetValue(config)!, parsed.GetValue(domain)!));
        return command;
    }

    private static int Print(FileInfo config, string domain)
    {
        if (Setup.ReadSettings(config, Console.Error) is not { } settings)
            return Setup.CannotBegin;
        if (ZoneSnippet.WriteOrNull(OfferedServices.Of(settings), domain) is not { } zone)
        {
            Console.Error.WriteLine($"'{domain}' is no domain name, or provider.host-name in {config} is none.");
            return 1;
        }

        Console.Write(zone);
        return 0;
    }
}
