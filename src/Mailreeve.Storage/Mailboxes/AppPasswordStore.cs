using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>App passwords: one for each program or device, revoked one by one.</summary>
public sealed class AppPasswordStore(DbSession db)
{
    /// <summary>Adds one.</summary>
    /// <param name="mailbox">Whose.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Its id.</returns>
    public async Task<long> AddAsync(MailboxId mailbox, string name, string hash, Instant now, CancellationToken stop)
    {
        var id = await db.NextIdsAsync("app_password", 1, stop);
        await db.ExecuteAsync("""
            INSERT INTO app_password (id, mailbox_id, name, hash, created_at)
            VALUES (@id, @mailbox, @name, @hash, @now)
            """, new { id, mailbox, name, hash, now }, stop);
        return id;
    }

    /// <summary>Takes one away; sign-ins with it that were remembered are forgotten.</summary>
    /// <returns><see langword="false"/> when the mailbox has no such app password, or it was revoked before.</returns>
    public async Task<bool> RevokeAsync(MailboxId mailbox, long id, Instant now, CancellationToken stop)
    {
        var revoked = await db.ExecuteAsync("""
            UPDATE app_password
            SET    revoked_at = @now
            WHERE  id = @id AND mailbox_id = @mailbox AND revoked_at IS NULL
            """, new { id, mailbox, now }, stop) == 1;
        if (!revoked)
            return false;
        await db.ExecuteAsync("""
            UPDATE mailbox
            SET    credentials_version = credentials_version + 1
            WHERE  id = @mailbox
            """, new { mailbox }, stop);
        await db.RecordChangeAsync(ChangeKind.Mailbox, mailbox.Value, stop);
        return true;
    }

    /// <summary>Those of a mailbox that are in force, oldest first.</summary>
    public Task<IReadOnlyList<AppPasswordRow>> OfAsync(MailboxId mailbox, CancellationToken stop) =>
        db.QueryAsync<AppPasswordRow>("""
            SELECT id, name, created_at
            FROM   app_password
            WHERE  mailbox_id = @mailbox AND revoked_at IS NULL
            ORDER  BY id
            """, new { mailbox }, stop);
}

/// <summary>An app password, without its hash.</summary>
public sealed record AppPasswordRow
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required Instant CreatedAt { get; init; }
}
