using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>Answers of our own list for each second of processor time, against Debian's rbldnsd with the same entries and questions, turn by turn.</summary>
internal sealed partial class DnsblBench(int entries, int rounds, int seconds)
{
    private const int Questions = 500_000;
    private const int Patience = 60;
    private const string Rbldnsd = "/var/tmp/mailreeve-peers/rbldnsd/usr/sbin/rbldnsd";

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var dnsperf = Required.Program("dnsperf", "dnsperf");
        // rbldnsd reads its list as nobody, and so not in a folder of the tests.
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-dnsbl-").FullName;
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var listed = await FillAsync(test.Database, folder, stop);
        var (ourPort, theirPort) = (LocalPorts.Free(), LocalPorts.Free());
        // One processor for whoever answers, the other for whoever asks.
        using var ours = Process.Start(new ProcessStartInfo("taskset", ["-c", "0", Environment.ProcessPath!, .. OwnArguments(), "dnsbl-serve", test.ConnectionString, $"{ourPort}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Console.WriteLine($"Mailreeve {await ours.StandardOutput.ReadLineAsync(stop)}; resident {ResidentMegabytes(ours):0} MB in all");
        using var theirs = File.Exists(Rbldnsd)
            ? Process.Start("taskset", ["-c", "0", Rbldnsd, "-n", "-f", "-4", "-u", "nobody", "-c", "0", "-b", $"127.0.0.1/{theirPort}", "-w", folder, $"{DnsblServeCommand.Zone}:ip4trie:list"])
            : null;
        if (theirs is null)
            Console.WriteLine($"{Rbldnsd} is not there (README.md tells how): nothing to compare with");
        else
            await DnsblServeCommand.UntilListedAsync(new IPEndPoint(IPAddress.Loopback, theirPort), listed, stop);
        if (theirs is not null)
            Console.WriteLine($"rbldnsd, ip4trie: resident {ResidentMegabytes(theirs):0} MB");

        // The compiler of .NET has looked at what is hot only after some seconds of it.
        await MeasureAsync(dnsperf, folder, "Mailreeve, to warm up", ours, ourPort, stop);
        List<double> our = [], their = [];
        for (var round = 0; round < rounds; round++)
        {
            our.Add(await MeasureAsync(dnsperf, folder, "Mailreeve", ours, ourPort, stop));
            if (theirs is not null)
                their.Add(await MeasureAsync(dnsperf, folder, "rbldnsd", theirs, theirPort, stop));
        }

        if (theirs is not null)
        {
            Console.WriteLine($"answers per second of processor time, median of {rounds}: Mailreeve {Median(our):0}, rbldnsd {Median(their):0}: {Median(our) / Median(their):0.00} times as many");
            theirs.Kill();
        }

        await ours.StandardInput.WriteLineAsync("changes");
        Console.WriteLine(await ours.StandardOutput.ReadLineAsync(stop));
        await MeasureForeignChangesAsync(test.Database, ourPort, stop);
        ours.StandardInput.Close();
        await ours.WaitForExitAsync(stop);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>Half of them, 99 of 100, and the slowest.</summary>
    public static string Quantiles(List<double> values)
    {
        values.Sort();
        return $"p50 {values[values.Count / 2]:0.00} ms, p99 {values[values.Count * 99 / 100]:0.00} ms, most {values[^1]:0.00} ms";
    }

    // The benchmark is a program or the argument of one.
    private static string[] OwnArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(DnsblBench).Assembly.Location] : [];

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double ResidentMegabytes(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    private async Task<double> MeasureAsync(string dnsperf, string folder, string name, Process server, int port, CancellationToken stop)
    {
        server.Refresh();
        var before = server.TotalProcessorTime;
        using var load = Process.Start(new ProcessStartInfo(
            "taskset", ["-c", "1", dnsperf, "-s", "127.0.0.1", "-p", $"{port}", "-d", Path.Combine(folder, "questions"), "-l", $"{seconds}", "-c", "8", "-T", "1", "-q", "100", "-t", $"{Patience}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = load.StandardError.ReadToEndAsync(stop);
        var said = await load.StandardOutput.ReadToEndAsync(stop);
        await load.WaitForExitAsync(stop);
        await errors;
        server.Refresh();
        var spent = (server.TotalProcessorTime - before).TotalSeconds;
        var answered = long.Parse(Completed().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        Console.WriteLine($"{name}: {answered / (double)seconds:0} answers a second, {answered / spent:0} for each second of processor time ({spent:0.00} s); {Codes().Match(said).Groups[1].Value}");
        return answered / spent;
    }

    private static async Task MeasureForeignChangesAsync(Database database, int port, CancellationToken stop)
    {
        const int changes = 100;
        List<double> sinceCommit = [];
        for (uint i = 0; i < changes; i++)
        {
            var address = new Address(Address.Parse("10.200.0.0").Bits + i);
            await DnsblServeCommand.PlaceAsync(database, address, stop);
            var committed = Stopwatch.GetTimestamp();
            await DnsblServeCommand.UntilListedAsync(new IPEndPoint(IPAddress.Loopback, port), address, stop);
            sinceCommit.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
        }

        Console.WriteLine($"placed by another process, SQLite, {changes} of them: seen by a question {Quantiles(sinceCommit)} after the commit");
    }

    // The same addresses as rows and as a file of rbldnsd's, and questions about them and about as many others, mixed.
    private async Task<Address> FillAsync(Database database, string folder, CancellationToken stop)
    {
        var random = new Random(1);
        var listed = new HashSet<uint>(entries);
        while (listed.Count < entries)
            listed.Add(AnyAddress(random));
        var addresses = listed.ToArray();
        var now = SystemClock.Instance.GetCurrentInstant();
        var id = await database.WriteAsync(db => db.NextIdsAsync("block", entries, stop), stop);
        foreach (var some in addresses.Chunk(50_000))
        {
            await database.WriteAsync(
                async db =>
                {
                    await db.InsertManyAsync(
                        "INSERT INTO block (id, first_address, prefix_length, scope, clause, policy_revision, reason, placed_by, starts_at, expires_at, state)",
                        some, a => [id++, AddressOf(a), 128L, BlockScope.All, new ClauseId("C8"), "bench", "Listed.", Actor.Policy, now, now + Duration.FromDays(30), BlockState.InForce], stop);
                    return true;
                }, stop);
        }

        await File.WriteAllLinesAsync(
            Path.Combine(folder, "list"),
            [
                "$SOA 60 ns.bench.example. hostmaster.bench.example. 0 300 60 1209600 60", "$NS 60 ns.bench.example.", ":127.0.0.2:Listed, see https://bench.example/policy",
                .. addresses.Select(a => $"{AddressOf(a)}"),
            ], stop);
        await File.WriteAllLinesAsync(Path.Combine(folder, "questions"), Enumerable.Range(0, Questions).Select(i =>
        {
            var asked = addresses[random.Next(entries)];
            if (i % 2 == 1)
            {
                do
                    asked = AnyAddress(random);
                while (listed.Contains(asked));
            }

            return $"{DnsName.ReversedLabels(AddressOf(asked))}.{DnsblServeCommand.Zone} A";
        }), stop);
        if (OperatingSystem.IsLinux())
        {
            const UnixFileMode mayLook = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | mayLook);
        }

        return AddressOf(addresses[0]);
    }

    private static Address AddressOf(uint bits) => new(Address.Parse("0.0.0.0").Bits + bits);

    private static uint AnyAddress(Random random)
    {
        while (true)
        {
            var address = (uint)random.NextInt64(0x0100_0000, 0xDFFF_FFFF);
            if (address >> 24 is not (10 or 127))
                return address;
        }
    }

    [GeneratedRegex(@"Queries completed: +(\d+)")]
    private static partial Regex Completed();

    [GeneratedRegex(@"Response codes: +(.+)")]
    private static partial Regex Codes();
}
