using System.Buffers;
using System.Diagnostics;
using Mailreeve.Policy;
using Mailreeve.Storage.Segments;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>How many messages a second the journal takes, and what each costs. Every writer waits for its message before the next.</summary>
/// <param name="writers">Writers at once.</param>
/// <param name="bytes">Octets of a message.</param>
/// <param name="duration">How long to measure.</param>
internal sealed class SegmentsBench(int writers, int bytes, TimeSpan duration)
{
    private static readonly RecordHead Head = new()
    {
        SavedAt = SystemClock.Instance.GetCurrentInstant(),
        InternalDate = SystemClock.Instance.GetCurrentInstant(),
        EnvelopeFrom = "sender@sender.example",
        Deliveries = [new Delivery(new MailboxId(7), new FolderId(8), 1, 9, 0, "")],
    };

    /// <summary>Measures and prints one line.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var folder = RunFolder.NewFolder("segments");
        await using (var store = SegmentStore.Open(folder, new SegmentOptions(), SystemClock.Instance))
        {
            // Once for the just-in-time compiler, and for the first whole segment of zeros.
            await AppendAsync(store, TimeSpan.FromSeconds(2), stop);
            var me = Process.GetCurrentProcess();
            var before = (store.Counters, Allocated: GC.GetTotalAllocatedBytes(), Cpu: me.TotalProcessorTime, At: Stopwatch.GetTimestamp());
            await AppendAsync(store, duration, stop);
            var seconds = Stopwatch.GetElapsedTime(before.At).TotalSeconds;
            me.Refresh();
            var after = store.Counters;
            var appends = after.Appends - before.Counters.Appends;
            var commits = after.Commits - before.Counters.Commits;
            Console.WriteLine(
                $"segments {writers,4} writers x {bytes,7} bytes  {appends / seconds,7:0} appends/s  {commits / seconds,6:0} flushes/s  "
                + $"{(double)appends / commits,5:0.0} a flush  {(me.TotalProcessorTime - before.Cpu).TotalMicroseconds / appends,5:0.0} µs CPU  "
                + $"{(GC.GetTotalAllocatedBytes() - before.Allocated) / appends,5} bytes allocated  {after.Segments} segments");
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    private Task AppendAsync(SegmentStore store, TimeSpan time, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, writers).Select(n => Task.Run(async () =>
        {
            var message = new byte[bytes];
            new Random(n).NextBytes(message);
            while (Stopwatch.GetElapsedTime(started) < time)
                await store.AppendAsync(Head, new ReadOnlySequence<byte>(message), stop);
        }, stop)));
    }
}
