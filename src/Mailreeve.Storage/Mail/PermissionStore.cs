using Mailreeve.Policy;

namespace Mailreeve.Storage.Mail;

/// <summary>Who agreed to get a list's mail (C1).</summary>
public sealed class PermissionStore(DbSession db)
{
    /// <summary>How many of some recipients have given permission for a list.</summary>
    /// <param name="customer">Whose list.</param>
    /// <param name="listId">The list, lower case.</param>
    /// <param name="recipients">Addresses, lower case, each once.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<long> CountAsync(CustomerId customer, string listId, IReadOnlyList<string> recipients, CancellationToken stop) =>
        db.SingleAsync<long>($"""
            SELECT COUNT(*)
            FROM   permission
            WHERE  customer_id = @customer AND list_id = @listId AND {db.IsAnyOf("recipient", "recipients")}
            """, new { customer, listId, recipients = recipients.ToArray() }, stop);

    /// <summary>Adds permissions; those that are there already stay.</summary>
    /// <returns>How many are new.</returns>
    public Task<int> AddAsync(IReadOnlyList<Permission> permissions, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO permission (customer_id, list_id, recipient)", permissions, p => [p.CustomerId, p.ListId, p.Recipient],
            "ON CONFLICT (customer_id, list_id, recipient) DO NOTHING", stop);
}

/// <summary>A permission.</summary>
/// <param name="CustomerId">Whose list.</param>
/// <param name="ListId">The list (RFC 2919), lower case.</param>
/// <param name="Recipient">Who agreed, lower case.</param>
public sealed record Permission(CustomerId CustomerId, string ListId, string Recipient);
