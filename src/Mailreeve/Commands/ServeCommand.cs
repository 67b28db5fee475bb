using System.CommandLine;
using Mailreeve.Mail.Certificates;
using Mailreeve.Serving;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve serve</c></summary>
internal static class ServeCommand
{
    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var command = new Command("serve", "Runs the program until it is told to stop.") { config };
        command.SetAction(async (parsed, stop) =>
        {
            if (Setup.ReadSettings(parsed.GetValue(config)!, Console.Error) is not { } settings
                || Setup.ReadPolicy(settings.PolicyFolder, Console.Error) is not { } policy)
                return Setup.CannotBegin;
            try
            {
                await using var server = await Server.StartAsync(settings, policy, SystemClock.Instance, stop);
                await server.WaitForShutdownAsync(stop);
                return 0;
            }
            catch (Exception wrong) when (wrong is PolicyChangedException or CertificateException)
            {
                await Console.Error.WriteLineAsync(wrong.Message);
                return Setup.CannotBegin;
            }
        });
        return command;
    }
}
