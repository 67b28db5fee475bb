using System.Diagnostics;
using System.Globalization;
using Mailreeve.Storage;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The whole way: reports come over SMTP to the whole program, in a process of its own, until each has its outcome.</summary>
internal sealed class ReportsBench(Load load)
{
    private static readonly Instant Start = SystemClock.Instance.GetCurrentInstant();

    /// <summary>Measures and prints one line.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var test = await TestDatabase.OpenAsync(load.Dialect);
        await Load.AddCustomersAsync(test.Database, Start, stop);
        var (smtpPort, webPort) = (FreePorts.Next(), FreePorts.Next());
        using var server = await StartServerAsync(test.ConnectionString, smtpPort, webPort, stop);
        try
        {
            var warmUp = Math.Max(load.Cases, 2000);
            await SendAsync(smtpPort, 0, warmUp, stop);
            await AllDoneAsync(test.Database, warmUp, stop);

            var meter = new CpuMeter(server, test.ConnectionString);
            await SendAsync(smtpPort, warmUp, load.Reports, stop);
            var acknowledged = meter.Read();
            await AllDoneAsync(test.Database, warmUp + load.Reports, stop);
            Print(acknowledged, meter.Read());
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private void Print(Spent acknowledged, Spent all)
    {
        var micro = 1e6 / load.Reports;
        Console.WriteLine(
            $"reports  {load.Dialect,-10}  {all.Program * micro,5:0} µs CPU/report from SMTP to outcome  (PostgreSQL {all.Database * micro,5:0} µs)  "
            + $"250: {load.Reports / acknowledged.Wall,6:0}/s  outcome: {load.Reports / all.Wall,6:0}/s on the clock");
    }

    private static async Task<Process> StartServerAsync(string connection, int smtpPort, int webPort, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["serve", connection, RunFolder.NewFolder("server"),
            smtpPort.ToString(CultureInfo.InvariantCulture), webPort.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        var server = Process.Start(start)!;
        while (await server.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            if (line == ServeCommand.Up)
                return server;
        }

        throw new InvalidOperationException("The server did not start.");
    }

    private Task SendAsync(int port, int first, int count, CancellationToken stop)
    {
        var next = first - 1;
        return Task.WhenAll(Enumerable.Range(0, load.Connections).Select(async _ =>
        {
            using var sender = await SmtpSender.ConnectAsync(port, stop);
            int n;
            while ((n = Interlocked.Increment(ref next)) < first + count)
                await sender.SendAsync(SmallReport.SenderOf(n), SmallReport.Write(n, load.AddressOf(n), Start), stop);
        }));
    }

    private static async Task AllDoneAsync(Database database, long reports, CancellationToken stop)
    {
        while (await database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM report WHERE state = 'received'", null, stop), stop) > 0)
            await Task.Delay(50, stop);
        var cases = await database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM report WHERE outcome = 'case'", null, stop), stop);
        if (cases != reports)
            throw new InvalidOperationException($"{cases} of {reports} reports made or joined a case.");
    }
}
