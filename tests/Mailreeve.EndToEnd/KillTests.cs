using System.Diagnostics;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>
/// The program is killed (SIGKILL) and started again while reports pour in. What it had acknowledged is there, once, with all that follows
/// from it, once.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Reports = 1000;
    private const int Connections = 4;

    // By progress, not by time. Some of them, early enough for more cases to come, while a customer's mail server has a notice and has not said so: the moment at which
    // nobody can know whether it was sent.
    private static readonly (int Acknowledged, bool InNotice)[] Kills =
        [(1, false), (60, true), (160, true), (300, true), (450, false), (560, false), (780, false), (920, false)];

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Each_acknowledged_report_has_one_outcome_and_no_notice_or_charge_is_made_twice(Dialect dialect)
    {
        var stop = TestContext.Current.CancellationToken;
        var started = Stopwatch.GetTimestamp();
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var sink = await NoticeSink.StartAsync(ReportLoad.CustomerDomains);
        await using var names = new DnsPeer().Text("reporter.example", "v=spf1 ip4:127.0.0.1 -all");
        await using var server = new ServerProcess(database.ConnectionString, sink.Port, sections: $"""
            [inbound]
            trusted = ["192.0.2.255"]
            resolver = "{names.EndPoint}"
            connections-per-minute = 100000
            messages-per-minute = 100000
            recipients-per-minute = 100000
            """);
        await ImportAsync(server, stop);
        var load = new ReportLoad(Reports);

        await server.StartAsync(stop);
        var sending = load.SendAsync(server.SmtpPort, Connections, stop);
        foreach (var (acknowledged, inNotice) in Kills)
            await KillAsync(server, sink, load, sending, acknowledged, inNotice, stop);
        await sending;
        var state = await SettledAsync(database, server, stop);
        state.Check(load, sink.Notices, Kills.Count(k => k.InNotice));

        output.WriteLine(
            $"{dialect}: {Kills.Length} kills, {load.Acknowledged.Count} acknowledged, {load.Interrupted} sent without an answer, "
            + $"{state.Reports.Count} rows, {state.Cases.Count} cases, {sink.Notices.Count} notices ({state.Notices.Count(n => n.State == "in-doubt")} "
            + $"in doubt), {state.Charges.Count} charges, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private static async Task ImportAsync(ServerProcess server, CancellationToken stop)
    {
        var file = RunFolder.NewPath("accounts.toml");
        await File.WriteAllTextAsync(file, ReportLoad.Accounts, stop);
        var import = await Program.RunAsync(stop, "accounts", "import", file, "-c", server.ConfigPath);
        Assert.True(import.ExitCode == 0, import.Output + import.Errors);
    }

    private static async Task KillAsync(
        ServerProcess server, NoticeSink sink, ReportLoad load, Task sending, int acknowledged, bool inNotice, CancellationToken stop)
    {
        await Eventually.TrueAsync(() => load.Acknowledged.Count >= acknowledged || sending.IsFaulted, $"{acknowledged} reports are acknowledged");
        if (sending.IsFaulted)
            await sending;
        if (!inNotice)
        {
            await server.KillAsync(stop);
        }
        else
        {
            var hold = sink.HoldNext();
            await Eventually.TrueAsync(() => hold.Arrived.IsCompleted, $"a notice arrives after {acknowledged} reports");
            await server.KillAsync(stop);
            sink.Release();
        }

        await server.StartAsync(stop);
    }

    private static async Task<DatabaseState> SettledAsync(TestDatabase database, ServerProcess server, CancellationToken stop)
    {
        await Eventually.TrueAsync(
            async () => await database.Database.ReadAsync(
                db => db.SingleAsync<long>("""
                    SELECT (SELECT count(*) FROM report WHERE state = 'received')
                         + (SELECT count(*) FROM notice WHERE state IN ('written', 'handed-over'))
                         + (SELECT count(*) FROM outbound WHERE state IN ('queued', 'attempting'))
                         + (SELECT count(*) FROM outbound WHERE purpose = 'notice' AND outcome_read_at IS NULL)
                    """, null, stop), stop) == 0,
            "all reports are concluded and all notices are out");
        Assert.Equal(0, await server.TerminateAsync(stop));
        return await database.Database.ReadAsync(db => DatabaseState.ReadAsync(db, stop), stop);
    }
}
