using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>The journal of what was found about mail from outside.</summary>
public sealed class InboundCheckStore(DbSession db)
{
    /// <summary>Writes entries down.</summary>
    public async Task AddAsync(IReadOnlyList<InboundCheckEntry> entries, CancellationToken stop)
    {
        if (entries.Count == 0)
            return;
        var id = await db.NextIdsAsync("inbound_check", entries.Count, stop);
        await db.InsertManyAsync("""
            INSERT INTO inbound_check (id, at, reference, client_address, helo, envelope_from, recipients, outcome, reason, clause, points, results)
            """,
            entries,
            e => [id++, e.At, e.Reference, e.ClientAddress, e.Helo, e.EnvelopeFrom, e.Recipients, e.Outcome, e.Reason, e.Clause, e.Points, e.Results],
            stop);
    }

    /// <summary>The latest entries, newest first.</summary>
    /// <param name="client">Of this client only; null for all.</param>
    /// <param name="limit">How many.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<InboundCheckEntry>> LatestAsync(Address? client, long limit, CancellationToken stop) =>
        client is { } address
            ? db.QueryAsync<InboundCheckEntry>($"{Select} WHERE client_address = @address ORDER BY at DESC, id DESC LIMIT @limit", new { address, limit }, stop)
            : db.QueryAsync<InboundCheckEntry>($"{Select} ORDER BY at DESC, id DESC LIMIT @limit", new { limit }, stop);

    /// <summary>Forgets what is older.</summary>
    /// <returns>How many entries.</returns>
    public Task<int> ForgetAsync(Instant before, CancellationToken stop) =>
        db.ExecuteAsync("DELETE FROM inbound_check WHERE at < @before", new { before }, stop);

    private const string Select = """
        SELECT at, reference, client_address, helo, envelope_from, recipients, outcome, reason, clause, points, results
        FROM   inbound_check
        """;
}

/// <summary>What became of a message, or of one recipient of it.</summary>
public enum InboundOutcome
{
    /// <summary>Taken.</summary>
    Accepted,

    /// <summary>Taken, and it looks like spam: in Junk or marked, as each user wants it.</summary>
    TakenAsSpam,

    /// <summary>The client was told to come again.</summary>
    Deferred,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>An entry of the journal.</summary>
public sealed record InboundCheckEntry
{
    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>Our name for the message, or for the connection, as in the Received line and the log.</summary>
    public required string Reference { get; init; }

    /// <summary>The client.</summary>
    public required Address ClientAddress { get; init; }

    /// <summary>What it calls itself.</summary>
    public required string Helo { get; init; }

    /// <summary>Envelope sender; empty for the null sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>For how many.</summary>
    public required long Recipients { get; init; }

    /// <summary>What became of it.</summary>
    public required InboundOutcome Outcome { get; init; }

    /// <summary>Why; null when it was simply taken.</summary>
    public InboundReason? Reason { get; init; }

    /// <summary>What the policy says about it.</summary>
    public ClauseId? Clause { get; init; }

    /// <summary>What spoke against it.</summary>
    public required long Points { get; init; }

    /// <summary>What was found, as in Authentication-Results.</summary>
    public required string Results { get; init; }
}
