using System.CommandLine;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve sessions import FILE --kind isc|kea|nat --server NAME</c></summary>
internal static class SessionCommands
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var file = new Argument<string>("file") { Description = "The file." };
        var kind = new Option<SessionFile>("--kind") { Description = "isc: dhcpd.leases; kea: a lease file of Kea; nat: lines of outside,first-port,last-port,inside,from,to.", Required = true };
        var server = new Option<string>("--server") { Description = "The name of the server that wrote it; always the same for the same server.", Required = true };
        server.Validators.Add(result =>
        {
            if (AccessName.Normalise(result.GetValueOrDefault<string>()) is null)
                result.AddError($"A name of a server has 1 to {AccessName.LengthMax} characters.");
        });
        var import = new Command("import", "Takes in who had which address, from DHCP leases or a translator's log of port blocks. May be done again as the file grows.")
        {
            file, kind, server,
        };
        import.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, settings, output) =>
        {
            using var views = await LiveViews.LoadAsync(database, stop);
            return await new SessionImport(database, views.Directory, settings.Provider, SystemClock.Instance)
                .RunAsync(parsed.GetValue(file)!, parsed.GetValue(kind), parsed.GetValue(server)!, output, stop);
        }));
        return new Command("sessions", "Who had which address, as the access network says.") { config, import };
    }
}
