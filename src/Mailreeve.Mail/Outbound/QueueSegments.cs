using System.Buffers;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>The messages that wait to be sent, on disk. Apart from the mailboxes: they go when they are sent, and not by their age.</summary>
/// <param name="store">The segments; closed with this.</param>
public sealed class QueueSegments(SegmentStore store) : IAsyncDisposable
{
    /// <summary>The segments.</summary>
    public SegmentStore Store => store;

    /// <summary>Makes a message durable, once for all its recipients.</summary>
    /// <exception cref="IOException">It is not on disk.</exception>
    public async ValueTask<MessagePlace> PutAsync(string from, Instant at, ReadOnlySequence<byte> content)
    {
        var head = new RecordHead { SavedAt = at, InternalDate = at, EnvelopeFrom = from, Deliveries = [] };
        return (await store.AppendAsync(head, content, CancellationToken.None)).Message;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();
}
