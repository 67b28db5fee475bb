using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Network;

/// <summary>Rows of <c>who_question</c>: who asked who had an address, and who was disclosed to them.</summary>
public sealed class WhoQuestionStore(DbSession db)
{
    private static readonly Duration Hour = Duration.FromHours(1);

    /// <summary>Puts a question on record, unless its asker has asked often enough.</summary>
    /// <param name="question">The question, with what is about to be answered.</param>
    /// <param name="perHour">Questions of one asker in an hour; null for any number.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it was too often: nothing was written, and nothing may be answered.</returns>
    public async Task<bool> TryAddAsync(WhoQuestionRow question, long? perHour, CancellationToken stop)
    {
        // First the number: who waits for it sees the questions of those before.
        var id = await db.NextIdsAsync("who_question", 1, stop);
        if (perHour is { } most && await AskedSinceAsync(question.AskedBy, question.AskedAt - Hour, stop) >= most)
            return false;
        await db.ExecuteAsync("""
            INSERT INTO who_question (id, asked_at, asked_by, address, port, from_at, to_at, known_at, verdict, disclosed)
            VALUES (@id, @AskedAt, @AskedBy, @Address, @Port, @FromAt, @ToAt, @KnownAt, @Verdict, @Disclosed)
            """,
            new
            {
                id,
                question.AskedAt,
                question.AskedBy,
                question.Address,
                question.Port,
                question.FromAt,
                question.ToAt,
                question.KnownAt,
                question.Verdict,
                question.Disclosed,
            }, stop);
        return true;
    }

    /// <summary>Questions, the newest first.</summary>
    /// <param name="about">Only about this address; null for all.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<WhoQuestionRow>> NewestAsync(Address? about, long limit, CancellationToken stop) =>
        db.QueryAsync<WhoQuestionRow>($"""
            SELECT id, asked_at, asked_by, address, port, from_at, to_at, known_at, verdict, disclosed
            FROM   who_question
            {(about is null ? "" : "WHERE  address = @address")}
            ORDER  BY asked_at DESC, id DESC
            LIMIT  @limit
            """, about is { } address ? new { address, limit } : new { limit }, stop);

    /// <summary>When somebody asked last; null when never.</summary>
    public Task<Instant?> LastOfAsync(Actor asker, CancellationToken stop) =>
        db.SingleOrDefaultAsync<Instant?>("""
            SELECT asked_at
            FROM   who_question
            WHERE  asked_by = @asker
            ORDER  BY asked_at DESC
            LIMIT  1
            """, new { asker }, stop);

    /// <summary>Whether there is a question from before a moment.</summary>
    public async Task<bool> AnyBeforeAsync(Instant before, CancellationToken stop) =>
        await db.SingleAsync<long>("""
            SELECT COUNT(*)
            FROM   (SELECT 1 FROM who_question WHERE asked_at < @before LIMIT 1) AS one
            """, new { before }, stop) > 0;

    /// <summary>Forgets questions from before a moment, the oldest first.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> ForgetAsync(Instant before, long limit, CancellationToken stop) =>
        db.ExecuteAsync("""
            DELETE FROM who_question
            WHERE  id IN (SELECT id FROM who_question WHERE asked_at < @before ORDER BY asked_at, id LIMIT @limit)
            """, new { before, limit }, stop);

    private Task<long> AskedSinceAsync(Actor asker, Instant since, CancellationToken stop) =>
        db.SingleAsync<long>("SELECT COUNT(*) FROM who_question WHERE asked_by = @asker AND asked_at > @since", new { asker, since }, stop);
}

/// <summary>A row of <c>who_question</c>.</summary>
public sealed record WhoQuestionRow
{
    /// <summary>Its number; 0 before it has one.</summary>
    public long Id { get; init; }

    /// <summary>When it was asked.</summary>
    public required Instant AskedAt { get; init; }

    /// <summary>By whom.</summary>
    public required Actor AskedBy { get; init; }

    /// <summary>The address.</summary>
    public required Address Address { get; init; }

    /// <summary>The source port; null when it was not said.</summary>
    public long? Port { get; init; }

    /// <summary>Begin of the time that was asked about.</summary>
    public required Instant FromAt { get; init; }

    /// <summary>Its end.</summary>
    public required Instant ToAt { get; init; }

    /// <summary>As it was known at this moment; null for as it was known when it was asked.</summary>
    public Instant? KnownAt { get; init; }

    /// <summary>The verdict, in its word.</summary>
    public required string Verdict { get; init; }

    /// <summary>Registration numbers of all who were named, with blanks between; empty when nobody was.</summary>
    public required string Disclosed { get; init; }
}
