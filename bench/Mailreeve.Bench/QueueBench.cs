using System.Buffers;
using System.Diagnostics;
using System.Text;
using Mailreeve.Mail.Outbound;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Segments;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>
/// The whole program empties a queue into a server on the loopback that takes everything: <c>smtp-sink</c>. Destinations are addresses in
/// brackets of 127/8, so that no name has to be looked up and each has an owner of its own.
/// </summary>
/// <param name="messages">Messages that are due.</param>
/// <param name="destinations">Destinations they go to, 1 to 60,000.</param>
/// <param name="waiting">Further messages that wait for a later time, one recipient each.</param>
/// <param name="port">Where the sink listens, on all addresses.</param>
internal sealed class QueueBench(int messages, int destinations, int waiting, int port)
{
    private const int MessageBytes = 4096;
    private const int Putters = 100;
    private const int RowsPerWrite = 5000;

    public async Task RunAsync(CancellationToken stop)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-bench-").FullName;
        var settings = Load.Settings($"sqlite:{Path.Combine(folder, "bench.db")}", folder, LocalPorts.Free(), LocalPorts.Free());
        settings = settings with { Outbound = settings.Outbound with { ExchangerPort = port, Smarthost = null, MtaSts = false, TlsReports = false } };
        try
        {
            await FillAsync(settings.Database, settings.QueueFolder, stop);
            var started = Stopwatch.GetTimestamp();
            await using var server = await Server.StartAsync(
                settings, new PolicyInForce(ShippedPolicy.Policy, ShippedPolicy.Check.Notices, ""), SystemClock.Instance, stop);
            Console.WriteLine($"started in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
            await EmptyAsync((OutboundParts)server.Services.GetService(typeof(OutboundParts))!, stop);
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private async Task FillAsync(string connection, string queueFolder, CancellationToken stop)
    {
        await using var database = Database.Open(connection);
        await using var segments = new QueueSegments(SegmentStore.Open(queueFolder, new SegmentOptions(), SystemClock.Instance));
        await LetWaitAsync(database, stop);
        var outbox = new Outbox(database, segments);
        var content = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes($"Subject: bench\r\n\r\n{string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", MessageBytes / 72))}"));
        var (started, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Putters).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= messages;)
            {
                var d = i % destinations;
                await outbox.PutAsync(
                    new OutgoingMessage
                    {
                        SubmissionId = i,
                        At = SystemClock.Instance.GetCurrentInstant(),
                        EnvelopeFrom = new Mailbox("kim", "customer.example"),
                        Recipients = [new OutgoingRecipient(new Mailbox($"a{i}", $"[127.0.{d / 250}.{(d % 250) + 2}]"))],
                        Content = content,
                    },
                    _ => Task.CompletedTask, stop);
            }
        }));
        Say("put into the queue", started, Process.GetCurrentProcess().TotalProcessorTime - cpu);
    }

    private async Task LetWaitAsync(Database database, CancellationToken stop)
    {
        var later = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(1);
        for (var done = 0; done < waiting; done += RowsPerWrite)
        {
            await database.WriteAsync(async db =>
            {
                var id = await db.NextIdsAsync("outbound", RowsPerWrite, stop);
                await new OutboundStore(db).AddAsync(
                    [.. Enumerable.Range(0, RowsPerWrite).Select(i => new NewOutbound
                    {
                        Id = id + i,
                        Purpose = OutboundPurpose.Submission,
                        SubjectId = id + i,
                        EnvelopeFrom = "kim@customer.example",
                        Recipient = $"a@waits{(id + i) % 1000}.example",
                        Message = [],
                        CreatedAt = later,
                    })], stop);
            }, stop);
        }
    }

    private async Task EmptyAsync(OutboundParts parts, CancellationToken stop)
    {
        var process = Process.GetCurrentProcess();
        var (started, cpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (parts.Counters.Sent < messages && await timer.WaitForNextTickAsync(stop))
        {
            if (parts.Counters.Deferred + parts.Counters.Failed > 0)
                throw new InvalidOperationException("The sink did not take everything.");
        }

        process.Refresh();
        Say("sent", started, process.TotalProcessorTime - cpu);
        Console.WriteLine($"{parts.Counters.Connections} connections, {process.WorkingSet64 >> 20} MiB");
    }

    private void Say(string what, long started, TimeSpan cpu)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{messages} messages to {destinations} destinations {what} in {seconds:0.0} s: {messages / seconds:0} a second, {cpu.TotalMilliseconds * 1000 / messages:0} µs of processor each");
    }
}
