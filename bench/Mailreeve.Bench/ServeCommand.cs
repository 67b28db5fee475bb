using Mailreeve.Serving;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The server that <see cref="ReportsBench"/> measures, in a process of its own, until its input ends.</summary>
internal static class ServeCommand
{
    /// <summary>What it prints once mail can come.</summary>
    public const string Up = "up";

    public static async Task RunAsync(string connection, string folder, int smtpPort, int webPort, CancellationToken stop)
    {
        var policy = new PolicyInForce(ShippedPolicy.Policy, ShippedPolicy.Check.Notices, "");
        await using var server = await Server.StartAsync(
            Load.Settings(connection, folder, smtpPort, webPort), policy, SystemClock.Instance, stop);
        Console.WriteLine(Up);
        await Console.In.ReadToEndAsync(stop);
    }
}
