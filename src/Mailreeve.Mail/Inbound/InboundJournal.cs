using System.Collections.Concurrent;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>What was found about mail from outside: noted in memory, written down a moment later.</summary>
/// <remarks>
/// The client's 250 must not wait for it. When the program ends in between, entries of the last second are lost; what was found is in
/// the message itself as well.
/// </remarks>
/// <param name="db">The database.</param>
/// <param name="options">How long it is kept.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For the operator.</param>
public sealed class InboundJournal(Database db, InboundOptions options, IClock clock, ILogger<InboundJournal> log)
{
    private const int WaitingMax = 20_000;
    private const int BatchSize = 1_000;

    private readonly ConcurrentQueue<InboundCheckEntry> waiting = new();
    private long lost;

    /// <summary>Notes an entry.</summary>
    public void Note(InboundCheckEntry entry)
    {
        if (waiting.Count < WaitingMax)
            waiting.Enqueue(entry);
        else
            Interlocked.Increment(ref lost);
    }

    /// <summary>Writes down what was noted.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        while (!waiting.IsEmpty)
        {
            var batch = new List<InboundCheckEntry>();
            while (batch.Count < BatchSize && waiting.TryDequeue(out var entry))
                batch.Add(entry);
            await db.WriteAsync(async session =>
            {
                await new InboundCheckStore(session).AddAsync(batch, stop);
                return batch.Count;
            }, stop);
        }

        if (Interlocked.Exchange(ref lost, 0) is var count and > 0)
            log.InboundJournalLost(count);
    }

    /// <summary>Forgets what is old.</summary>
    public Task<int> ForgetAsync(CancellationToken stop) =>
        db.WriteAsync(session => new InboundCheckStore(session).ForgetAsync(clock.GetCurrentInstant() - Duration.FromTimeSpan(options.JournalKept), stop), stop);
}
