using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Rows of <c>message</c>: which message lies in which folder, and where its octets are.</summary>
public sealed class MessageStore(DbSession db)
{
    /// <summary>Adds rows; those that are there already stay as they are.</summary>
    public Task AddAsync(IReadOnlyList<MessageRow> rows, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO message (folder_id, uid, segment, position, length, saved_at, internal_date, flags, keywords, mod_seq, summary)",
            rows,
            r => [r.FolderId, r.Uid, r.Segment, r.Position, r.Length, r.SavedAt, r.InternalDate, r.Flags, r.Keywords, r.ModSeq, r.Summary],
            "ON CONFLICT (folder_id, uid) DO NOTHING",
            stop);

    /// <summary>The messages of a folder by UID, without their summaries.</summary>
    public Task<IReadOnlyList<MessageRow>> OfFolderAsync(FolderId folder, CancellationToken stop) =>
        db.QueryAsync<MessageRow>("""
            SELECT folder_id, uid, segment, position, length, saved_at, internal_date, flags, keywords, mod_seq
            FROM   message
            WHERE  folder_id = @folder
            ORDER  BY uid
            """, new { folder }, stop);

    /// <summary>The summaries of a folder's messages from one UID to another, both included.</summary>
    public Task<IReadOnlyList<SummaryRow>> SummariesAsync(FolderId folder, long first, long last, CancellationToken stop) =>
        db.QueryAsync<SummaryRow>("""
            SELECT uid, summary
            FROM   message
            WHERE  folder_id = @folder AND uid BETWEEN @first AND @last
            """, new { folder, first, last }, stop);

    /// <summary>Writes the flags of messages anew.</summary>
    public Task SetFlagsAsync(FolderId folder, IReadOnlyList<FlagsRow> rows, CancellationToken stop) =>
        db.ExecuteManyAsync("UPDATE message SET flags = $1, keywords = $2, mod_seq = $3 WHERE folder_id = $4 AND uid = $5",
            rows, r => [r.Flags, r.Keywords, r.ModSeq, folder, r.Uid], stop);

    /// <summary>Removes messages.</summary>
    public Task DeleteAsync(FolderId folder, IReadOnlyList<uint> uids, CancellationToken stop) =>
        db.ExecuteManyAsync("DELETE FROM message WHERE folder_id = $1 AND uid = $2", uids, uid => [folder, (long)uid], stop);

    /// <summary>Copies messages into another folder.</summary>
    public Task CopyAsync(FolderId from, FolderId to, IReadOnlyList<PlacedCopy> copies, CancellationToken stop) =>
        db.ExecuteManyAsync("""
            INSERT INTO message (folder_id, uid, segment, position, length, saved_at, internal_date, flags, keywords, mod_seq, summary)
            SELECT $1, $2, segment, position, length, saved_at, internal_date, flags, keywords, $3, summary
            FROM   message
            WHERE  folder_id = $4 AND uid = $5
            """, copies, c => [to, (long)c.To, (long)c.ModSeq, from, (long)c.From], stop);

    /// <summary>Moves messages into another folder.</summary>
    public Task MoveAsync(FolderId from, FolderId to, IReadOnlyList<PlacedCopy> copies, CancellationToken stop) =>
        db.ExecuteManyAsync("UPDATE message SET folder_id = $1, uid = $2, mod_seq = $3 WHERE folder_id = $4 AND uid = $5",
            copies, c => [to, (long)c.To, (long)c.ModSeq, from, (long)c.From], stop);

    /// <summary>Mailboxes that have messages saved before a moment.</summary>
    /// <param name="savedBefore">The moment.</param>
    /// <param name="limit">Mailboxes at most; call again when they are done.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<MailboxId>> MailboxesWithAsync(Instant savedBefore, long limit, CancellationToken stop) =>
        db.QueryAsync<MailboxId>("""
            SELECT DISTINCT folder.mailbox_id
            FROM   message
            JOIN   folder ON folder.id = message.folder_id
            WHERE  message.saved_at < @savedBefore
            LIMIT  @limit
            """, new { savedBefore, limit }, stop);

    /// <summary>The octets that lie in each mailbox, by mailbox; one without messages is not among them.</summary>
    public Task<IReadOnlyList<MailboxUsage>> UsageAsync(CancellationToken stop) =>
        db.QueryAsync<MailboxUsage>("""
            SELECT folder.mailbox_id, CAST(SUM(message.length) AS BIGINT) AS bytes, COUNT(*) AS messages
            FROM   message
            JOIN   folder ON folder.id = message.folder_id
            GROUP  BY folder.mailbox_id
            """, null, stop);

    /// <summary>The segments in which messages lie.</summary>
    public Task<IReadOnlyList<long>> SegmentsInUseAsync(CancellationToken stop) =>
        db.QueryAsync<long>("SELECT DISTINCT segment FROM message ORDER BY segment", null, stop);
}

/// <summary>A row of <c>message</c>.</summary>
public sealed record MessageRow
{
    /// <summary>The folder.</summary>
    public required FolderId FolderId { get; init; }

    /// <summary>The UID in it.</summary>
    public required long Uid { get; init; }

    /// <summary>The segment, as a number.</summary>
    public required long Segment { get; init; }

    /// <summary>Where in it the message begins.</summary>
    public required long Position { get; init; }

    /// <summary>Octets.</summary>
    public required long Length { get; init; }

    /// <summary>When this server got it.</summary>
    public required Instant SavedAt { get; init; }

    /// <summary>INTERNALDATE.</summary>
    public required Instant InternalDate { get; init; }

    /// <summary>Flags, as bits.</summary>
    public required long Flags { get; init; }

    /// <summary>Other flags, separated by spaces.</summary>
    public required string Keywords { get; init; }

    /// <summary>Modification sequence.</summary>
    public required long ModSeq { get; init; }

    /// <summary>Envelope, structure and the like; null when it was not read.</summary>
    public byte[]? Summary { get; init; }
}

/// <summary>The summary of a message.</summary>
public sealed record SummaryRow
{
    /// <summary>The message.</summary>
    public required long Uid { get; init; }

    /// <summary>Its summary.</summary>
    public byte[]? Summary { get; init; }
}

/// <summary>What a mailbox holds.</summary>
public sealed record MailboxUsage
{
    /// <summary>The mailbox.</summary>
    public required MailboxId MailboxId { get; init; }

    /// <summary>Octets.</summary>
    public required long Bytes { get; init; }

    /// <summary>Messages, a copy counted by itself.</summary>
    public required long Messages { get; init; }
}

/// <summary>The new flags of a message.</summary>
public sealed record FlagsRow(long Uid, long Flags, string Keywords, long ModSeq);

/// <summary>A message that is copied or moved, and the numbers it gets there.</summary>
public sealed record PlacedCopy(uint From, uint To, ulong ModSeq);
