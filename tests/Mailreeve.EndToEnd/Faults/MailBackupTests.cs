using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>A copy that is made while mail comes in and is changed is good for a new start.</summary>
public sealed class MailBackupTests(ITestOutputHelper output)
{
    private const int Mailboxes = 12;

    [Fact]
    public async Task What_was_there_before_the_copy_was_begun_is_there_after_it_was_restored()
    {
        var stop = TestContext.Current.CancellationToken;
        var copy = RunFolder.NewPath("copy");
        await using var mailreeve = await MailreeveUnderTest.StartAsync();
        using var load = new MailLoad(mailreeve.Server, Mailboxes);
        var running = load.RunAsync();
        await MailLoad.ComesToAsync(running, () => load.Ledger.Kept >= 400 && load.Ledger.Changed >= 60);

        // The second brings the first up to date.
        await MustAsync("store", "backup", copy, "-c", mailreeve.Process.ConfigPath);
        await MailLoad.ComesToAsync(running, () => load.Ledger.Kept >= 1000 && load.Ledger.Changed >= 150);
        var before = load.Ledger.Mark();
        var backup = await MustAsync("store", "backup", copy, "-c", mailreeve.Process.ConfigPath);
        var after = load.Ledger.Kept;
        await MailLoad.ComesToAsync(running, () => load.Ledger.Kept >= after + 300);
        load.Stop();
        await running;

        await mailreeve.Process.KillAsync(stop);
        await mailreeve.LoseEverythingAsync();
        await MustAsync("store", "restore", copy, "-c", mailreeve.Process.ConfigPath);
        await mailreeve.Process.StartAsync(stop);
        var found = await load.FindAsync();
        load.Ledger.CheckCopy(found, before);
        await StoreCheck.CleanAsync(mailreeve, stop);
        output.WriteLine($"{before.Kept} messages before the copy, {after} when it was done, {found.Count} found after it was restored; {backup.Trim()}");
    }

    private static async Task<string> MustAsync(params string[] arguments)
    {
        var run = await Program.RunAsync(TestContext.Current.CancellationToken, arguments);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        return run.Output;
    }
}
