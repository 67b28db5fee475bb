using System.Buffers;
using Mailreeve.Policy;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Trace;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Finds in the submission log what a trace speaks of.</summary>
public sealed class SubmissionTraceStore(DbSession db)
{
    private const string SelectTraced = """
        SELECT s.id, s.at, s.customer_id, s.mailbox_id, s.client_address, s.envelope_from, s.header_from, s.message_id, s.recipients, s.size,
               s.trace_id, s.envelope_hash, s.body_hash, k.secret, k.retired_at, c.name AS customer_name, c.reg_number, m.address AS mailbox
        FROM   submission s
        JOIN   trace_key k ON k.id = s.trace_key_id
        JOIN   customer c ON c.id = s.customer_id
        LEFT   JOIN mailbox m ON m.id = s.mailbox_id
        """;

    // A Message-ID is chosen by the sender, who may use one for thousands of messages.
    private const long SameMessageIdMax = 200;

    /// <summary>The messages that these traces are of, in no order. Our queue ids are the same ids.</summary>
    /// <param name="traceIds">Ids as the traces have them; some thousands at most.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<IReadOnlyList<TracedSubmission>> FindAsync(IReadOnlyCollection<string> traceIds, CancellationToken stop) =>
        traceIds.Count == 0
            ? []
            : await db.QueryAsync<TracedSubmission>(
                $"{SelectTraced} WHERE {db.IsAnyOf("s.trace_id", "ids")}", new { ids = traceIds.ToArray() }, stop);

    /// <summary>Messages with one of these Message-IDs, newest first, 200 at most.</summary>
    /// <param name="messageIds">Without angle brackets; some hundreds at most.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<IReadOnlyList<TracedSubmission>> FindByMessageIdAsync(IReadOnlyCollection<string> messageIds, CancellationToken stop) =>
        messageIds.Count == 0
            ? []
            : await db.QueryAsync<TracedSubmission>(
                $"{SelectTraced} WHERE {db.IsAnyOf("s.message_id", "ids")} ORDER BY s.id DESC LIMIT @limit",
                new { ids = messageIds.Select(id => $"<{id}>").ToArray(), limit = SameMessageIdMax }, stop);
}

/// <summary>A message that a customer handed in, and the secret that its trace was made with.</summary>
public sealed record TracedSubmission
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>When it was handed in.</summary>
    public required Instant At { get; init; }

    /// <summary>By whom.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>The customer's registration number.</summary>
    public required string RegNumber { get; init; }

    /// <summary>From which mailbox; null when the customer's own server handed it in.</summary>
    public MailboxId? MailboxId { get; init; }

    /// <summary>The mailbox's address.</summary>
    public string? Mailbox { get; init; }

    /// <summary>From which address.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>The envelope's sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>The sender in its header.</summary>
    public required string HeaderFrom { get; init; }

    /// <summary>Its Message-ID, with angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>To how many.</summary>
    public required long Recipients { get; init; }

    /// <summary>Its octets.</summary>
    public required long Size { get; init; }

    /// <summary>Its trace's id.</summary>
    public required string TraceId { get; init; }

    /// <summary>Hash of its envelope.</summary>
    public required byte[] EnvelopeHash { get; init; }

    /// <summary>Hash of its body.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>The secret. It never leaves the program.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>When the secret went out of use; null while it is in use.</summary>
    public Instant? RetiredAt { get; init; }

    /// <summary>What is known about a trace that somebody shows us.</summary>
    /// <param name="sighting">The trace; null when there is none.</param>
    /// <param name="submission">The message that the log has under its id; null when it has none.</param>
    public static TraceFacts FactsOf(TraceSighting? sighting, TracedSubmission? submission) => new()
    {
        IsFound = sighting is not null,
        IsLogged = submission is not null,
        CodeHolds = sighting?.Mark is { } mark ? submission?.Binding.Holds(submission.Secret, mark) : null,
        Body = sighting is null || submission is null ? TracedBody.Missing : submission.Compare(sighting),
        KeyRetiredAt = submission?.RetiredAt,
    };

    /// <summary>Whether a body is the one that was handed in, up to white space.</summary>
    public bool HasBody(ReadOnlySequence<byte> body) => BodyHasher.Of(body, Canonicalization.Relaxed).AsSpan().SequenceEqual(BodyHash);

    private TraceBinding Binding => new()
    {
        Submission = Id,
        Customer = CustomerId.Value,
        Mailbox = MailboxId?.Value,
        At = At,
        EnvelopeHash = EnvelopeHash,
        BodyHash = BodyHash,
    };

    private TracedBody Compare(TraceSighting sighting)
    {
        if (sighting is not { Body: { } body, Mark: { } mark })
            return TracedBody.Missing;
        var octets = new ReadOnlySequence<byte>(body);
        if (HasBody(octets))
            return TracedBody.Same;
        return BodySketch.Compare(mark.Sketch, BodySketch.Of(octets)) == SketchMatch.Different ? TracedBody.Different : TracedBody.Alike;
    }
}
