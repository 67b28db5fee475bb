using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Rows of <c>submission</c>: every message that a customer handed in, for ever.</summary>
public sealed class SubmissionStore(DbSession db)
{
    /// <summary>Writes a message down, in the transaction that puts it into the queue.</summary>
    public Task AddAsync(NewSubmission submission, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO submission (id, at, customer_id, mailbox_id, client_address, helo, tls, envelope_from, header_from, message_id, list_id,
                                    recipients, size, trace_id, trace_key_id, envelope_hash, body_hash, hold_id, counted, counted_first, subject)
            VALUES (@Id, @At, @CustomerId, @MailboxId, @ClientAddress, @Helo, @Tls, @EnvelopeFrom, @HeaderFrom, @MessageId, @ListId,
                    @Recipients, @Size, @TraceId, @TraceKeyId, @EnvelopeHash, @BodyHash, @HoldId, @Counted, @CountedFirst, @Subject)
            """, submission, stop);

    /// <summary>What counts towards the limits of a mailbox, newest first.</summary>
    /// <param name="mailbox">Whose.</param>
    /// <param name="since">Only what was handed in after this.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<CountedSubmission>> CountedOfAsync(MailboxId mailbox, Instant since, long limit, CancellationToken stop) =>
        db.QueryAsync<CountedSubmission>("""
            SELECT at, counted, counted_first, body_hash
            FROM   submission
            WHERE  mailbox_id = @mailbox AND at > @since AND counted > 0
            ORDER  BY at DESC
            LIMIT  @limit
            """, new { mailbox, since, limit }, stop);

    /// <summary>What counts towards the limits of a customer, newest first.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="since">Only what was handed in after this.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<CountedSubmission>> CountedOfAsync(CustomerId customer, Instant since, long limit, CancellationToken stop) =>
        db.QueryAsync<CountedSubmission>("""
            SELECT at, counted, counted_first, body_hash
            FROM   submission
            WHERE  customer_id = @customer AND at > @since AND counted > 0
            ORDER  BY at DESC
            LIMIT  @limit
            """, new { customer, since, limit }, stop);

    /// <summary>How many messages came under a hold.</summary>
    public Task<long> HeldAsync(HoldId hold, CancellationToken stop) =>
        db.SingleAsync<long>("SELECT COUNT(*) FROM submission WHERE hold_id = @hold", new { hold }, stop);

    /// <summary>Messages under a hold, first come first, as an operator looks through them.</summary>
    /// <param name="hold">Which hold.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<HeldSubmission>> OfHoldAsync(HoldId hold, long limit, CancellationToken stop) =>
        db.QueryAsync<HeldSubmission>("""
            SELECT id, at, client_address, envelope_from, header_from, list_id, recipients, size, subject
            FROM   submission
            WHERE  hold_id = @hold
            ORDER  BY id
            LIMIT  @limit
            """, new { hold, limit }, stop);

    /// <summary>Since when a customer is one.</summary>
    public Task<Instant> CustomerSinceAsync(CustomerId customer, CancellationToken stop) =>
        db.SingleAsync<Instant>("SELECT created_at FROM customer WHERE id = @customer", new { customer }, stop);
}

/// <summary>A message that a customer handed in.</summary>
public sealed record NewSubmission
{
    /// <summary>Its id, from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public required long Id { get; init; }

    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>Who.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>The mailbox that had signed in; null for a customer's own server, known by its address.</summary>
    public MailboxId? MailboxId { get; init; }

    /// <summary>From where.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>How the client called itself.</summary>
    public required string Helo { get; init; }

    /// <summary>TLS version and cipher; null for a plain connection.</summary>
    public string? Tls { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>The first address of From.</summary>
    public required string HeaderFrom { get; init; }

    /// <summary>Message-ID.</summary>
    public required string MessageId { get; init; }

    /// <summary>The list that it names; null for none.</summary>
    public string? ListId { get; init; }

    /// <summary>Recipients, 1 or more.</summary>
    public required long Recipients { get; init; }

    /// <summary>Octets, with what was put in front.</summary>
    public required long Size { get; init; }

    /// <summary>What its trace says.</summary>
    public required string TraceId { get; init; }

    /// <summary>The secret that the trace is signed with.</summary>
    public required long TraceKeyId { get; init; }

    /// <summary>What the trace is bound to: sender and recipients.</summary>
    public required byte[] EnvelopeHash { get; init; }

    /// <summary>SHA-256 of the body as it came.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>The hold that it came under; null when it went out at once.</summary>
    public HoldId? HoldId { get; init; }

    /// <summary>Recipients that count towards the limits; 0 when it was held or does not count.</summary>
    public required long Counted { get; init; }

    /// <summary>Those of them who were written to for the first time.</summary>
    public required long CountedFirst { get; init; }

    /// <summary>Its subject when it is held, for the operator; empty otherwise.</summary>
    public required string Subject { get; init; }
}

/// <summary>What a message counts towards the limits.</summary>
public sealed record CountedSubmission
{
    /// <summary>When it was handed in.</summary>
    public required Instant At { get; init; }

    /// <summary>Recipients.</summary>
    public required long Counted { get; init; }

    /// <summary>Those of them who were written to for the first time.</summary>
    public required long CountedFirst { get; init; }

    /// <summary>SHA-256 of its body.</summary>
    public required byte[] BodyHash { get; init; }
}

/// <summary>A message under a hold.</summary>
public sealed record HeldSubmission
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>When it was handed in.</summary>
    public required Instant At { get; init; }

    /// <summary>From where.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>Envelope sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>The first address of From.</summary>
    public required string HeaderFrom { get; init; }

    /// <summary>The list that it names; null for none.</summary>
    public string? ListId { get; init; }

    /// <summary>Recipients.</summary>
    public required long Recipients { get; init; }

    /// <summary>Octets.</summary>
    public required long Size { get; init; }

    /// <summary>Its subject, in one line.</summary>
    public required string Subject { get; init; }
}
