using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Attribution;
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
/// <param name="present">Sessions that have ended and are there before, each address ten times.</param>
internal sealed class SessionsBench(Dialect dialect, int records, int window, int present)
{
    private const int QuestionsAtOnce = 200;
    private const int TimesEach = 10;
    private static readonly Duration EachLasted = Duration.FromDays(17);
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
        if (present > 0)
            await FillAsync(test, began, stop);

        var (started, cpu) = (Stopwatch.GetTimestamp(), Cpu());
        foreach (var (status, minutes) in new[] { (1u, 0), (3u, 30), (2u, 60) })
            await SendAllAsync(server.EndPoints[0], sessions, status, began + Duration.FromMinutes(minutes), (uint)minutes * 60, stop);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sessions {dialect}: {sessions * 3} records in {seconds:0.0} s, {sessions * 3 / seconds:0} a second, {(Cpu() - cpu).TotalMicroseconds / (sessions * 3):0.0} µs CPU each (sender and server), {server.Counts.Overloaded} dropped"));
        await server.StopAsync(stop);

        await AskAsync(test, "of now", chance => (AddressOf(chance.Next(sessions)), began + Duration.FromMinutes(15)), stop);
        if (present > 0)
        {
            await AskAsync(
                test, "of the last half year",
                chance => (AddressOf(chance.Next(present / TimesEach)), began - (EachLasted * chance.Next(1, TimesEach + 1)) + Duration.FromDays(chance.Next(1, EachLasted.Days))), stop);
        }
    }

    private async Task AskAsync(TestDatabase test, string what, Func<Random, (Address Address, Instant At)> ask, CancellationToken stop)
    {
        var chance = new Random(1);
        var (asked, found) = (0, 0);
        var (started, cpu) = (Stopwatch.GetTimestamp(), Cpu());
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < 5)
        {
            var questions = Enumerable.Range(0, QuestionsAtOnce).Select(_ => ask(chance))
                .Select(q => new WhoQuestion(q.Address, null, new Interval(q.At - Duration.FromMinutes(5), q.At + Duration.FromMinutes(5)))).ToList();
            found += (await test.Database.ReadAsync(db => AddressRecords.FindAsync(db, questions, Load.Provider, null, stop), stop)).Count;
            asked += QuestionsAtOnce;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sessions {dialect}: {asked / seconds:0} questions (address, time) {what} a second, {QuestionsAtOnce} to a batch, {(Cpu() - cpu).TotalMicroseconds / asked:0.0} µs CPU each, {100.0 * found / asked:0} % found"));
    }

    // One after the other each address had ten sessions.
    private async Task FillAsync(TestDatabase test, Instant began, CancellationToken stop)
    {
        var (started, cpu, addresses) = (Stopwatch.GetTimestamp(), Cpu(), present / TimesEach);
        foreach (var some in Enumerable.Range(0, present).Chunk(20_000))
        {
            var rows = some.Select(i =>
            {
                var from = began - (EachLasted * (TimesEach - (i / addresses)));
                return new AddressSession
                {
                    Source = SessionSource.Radius, Nas = "nas1", Session = string.Create(CultureInfo.InvariantCulture, $"p{i:x8}"),
                    Login = string.Create(CultureInfo.InvariantCulture, $"u{i % 1_000_003}@dsl.provider.example"),
                    Prefix = Prefix.Single(AddressOf(i % addresses)), StartedAt = from, SeenAt = from + EachLasted, EndedAt = from + EachLasted,
                    End = SessionEnd.Stopped, RecordedAt = from, EndRecordedAt = from + EachLasted,
                };
            }).ToList();
            await test.Database.WriteAsync(db => new SessionStore(db).SaveAsync(rows, stop), stop);
        }

        // Which autovacuum does, and the server of the tests has none.
        if (dialect == Dialect.PostgreSql)
            await test.Database.WriteAsync(db => db.ExecuteAsync("ANALYZE address_session", null, stop), stop);
        var bytes = await test.Database.ReadAsync(db => db.SingleAsync<long>(
            dialect == Dialect.Sqlite ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()" : "SELECT pg_database_size(current_database())", null, stop), stop);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sessions {dialect}: {present} written in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, {(Cpu() - cpu).TotalMicroseconds / present:0.0} µs CPU each, {bytes / (double)present:0} bytes each on disk; resident {Environment.WorkingSet >> 20} MiB"));
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
