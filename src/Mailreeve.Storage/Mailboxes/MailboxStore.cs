using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using NodaTime;

namespace Mailreeve.Storage.Mailboxes;

/// <summary>Mailboxes as accounts: whose they are, how they are reached, whether they work. Nothing is ever deleted.</summary>
public sealed class MailboxStore(DbSession db)
{
    private const string Select = """
        SELECT id, customer_id, address, state, extra_steps, charge_from, uid_validity, created_at, last_used_at, idle_warnings,
               idle_warned_at, fill_warned, spam, state_since
        FROM   mailbox
        """;

    private static readonly (string Name, string? SpecialUse)[] DefaultFolders =
        [("INBOX", null), ("Drafts", "drafts"), ("Sent", "sent"), ("Junk", "junk"), ("Trash", "trash")];

    // Making ------------------------------------------------------------------------------------------------------------

    /// <summary>Makes a mailbox with its first folders.</summary>
    /// <returns>Its id; null when the address leads to a mailbox already.</returns>
    public async Task<MailboxId?> AddAsync(NewMailbox mailbox, CancellationToken stop)
    {
        var address = mailbox.Address.ToLowerInvariant();
        if (await FindByAddressAsync(address, stop) is not null)
            return null;

        var id = new MailboxId(await db.NextIdsAsync("mailbox", 1, stop));
        var now = mailbox.CreatedAt;
        var uidValidity = UidValidityAt(now);
        await db.ExecuteAsync("""
            INSERT INTO mailbox (id, customer_id, address, state, password_hash, credentials_version, extra_steps, uid_validity,
                                 created_at, last_used_at, idle_warnings, fill_warned, state_since)
            VALUES (@id, @CustomerId, @address, 'active', @PasswordHash, 1, 0, @uidValidity, @now, @now, 0, 0, @now)
            """, new { id, mailbox.CustomerId, address, mailbox.PasswordHash, uidValidity, now }, stop);
        await db.ExecuteAsync("""
            INSERT INTO mailbox_address (address, mailbox_id)
            VALUES (@address, @id)
            """, new { address, id }, stop);
        var folder = await db.NextIdsAsync("folder", DefaultFolders.Length, stop);
        await db.InsertManyAsync(
            "INSERT INTO folder (id, mailbox_id, name, special_use, subscribed, uid_validity, uid_next, highest_mod_seq)",
            DefaultFolders,
            f => [folder++, id, f.Name, f.SpecialUse, 1L, uidValidity, 1L, 1L],
            stop);
        await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return id;
    }

    // Seconds since 1970, as RFC 3501 §2.3.1.1 suggests: a mailbox that is made anew under an old name gets a greater one.
    private static long UidValidityAt(Instant now) => Math.Clamp(now.ToUnixTimeSeconds(), 1, uint.MaxValue);

    // Finding -----------------------------------------------------------------------------------------------------------

    /// <summary>The mailbox, or null.</summary>
    public Task<MailboxRow?> FindAsync(MailboxId id, CancellationToken stop) =>
        db.SingleOrDefaultAsync<MailboxRow>($"{Select} WHERE id = @id", new { id }, stop);

    /// <summary>The mailbox that has this address as its own or as an alias, in any case; or null.</summary>
    public Task<MailboxRow?> FindByAddressAsync(string address, CancellationToken stop) =>
        db.SingleOrDefaultAsync<MailboxRow>($"""
            {Select}
            WHERE  id = (SELECT mailbox_id FROM mailbox_address WHERE address = @lower)
            """, new { lower = address.ToLowerInvariant() }, stop);

    /// <summary>The mailboxes of a customer, ended ones too, by address.</summary>
    public Task<IReadOnlyList<MailboxRow>> OfCustomerAsync(CustomerId customer, CancellationToken stop) =>
        db.QueryAsync<MailboxRow>($"{Select} WHERE customer_id = @customer ORDER BY address", new { customer }, stop);

    /// <summary>A page of all mailboxes, by id.</summary>
    /// <param name="after">The last id of the page before; 0 to begin.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<MailboxRow>> PageAsync(MailboxId after, long limit, CancellationToken stop) =>
        db.QueryAsync<MailboxRow>($"{Select} WHERE id > @after ORDER BY id LIMIT @limit", new { after, limit }, stop);

    /// <summary>Active mailboxes that nobody has used for long, the longest first: candidates for a warning or for closing.</summary>
    /// <param name="due">What is due by when.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<MailboxRow>> IdleAsync(IdleDue due, long limit, CancellationToken stop) =>
        db.QueryAsync<MailboxRow>($"""
            {Select}
            WHERE  state = 'active'
            AND    last_used_at <= @WarnFirst
            AND    (idle_warnings = 0
                    OR (idle_warnings = 1 AND last_used_at <= @WarnLast)
                    OR (idle_warnings = 2 AND last_used_at <= @Close AND idle_warned_at <= @LastWarnedBefore))
            ORDER  BY last_used_at, id
            LIMIT  @limit
            """, new { due.WarnFirst, due.WarnLast, due.Close, due.LastWarnedBefore, limit }, stop);

