using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>The list of blocks on a port of the loopback, for <see cref="DnsblBench"/>.</summary>
internal static class DnsblServeCommand
{
    /// <summary>The zone.</summary>
    public const string Zone = "bl.bench.example";

    private const int Changes = 200;

    /// <summary>Serves until its input ends; each line of it asks for a measurement of changes.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="stop">Ends it, too.</param>
    public static async Task RunAsync(string connection, int port, CancellationToken stop)
    {
        await using var database = Database.Open(connection);
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        using var views = await LiveViews.LoadAsync(database, stop);
        var withView = GC.GetTotalMemory(forceFullCollection: true);
        var options = new ListServerOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, port)],
            Zone = new DnsZoneHead(Zone, ["ns.bench.example"], "hostmaster@bench.example", new DnsZoneTimes(60, 60, 300, 60, 1_209_600)),
            AskedBy = [Prefix.Parse("127.0.0.0/8")],
        };
        using var listings = new BlockListings(views, [], options, "https://bench.example/policy", SystemClock.Instance);
        var withIndex = GC.GetTotalMemory(forceFullCollection: true);
        using var server = new ListServer(options, new ListAnswers(options, listings), SystemClock.Instance, NullLogger<ListServer>.Instance);
        await server.StartAsync(stop);
        var following = views.FollowAsync(stop);
        Console.WriteLine($"up: {listings.Index.Count} entries; the index of them {(withIndex - withView) / 1e6:0.0} MB, the view of blocks, which mail needs in any case, {(withView - empty) / 1e6:0.0} MB");
        for (uint round = 0; await Console.In.ReadLineAsync(stop) is not null; round++)
            Console.WriteLine(await MeasureChangesAsync(database, server.EndPoints[0], round, stop));
        await server.StopAsync(stop);
        _ = following;
    }

    private static async Task<string> MeasureChangesAsync(Database database, IPEndPoint at, uint round, CancellationToken stop)
    {
        List<double> whole = [], sinceCommit = [];
        for (uint i = 0; i < Changes; i++)
        {
            var address = new Address(Address.Parse("10.0.0.0").Bits + (round * Changes) + i);
            var begun = Stopwatch.GetTimestamp();
            await PlaceAsync(database, address, stop);
            var committed = Stopwatch.GetTimestamp();
            await UntilListedAsync(at, address, stop);
            whole.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            sinceCommit.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
        }

        return $"placed by this process, {Changes} of them: seen by a question {DnsblBench.Quantiles(sinceCommit)} after the commit, {DnsblBench.Quantiles(whole)} after the decision";
    }

    /// <summary>Blocks an address.</summary>
    public static Task PlaceAsync(Database database, Address address, CancellationToken stop) => database.WriteAsync(
        async db => await new BlockStore(db).PlaceAsync(
            [
                Some.Block with
                {
                    Id = new BlockId(await db.NextIdsAsync("block", 1, stop)),
                    Prefix = Prefix.Single(address),
                    StartsAt = SystemClock.Instance.GetCurrentInstant(),
                    ExpiresAt = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(30),
                },
            ], stop), stop);

    /// <summary>Asks until the answer is that it is listed.</summary>
    public static async Task UntilListedAsync(IPEndPoint at, Address address, CancellationToken stop)
    {
        using var socket = new UdpClient();
        socket.Connect(at);
        byte[] question = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Of($"{DnsName.ReversedLabels(address)}.{Zone}"), 0, 1, 0, 1];
        while (true)
        {
            try
            {
                await socket.SendAsync(question, stop);
                if (((await socket.ReceiveAsync(stop)).Buffer[3] & 15) == 0)
                    return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // It still reads its list.
                await Task.Delay(10, stop);
            }
        }
    }
}
