using System.Diagnostics;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>
/// The program is killed (SIGKILL) and started again while mail comes in and is changed. What it had acknowledged is so; nothing is there
/// twice; what a client knows of UIDs stays true.
/// </summary>
public sealed class MailKillTests(ITestOutputHelper output)
{
    private const int Mailboxes = 20;

    // Messages taken and changes acknowledged since the start before: by progress, not by time.
    private static readonly (int Kept, int Changed)[] Kills = [(1, 0), (60, 5), (200, 40), (90, 60), (300, 30), (250, 100), (200, 80)];

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Whatever_was_acknowledged_is_so_after_any_number_of_kills(Dialect dialect) => RunAsync(dialect, static (server, stop) => server.KillAsync(stop));

    // What is refused at the last moment must not be there, either: its client sends it again.
    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Whatever_was_acknowledged_or_refused_is_so_after_any_number_of_stops(Dialect dialect) =>
        RunAsync(dialect, static async (server, stop) => Assert.Equal(0, await server.TerminateAsync(stop)));

    private async Task RunAsync(Dialect dialect, Func<ServerProcess, CancellationToken, Task> end)
    {
        var stop = TestContext.Current.CancellationToken;
        var started = Stopwatch.GetTimestamp();
        await using var mailreeve = await MailreeveUnderTest.StartAsync(dialect);
        using var load = new MailLoad(mailreeve.Server, Mailboxes);
        var running = load.RunAsync();

        var ending = TimeSpan.Zero;
        foreach (var (kept, changed) in Kills)
        {
            var (keptBefore, changedBefore) = (load.Ledger.Kept, load.Ledger.Changed);
            await MailLoad.ComesToAsync(running, () => load.Ledger.Kept >= keptBefore + kept && load.Ledger.Changed >= changedBefore + changed);
            var told = Stopwatch.GetTimestamp();
            await end(mailreeve.Process, stop);
            ending += Stopwatch.GetElapsedTime(told);
            await mailreeve.Process.StartAsync(stop);
        }

        var last = load.Ledger.Kept;
        await MailLoad.ComesToAsync(running, () => load.Ledger.Kept >= last + 100);
        await end(mailreeve.Process, stop);
        load.Stop();
        await mailreeve.Process.StartAsync(stop);
        await running;
        var found = await load.FindAsync();
        load.Ledger.Check(found);
        await StoreCheck.CleanAsync(mailreeve, stop);

        output.WriteLine(
            $"{dialect}: {Kills.Length + 1} ends, {load.Ledger.Kept} messages and {load.Ledger.Changed} changes acknowledged, {load.Ledger.Refused} and "
            + $"{load.Ledger.ChangesRefused} refused, {load.Ledger.Interrupted} without an answer, {found.Count} found, "
            + $"{ending.TotalSeconds:0.0} s to end, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }
}