    /// <summary>Mailboxes that have extra storage to charge up to a month.</summary>
    /// <param name="through">The last month that is over.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<MailboxRow>> ToChargeAsync(YearMonth through, long limit, CancellationToken stop) =>
        db.QueryAsync<MailboxRow>($"""
            {Select}
            WHERE  charge_from <= @through
            ORDER  BY charge_from, id
            LIMIT  @limit
            """, new { through = StorageChargeStore.TextOf(through), limit }, stop);

    /// <summary>Octets of all messages that have rows. What arrived in the last moment may be missing; its owner knows better.</summary>
    public Task<long> UsedBytesAsync(MailboxId id, CancellationToken stop) =>
        db.SingleAsync<long>("""
            SELECT CAST(COALESCE(SUM(m.length), 0) AS BIGINT)
            FROM   message m
            JOIN   folder f ON f.id = m.folder_id
            WHERE  f.mailbox_id = @id
            """, new { id }, stop);

    // Passwords ---------------------------------------------------------------------------------------------------------

    /// <summary>What a password is checked against; null when there is no such mailbox.</summary>
    public async Task<MailboxCredentials?> CredentialsOfAsync(MailboxId id, CancellationToken stop)
    {
        var hashes = await db.QueryAsync<string>("""
            SELECT hash
            FROM   app_password
            WHERE  mailbox_id = @id AND revoked_at IS NULL
            ORDER  BY id
            """, new { id }, stop);
        var own = await db.QueryAsync<string?>("SELECT password_hash FROM mailbox WHERE id = @id", new { id }, stop);
        return own.Count == 0 ? null : new MailboxCredentials(own[0], hashes);
    }

    /// <summary>Sets the hash of the mailbox's own password; null takes the password away. App passwords remain.</summary>
    public async Task SetPasswordHashAsync(MailboxId id, string? hash, CancellationToken stop)
    {
        await db.ExecuteAsync("""
            UPDATE mailbox
            SET    password_hash = @hash, credentials_version = credentials_version + 1
            WHERE  id = @id
            """, new { id, hash }, stop);
        await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
    }

    /// <summary>Replaces a hash by another one of the same password, unless it was changed in the meantime.</summary>
    public Task RehashAsync(MailboxId id, string old, string hash, CancellationToken stop) =>
        db.ExecuteAsync("""
            UPDATE mailbox
            SET    password_hash = @hash
            WHERE  id = @id AND password_hash = @old
            """, new { id, old, hash }, stop);

    // State and use -----------------------------------------------------------------------------------------------------

    /// <summary>Puts the mailbox into another state.</summary>
    /// <param name="id">Which.</param>
    /// <param name="from">The state it was seen in.</param>
    /// <param name="to">The new one. Back in use, it counts as used now: it must not be closed for the time it could not be used.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it is not in the state it was seen in.</returns>
    public async Task<bool> SetStateAsync(MailboxId id, MailboxState from, MailboxState to, Instant now, CancellationToken stop)
    {
        var changed = await db.ExecuteAsync("""
            UPDATE mailbox
            SET    state = @to, state_since = @now
            WHERE  id = @id AND state = @from
            """, new { id, from, to, now }, stop) == 1;
        if (!changed)
            return false;
        if (to == MailboxState.Active)
            await UsedAsync(id, now, stop);
        await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return true;
    }

    /// <summary>Notes what the user wants to be done with mail that looks like spam.</summary>
    /// <returns><see langword="false"/> when there is no such mailbox.</returns>
    public async Task<bool> SetSpamAsync(MailboxId id, SpamChoice choice, CancellationToken stop)
    {
        var changed = await db.ExecuteAsync("""
            UPDATE mailbox
            SET    spam = @choice
            WHERE  id = @id
            """, new { id, choice }, stop) == 1;
        if (changed)
            await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return changed;
    }

    /// <summary>Somebody used the mailbox. Written only when the hour is another one, and never backwards; warnings are forgotten.</summary>
    public Task UsedAsync(MailboxId id, Instant now, CancellationToken stop)
    {
        var hour = Instant.FromUnixTimeSeconds(now.ToUnixTimeSeconds() / 3600 * 3600);
        return db.ExecuteAsync("""
            UPDATE mailbox
            SET    last_used_at = @hour, idle_warnings = 0, idle_warned_at = NULL
            WHERE  id = @id AND last_used_at < @hour
            """, new { id, hour }, stop);
    }

