using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>Where messages lie, and what makes their rows. Open before the first connection, closed after the last.</summary>
internal sealed class MailStorage : IAsyncDisposable
{
    private readonly ILoggerFactory logs;

    private MailStorage(SegmentStore segments, Journal journal, QueueSegments queue, ILoggerFactory logs) =>
        (Segments, Journal, Queue, this.logs) = (segments, journal, queue, logs);

    /// <summary>The messages.</summary>
    public SegmentStore Segments { get; }

    /// <summary>What makes their rows.</summary>
    public Journal Journal { get; }

    /// <summary>The messages that wait to be sent.</summary>
    public QueueSegments Queue { get; }

    /// <summary>Opens the folder, and makes the rows that the last stop has left unmade.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="InvalidDataException">The database knows messages that are not there.</exception>
    public static async Task<MailStorage> OpenAsync(Settings settings, Database database, IClock clock, CancellationToken stop)
    {
        var logs = LoggerFactory.Create(logging => Logging.Configure(logging, settings));
        SegmentStore? segments = null;
        SegmentStore? queue = null;
        try
        {
            segments = SegmentStore.Open(settings.MailFolder, new SegmentOptions(), clock);
            queue = SegmentStore.Open(settings.QueueFolder, new SegmentOptions(), clock);
            foreach (var problem in segments.Problems.Concat(queue.Problems))
                logs.CreateLogger<MailStorage>().SegmentDamaged($"{problem}");
            var journal = await Journal.StartAsync(database, segments, logs.CreateLogger<Journal>(), stop);
            return new MailStorage(segments, journal, new QueueSegments(queue), logs);
        }
        catch
        {
            if (queue is not null)
                await queue.DisposeAsync();
            if (segments is not null)
                await segments.DisposeAsync();
            logs.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await Segments.DisposeAsync();
        await Queue.DisposeAsync();
        logs.Dispose();
    }
}
