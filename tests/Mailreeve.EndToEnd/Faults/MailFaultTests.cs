using System.Diagnostics;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>
/// The disk fails under the running program. Mail is refused for the time being, sessions go on, nothing that was acknowledged is lost,
/// and what was refused does not come to light. When the disk works again, so does the server.
/// </summary>
public sealed class MailFaultTests(ITestOutputHelper output)
{
    private const int InputOutputError = 5;
    private const int Mailboxes = 12;

    private const string DataSync = "posix/io/sync/fdatasync";
    private const string Sync = "posix/io/sync/fsync";
    private const string Write = "posix/io/rw/pwrite";
    private const string WriteMany = "posix/io/rw/pwritev";
    private const string Truncate = "posix/io/rw/ftruncate";
    private const string Read = "posix/io/rw/pread";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // With PostgreSQL, which is another process, it is the messages alone; with SQLite the database is on the same disk, and changes are
    // refused as well.
    [Theory]
    [InlineData(Dialect.PostgreSql, false, DataSync)]
    [InlineData(Dialect.Sqlite, true, DataSync, Sync)]
    [InlineData(Dialect.Sqlite, true, WriteMany, Write, Truncate)]
    [InlineData(Dialect.Sqlite, false, WriteMany, Read)]
    public async Task While_the_disk_fails_mail_is_refused_and_nothing_is_lost(Dialect dialect, bool changesToo, params string[] calls)
    {
        var faults = new DiskFaults();
        await using var mailreeve = await MailreeveUnderTest.StartAsync(await TestDatabase.OpenAsync(dialect), faults.Under, dataFolder: null);
        using var load = new MailLoad(mailreeve.Server, Mailboxes);
        var running = load.RunAsync();

        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < 3; round++)
        {
            await WorksAsync(load, running);
            await faults.BeginAsync(mailreeve.Process.Id, calls, InputOutputError);
            await RefusesAsync(load, running, changesToo);
            await faults.EndAsync(mailreeve.Process.Id, calls);
        }

        await WorksAsync(load, running);
        await EndAsync(mailreeve, load, running, $"{dialect}, {string.Join(", ", calls)}", started);
    }

    [Fact]
    public async Task While_the_disk_is_full_mail_is_refused_and_nothing_is_lost()
    {
        using var disk = SmallDisk.Mount(48 << 20);
        var ballast = Path.Combine(disk.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[24 << 20], Stop);
        await using var mailreeve = await MailreeveUnderTest.StartAsync(
            TestDatabase.OpenIn(Path.Combine(disk.Path, "database")), [], Path.Combine(disk.Path, "data"));
        using var load = new MailLoad(mailreeve.Server, Mailboxes, messageBytes: 20_000);
        var running = load.RunAsync();

        var started = Stopwatch.GetTimestamp();
        await WorksAsync(load, running);
        await RefusesAsync(load, running, changesToo: false);
        File.Delete(ballast);
        await WorksAsync(load, running);
        await EndAsync(mailreeve, load, running, "a full disk", started);
    }

    private static async Task WorksAsync(MailLoad load, Task running)
    {
        var (kept, changed) = (load.Ledger.Kept, load.Ledger.Changed);
        await MailLoad.ComesToAsync(running, () => load.Ledger.Kept > kept + 100 && load.Ledger.Changed > changed + 20);
    }

    private static async Task RefusesAsync(MailLoad load, Task running, bool changesToo)
    {
        var (refused, changes) = (load.Ledger.Refused, load.Ledger.ChangesRefused + (changesToo ? 10 : 0));
        // So many that the server has tried again in between, and was refused again itself.
        await MailLoad.ComesToAsync(running, () => load.Ledger.Refused > refused + 400 && load.Ledger.ChangesRefused >= changes);
    }

    // What is on disk counts: it is looked at after a kill and a start.
    private async Task EndAsync(MailreeveUnderTest mailreeve, MailLoad load, Task running, string fault, long started)
    {
        load.Stop();
        await running;
        load.Ledger.Check(await load.FindAsync());
        await mailreeve.Process.KillAsync(Stop);
        await mailreeve.Process.StartAsync(Stop);
        var found = await load.FindAsync();
        load.Ledger.Check(found);
        await StoreCheck.CleanAsync(mailreeve, Stop);
        output.WriteLine(
            $"{fault}: {load.Ledger.Kept} messages and {load.Ledger.Changed} changes acknowledged, {load.Ledger.Refused} and "
            + $"{load.Ledger.ChangesRefused} refused, {load.Ledger.Interrupted} without an answer, {found.Count} found, "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }
}
