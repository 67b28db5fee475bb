using Mailreeve.Policy;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Rows of <c>folder</c>. Only the owner of the mailbox writes them.</summary>
public sealed class FolderStore(DbSession db)
{
    /// <summary>The folders of a mailbox; none when there is no such mailbox.</summary>
    public Task<IReadOnlyList<FolderRow>> OfMailboxAsync(MailboxId mailbox, CancellationToken stop) =>
        db.QueryAsync<FolderRow>("""
            SELECT id, name, special_use, subscribed, uid_validity, uid_next, highest_mod_seq
            FROM   folder
            WHERE  mailbox_id = @mailbox
            ORDER  BY name
            """, new { mailbox }, stop);

    /// <summary>Takes UIDVALIDITY values for new folders: a name that was used before comes back with a larger one (RFC 3501 §2.3.1.1).</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="seconds">Seconds since 1970.</param>
    /// <param name="count">How many.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>The first one; the others follow.</returns>
    public async Task<long> NextUidValiditiesAsync(MailboxId mailbox, long seconds, long count, CancellationToken stop) =>
        1 - count + await db.SingleAsync<long>("""
            UPDATE mailbox
            SET    uid_validity = CASE WHEN uid_validity < @seconds THEN @seconds ELSE uid_validity END + @count
            WHERE  id = @mailbox
            RETURNING uid_validity
            """, new { mailbox, seconds, count }, stop);

    /// <summary>Adds folders, with ids from <see cref="DbSession.NextIdsAsync"/>.</summary>
    public Task AddAsync(MailboxId mailbox, IReadOnlyList<FolderRow> folders, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO folder (id, mailbox_id, name, special_use, subscribed, uid_validity, uid_next, highest_mod_seq)",
            folders,
            f => [f.Id, mailbox, f.Name, f.SpecialUse, f.Subscribed, f.UidValidity, f.UidNext, f.HighestModSeq],
            stop);

    /// <summary>Gives folders other names.</summary>
    public Task RenameAsync(IReadOnlyList<(FolderId Id, string Name)> folders, CancellationToken stop) =>
        // By way of names that no folder can have: a name may become free only when another folder has got its own.
        db.ExecuteManyAsync("UPDATE folder SET name = $1 WHERE id = $2", [.. folders.Select(f => (f.Id, Name: $"\n{f.Id}")), .. folders],
            f => [f.Name, f.Id], stop);

    /// <summary>Says whether clients show a folder.</summary>
    public Task SubscribeAsync(FolderId id, bool subscribed, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE folder
            SET    subscribed = @flag
            WHERE  id = @id
            """, new { id, flag = subscribed ? 1L : 0L }, stop);

    /// <summary>Removes a folder and its messages.</summary>
    public async Task DeleteAsync(FolderId id, CancellationToken stop)
    {
        await db.ExecuteAsync("DELETE FROM message WHERE folder_id = @id", new { id }, stop);
        await db.ExecuteAsync("DELETE FROM folder WHERE id = @id", new { id }, stop);
    }

    /// <summary>Notes that UIDs and modification sequences up to these were given. Never goes back.</summary>
    public Task AdvanceAsync(IReadOnlyList<(FolderId Id, long UidNext, long HighestModSeq)> folders, CancellationToken stop) =>
        db.ExecuteManyAsync("""
            UPDATE folder
            SET    uid_next = CASE WHEN uid_next < $1 THEN $1 ELSE uid_next END,
                   highest_mod_seq = CASE WHEN highest_mod_seq < $2 THEN $2 ELSE highest_mod_seq END
            WHERE  id = $3
            """, folders, f => [f.UidNext, f.HighestModSeq, f.Id], stop);
}

/// <summary>A row of <c>folder</c>.</summary>
public sealed record FolderRow
{
    /// <summary>Its id.</summary>
    public required FolderId Id { get; init; }

    /// <summary>Its name, levels separated by <c>/</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, as <see cref="EnumText"/> has it; null for nothing in particular.</summary>
    public string? SpecialUse { get; init; }

    /// <summary>1 when clients show it.</summary>
    public required long Subscribed { get; init; }

    /// <summary>UIDVALIDITY.</summary>
    public required long UidValidity { get; init; }

    /// <summary>The next UID.</summary>
    public required long UidNext { get; init; }

    /// <summary>The highest modification sequence that was given.</summary>
    public required long HighestModSeq { get; init; }
}
