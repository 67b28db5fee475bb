using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Abuse;

/// <summary>What the registries of addresses answered, so that they are asked once.</summary>
public sealed class RegistryStore(DbSession db)
{
    /// <summary>The narrowest network around an address that was asked about since; null when there is none.</summary>
    public Task<RegistryNetworkRow?> FindAsync(Address address, Instant since, CancellationToken stop) =>
        db.SingleOrDefaultAsync<RegistryNetworkRow>("""
            SELECT first_address, last_address, holder, abuse_mailbox, asked_at
            FROM   registry_network
            WHERE  first_address <= @address AND last_address >= @address AND asked_at > @since
            ORDER  BY first_address DESC, last_address
            LIMIT  1
            """, new { address, since }, stop);

    /// <summary>Keeps an answer in place of an older one.</summary>
    public Task PutAsync(RegistryNetworkRow network, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO registry_network (first_address, last_address, holder, abuse_mailbox, asked_at)
            VALUES (@FirstAddress, @LastAddress, @Holder, @AbuseMailbox, @AskedAt)
            ON CONFLICT (first_address, last_address)
            DO UPDATE SET holder = excluded.holder, abuse_mailbox = excluded.abuse_mailbox, asked_at = excluded.asked_at
            """, network, stop);

    /// <summary>A list of who is to be asked (RFC 9224), if it is not older than that.</summary>
    public Task<byte[]?> BootstrapAsync(string name, Instant since, CancellationToken stop) =>
        db.SingleOrDefaultAsync<byte[]>(
            "SELECT document FROM registry_bootstrap WHERE name = @name AND asked_at > @since", new { name, since }, stop);

    /// <summary>Keeps a list in place of the older one.</summary>
    public Task PutBootstrapAsync(string name, byte[] document, Instant askedAt, CancellationToken stop) =>
        db.ExecuteAsync("""
            INSERT INTO registry_bootstrap (name, document, asked_at)
            VALUES (@name, @document, @askedAt)
            ON CONFLICT (name) DO UPDATE SET document = excluded.document, asked_at = excluded.asked_at
            """, new { name, document, askedAt }, stop);
}

/// <summary>A row of <c>registry_network</c>.</summary>
public sealed record RegistryNetworkRow
{
    /// <summary>Its first address.</summary>
    public required Address FirstAddress { get; init; }

    /// <summary>Its last address.</summary>
    public required Address LastAddress { get; init; }

    /// <summary>Whose it is, as the registry says; null when it does not.</summary>
    public string? Holder { get; init; }

    /// <summary>Where it takes complaints; null when the registry names nobody, or did not answer.</summary>
    public string? AbuseMailbox { get; init; }

    /// <summary>When.</summary>
    public required Instant AskedAt { get; init; }
}
