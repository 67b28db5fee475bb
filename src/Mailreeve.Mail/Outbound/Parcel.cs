using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>One message on its way to some of its recipients, all at the same place: one transaction, if the other side lets it be.</summary>
/// <param name="Rows">Its recipients; at least one.</param>
internal sealed record Parcel(IReadOnlyList<DueOutbound> Rows)
{
    /// <summary>When it was taken to be tried.</summary>
    public Instant TakenAt { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public string From => Rows[0].EnvelopeFrom;

    /// <summary>The class of its customer, which chooses the address it is sent from.</summary>
    public string? SourceClass => Rows[0].SourceClass;

    /// <summary>What the sender asked for, of the message as a whole.</summary>
    public OutboundRequest Requested { get; } = OutboundRequest.Read(Rows[0].Options);

    /// <summary>Puts rows together that are the same message, in the order of their ids.</summary>
    public static IEnumerable<Parcel> Of(IEnumerable<DueOutbound> rows, int recipientsMax) => rows
        .OrderBy(r => r.Id)
        // What stands in the row is a message of its own, whoever else got the same words.
        .GroupBy(r => (r.Segment, Position: r.Position ?? r.Id, r.EnvelopeFrom))
        .SelectMany(group => group.Chunk(recipientsMax))
        .Select(chunk => new Parcel(chunk));
}
