using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Who;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>RADIUS accounting, from the datagram to the answer, and questions about what was taken in.</summary>
/// <param name="dialect">Which database.</param>
/// <param name="records">Accounting records; a third each of Start, Interim-Update and Stop.</param>
/// <param name="window">Records that are on their way at once, 1 to 250.</param>
internal sealed class SessionsBench(Dialect dialect, int records, int window)
{
    private const int QuestionsAtOnce = 200;
    private static readonly RadiusSecret Secret = new("a shared secret"u8.ToArray());

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, stop);
        var client = new RadiusClient { Name = "bras", From = [Prefix.Parse("127.0.0.0/8")], Secret = Secret };
        using var server = new AccountingServer(
            test.Database, views, new AccountingOptions([new IPEndPoint(IPAddress.Loopback, 0)], [client]), SystemClock.Instance, NullLogger<AccountingServer>.Instance);
        await server.StartAsync(stop);
        var sessions = Math.Max(1, records / 3);
        var began = SystemClock.Instance.GetCurrentInstant() - Duration.FromHours(2);

        var (started, cpu) = (Stopwatch.GetTimestamp(), Cpu());
        foreach (var (status, minutes) in new[] { (1u, 0), (3u, 30), (2u, 60) })
            await SendAllAsync(server.EndPoints[0], sessions, status, began + Duration.FromMinutes(minutes), (uint)minutes * 60, stop);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sessions {dialect}: {sessions * 3} records in {seconds:0.0} s, {sessions * 3 / seconds:0} a second, {(Cpu() - cpu).TotalMicroseconds / (sessions * 3):0.0} µs CPU each (sender and server), {server.Counts.Overloaded} dropped"));
        await server.StopAsync(stop);

        var chance = new Random(1);
        var (asked, found) = (0, 0);
        started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < 5)
        {
            var questions = Enumerable.Range(0, QuestionsAtOnce)
                .Select(_ => new WhoQuestion(AddressOf(chance.Next(sessions)), null, new Interval(began + Duration.FromMinutes(10), began + Duration.FromMinutes(20)))).ToList();
            found += (await test.Database.ReadAsync(db => AddressRecords.FindAsync(db, questions, Load.Provider, null, stop), stop)).Count;
            asked += QuestionsAtOnce;
        }

        seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sessions {dialect}: {asked / seconds:0} questions (address, time) a second, {QuestionsAtOnce} to a batch, {100.0 * found / asked:0} % found, among {sessions} sessions"));
    }

    private static TimeSpan Cpu()
    {
        using var me = Process.GetCurrentProcess();
        return me.TotalProcessorTime;
    }

    // As many senders as are on their way at once, each of which waits for its answer.
    private async Task SendAllAsync(IPEndPoint to, int sessions, uint status, Instant at, uint lasted, CancellationToken stop)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, window).Select(_ => Task.Run(async () =>
        {
            using var socket = new UdpClient(AddressFamily.InterNetwork);
            socket.Connect(to);
            for (int i; (i = Interlocked.Increment(ref next)) < sessions;)
            {
                var packet = new RadiusWriter(RadiusCode.AccountingRequest, (byte)i)
                    .Add(RadiusType.AcctStatusType, status)
                    .Add(RadiusType.AcctSessionId, string.Create(CultureInfo.InvariantCulture, $"{i:x8}"))
                    .Add(RadiusType.NasIdentifier, "nas1")
                    .Add(RadiusType.UserName, string.Create(CultureInfo.InvariantCulture, $"u{i}@dsl.provider.example"))
                    .Add(RadiusType.FramedIpAddress, AddressOf(i))
                    .Add(RadiusType.EventTimestamp, (uint)at.ToUnixTimeSeconds())
                    .Add(RadiusType.AcctSessionTime, lasted)
                    .ToRequest(Secret);
                await socket.SendAsync(packet, stop);
                await socket.ReceiveAsync(stop);
            }
        }, stop)));
    }

    private static Address AddressOf(int i) => new(Address.Parse("10.0.0.0").Bits + (UInt128)i);
}
