using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>A message that is to be sent now, to one recipient.</summary>
public sealed record DueOutbound
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Why it is sent.</summary>
    public required OutboundPurpose Purpose { get; init; }

    /// <summary>Whose it is.</summary>
    public required long SubjectId { get; init; }

    /// <summary>The submission it came with.</summary>
    public long? SubmissionId { get; init; }

    /// <summary>Envelope sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>Envelope recipient.</summary>
    public required string Recipient { get; init; }

    /// <summary>The message, where it stands in the row.</summary>
    public byte[]? Message { get; init; }

    /// <summary>The segment it lies in otherwise; see <see cref="Place"/>.</summary>
    public long? Segment { get; init; }

    /// <summary>Where in the segment.</summary>
    public long? Position { get; init; }

    /// <summary>Its octets there.</summary>
    public long? Length { get; init; }

    /// <summary>What the sender asked for, as it stands in the column.</summary>
    public string? Options { get; init; }

    /// <summary>The class of its customer.</summary>
    public string? SourceClass { get; init; }

    /// <summary>Which attempt this is, from 1.</summary>
    public required long Attempts { get; init; }

    /// <summary>When it was written; sending is given up some days after.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>What was said the last time.</summary>
    public string? LastReply { get; init; }

    /// <summary>Where the message lies among the queue's segments; <see langword="null"/> when it is in the row.</summary>
    public MessagePlace? Place => Segment is { } segment ? new MessagePlace(new SegmentId(segment), Position!.Value, (int)Length!.Value) : null;

    /// <summary>Whether it is mail of a customer, or about mail of a customer; what the program itself sends is never sent twice.</summary>
    public bool IsCustomers => Purpose is OutboundPurpose.Submission or OutboundPurpose.DeliveryStatus;
}

/// <summary>What became of an attempt.</summary>
/// <param name="Id">The message.</param>
/// <param name="State">Queued to be tried again, or how it ended.</param>
/// <param name="Reply">What the remote server said, or what we have to say; <see langword="null"/> leaves what was said before.</param>
/// <param name="NextAttemptAt">When it is tried again; <see langword="null"/> when it ended.</param>
/// <param name="Attempted">Whether it was tried at all.</param>
/// <param name="OwnerIsTold">Whether nobody has to take the outcome in.</param>
public sealed record AttemptOutcome(
    long Id, OutboundState State, string? Reply, Instant? NextAttemptAt, bool Attempted = true, bool OwnerIsTold = false);