    /// <summary>Notes that the user was warned that the mailbox will be closed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="warning">1 for the first warning, 2 for the last.</param>
    /// <param name="lastUsedAt">The last use that the warning rests on.</param>
    /// <param name="now">When.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see langword="false"/> when it was warned already, or used in the meantime: nothing is to be sent.</returns>
    public async Task<bool> IdleWarnedAsync(MailboxId id, long warning, Instant lastUsedAt, Instant now, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE mailbox
            SET    idle_warnings = @warning, idle_warned_at = @now
            WHERE  id = @id AND state = 'active' AND idle_warnings < @warning AND last_used_at = @lastUsedAt
            """, new { id, warning, lastUsedAt, now }, stop) == 1;

    /// <summary>Closes a mailbox that nobody used (C9).</summary>
    /// <returns><see langword="false"/> when it was used in the meantime, or is closed already.</returns>
    public async Task<bool> CloseIdleAsync(MailboxId id, Instant lastUsedAt, Instant now, CancellationToken stop)
    {
        var closed = await db.ExecuteAsync("""
            UPDATE mailbox
            SET    state = 'inactive', state_since = @now
            WHERE  id = @id AND state = 'active' AND last_used_at = @lastUsedAt
            """, new { id, lastUsedAt, now }, stop) == 1;
        if (closed)
            await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return closed;
    }

    /// <summary>Notes at which per cent of the capacity the user was warned last; 0 forgets it.</summary>
    /// <returns><see langword="false"/> when another worker was quicker: nothing is to be sent.</returns>
    public async Task<bool> FillWarnedAsync(MailboxId id, long before, long percent, CancellationToken stop) =>
        await db.ExecuteAsync("""
            UPDATE mailbox
            SET    fill_warned = @percent
            WHERE  id = @id AND fill_warned = @before
            """, new { id, before, percent }, stop) == 1;

    // Addresses ---------------------------------------------------------------------------------------------------------

    /// <summary>The addresses of a mailbox beside its own, in order.</summary>
    public Task<IReadOnlyList<string>> AliasesOfAsync(MailboxId id, CancellationToken stop) =>
        db.QueryAsync<string>("""
            SELECT address
            FROM   mailbox_address
            WHERE  mailbox_id = @id AND address <> (SELECT address FROM mailbox WHERE id = @id)
            ORDER  BY address
            """, new { id }, stop);

    /// <summary>Gives a mailbox one more address.</summary>
    /// <returns><see langword="false"/> when the address leads to a mailbox already.</returns>
    public async Task<bool> AddAliasAsync(MailboxId id, string address, CancellationToken stop)
    {
        var added = await db.ExecuteAsync("""
            INSERT INTO mailbox_address (address, mailbox_id)
            VALUES (@lower, @id)
            ON CONFLICT (address) DO NOTHING
            """, new { id, lower = address.ToLowerInvariant() }, stop) == 1;
        if (added)
            await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return added;
    }

    /// <summary>Takes an alias away. The mailbox's own address stays.</summary>
    /// <returns><see langword="false"/> when it is no alias of this mailbox.</returns>
    public async Task<bool> RemoveAliasAsync(MailboxId id, string address, CancellationToken stop)
    {
        var removed = await db.ExecuteAsync("""
            DELETE FROM mailbox_address
            WHERE  address = @lower AND mailbox_id = @id AND address <> (SELECT address FROM mailbox WHERE id = @id)
            """, new { id, lower = address.ToLowerInvariant() }, stop) == 1;
        if (removed)
            await db.RecordChangeAsync(ChangeKind.Mailbox, id.Value, stop);
        return removed;
    }
}

/// <summary>A mailbox to make.</summary>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Address">Its address.</param>
/// <param name="PasswordHash">Hash of its password; null when nobody can sign in yet.</param>
/// <param name="CreatedAt">When; also its first use.</param>
public sealed record NewMailbox(CustomerId CustomerId, string Address, string? PasswordHash, Instant CreatedAt);

/// <summary>What a password of a mailbox is checked against.</summary>
/// <param name="PasswordHash">Hash of its own password; null when none is set.</param>
/// <param name="AppPasswordHashes">Hashes of the app passwords that are not revoked.</param>
public sealed record MailboxCredentials(string? PasswordHash, IReadOnlyList<string> AppPasswordHashes);

/// <summary>Latest moments of last use at which something is due for an unused mailbox.</summary>
/// <param name="WarnFirst">For the first warning.</param>
/// <param name="WarnLast">For the last warning.</param>
/// <param name="Close">For closing.</param>
/// <param name="LastWarnedBefore">Latest moment of the last warning, for closing.</param>
public sealed record IdleDue(Instant WarnFirst, Instant WarnLast, Instant Close, Instant LastWarnedBefore);
