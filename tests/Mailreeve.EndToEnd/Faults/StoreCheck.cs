using Mailreeve.EndToEnd.Clients;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>The end of each of these tests: the server stops as it is told to, and finds nothing wrong with what it leaves.</summary>
internal static class StoreCheck
{
    public static async Task CleanAsync(MailreeveUnderTest mailreeve, CancellationToken stop)
    {
        Assert.Equal(0, await mailreeve.Process.TerminateAsync(stop));
        var verified = await Program.RunAsync(stop, "store", "verify", "-c", mailreeve.Process.ConfigPath);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
    }
}
