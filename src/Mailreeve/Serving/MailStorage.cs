using Mailreeve.Configuration;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>Where messages lie, and what makes their rows. Open before the first connection, closed after the last.</summary>
internal sealed class MailStorage : IAsyncDisposable
{
    private readonly ILoggerFactory logs;

    private MailStorage(SegmentStore segments, Journal journal, ILoggerFactory logs) => (Segments, Journal, this.logs) = (segments, journal, logs);

    /// <summary>The messages.</summary>
    public SegmentStore Segments { get; }

    /// <summary>What makes their rows.</summary>
    public Journal Journal { get; }

    /// <summary>Opens the folder, and makes the rows that the last stop has left unmade.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="InvalidDataException">The database knows messages that are not there.</exception>
    public static async Task<MailStorage> OpenAsync(Settings settings, Database database, IClock clock, CancellationToken stop)
    {
        var logs = LoggerFactory.Create(logging => Logging.Configure(logging, settings));
        var segments = SegmentStore.Open(settings.MailFolder, new SegmentOptions(), clock);
        try
        {
            foreach (var problem in segments.Problems)
                logs.CreateLogger<MailStorage>().SegmentDamaged($"{problem}");
            return new MailStorage(segments, await Journal.StartAsync(database, segments, logs.CreateLogger<Journal>(), stop), logs);
        }
        catch
        {
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
        logs.Dispose();
    }
}
