using Mailreeve.Network.Postmaster;

namespace Mailreeve.Network.Commands;

/// <summary><c>postmaster check DOMAIN</c></summary>
public static class PostmasterCheckCommand
{
    /// <summary>Has a domain checked now; the running program does it.</summary>
    /// <returns>0; 1 when it is none that is checked.</returns>
    public static async Task<int> RunAsync(PostmasterDesk desk, string domain, TextWriter output, CancellationToken stop)
    {
        var known = await desk.CheckAsync(domain, stop);
        await output.WriteLineAsync(known
            ? $"{domain} is checked now. 'mailreeve postmaster list' tells how it stands."
            : $"{domain} is not checked. Only domains of customers with the service mail-server are.");
        return known ? 0 : 1;
    }
}
