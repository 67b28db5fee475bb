using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Commands;

/// <summary><c>relay test ADDRESS [--dry-run]</c></summary>
public static class RelayTestCommand
{
    /// <summary>Asks for a run, or only says what it would be.</summary>
    /// <returns>0; 1 when the host may not be tested.</returns>
    public static async Task<int> RunAsync(
        RelayDesk desk, RelayTestOptions options, Address address, bool dryRun, TextWriter output, CancellationToken stop)
    {
        if (!dryRun)
        {
            var (run, refused) = await desk.AskAsync(address, RelayOccasion.Operator, Actor.Operator("command line"), stop);
            await output.WriteLineAsync(run is null ? $"Not tested. {refused}" : $"Relay test {run} is asked for. 'mailreeve relay show {run}' tells how it goes.");
            return run is null ? 1 : 0;
        }

        if (await desk.ObjectionAsync(address, RelayOccasion.Operator, stop) is { } objection)
        {
            await output.WriteLineAsync($"It may not be tested. {objection}");
            return 1;
        }

        await output.WriteLineAsync($"It may be tested, on port {string.Join(", ", options.Ports)}. This would be said:");
        var names = options.NamesFor(address, "ITS.NAME", desk.DomainOf(address), "TOKEN", "PROBE");
        foreach (var test in RelayTestTable.All)
        {
            await output.WriteLineAsync(test.TryFill(names, out var envelope)
                ? $"  {test.Name,-20} {(envelope.Helo is null ? "" : $"EHLO {envelope.Helo}, ")}{envelope.Mail}, {envelope.Rcpt}"
                : $"  {test.Name,-20} (left out: a name that it needs is not known)");
        }

        return 0;
    }
}
