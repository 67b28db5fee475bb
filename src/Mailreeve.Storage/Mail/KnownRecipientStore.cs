using NodaTime;

namespace Mailreeve.Storage.Mail;

/// <summary>Whom a sender has written to before, as keyed hashes.</summary>
public sealed class KnownRecipientStore(DbSession db)
{
    /// <summary>Those of some recipients whom the sender has written to before.</summary>
    /// <param name="sender">The sender, as <c>mailbox 12</c> or <c>customer 7</c>.</param>
    /// <param name="recipients">Hashes of 16 octets.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<IReadOnlyList<byte[]>> KnownAsync(string sender, IReadOnlyCollection<byte[]> recipients, CancellationToken stop) =>
        recipients.Count == 0 ? [] : await db.QueryAsync<byte[]>($"""
            SELECT recipient
            FROM   known_recipient
            WHERE  sender = @sender AND {db.IsAnyOf("recipient", "recipients")}
            """, new { sender, recipients = recipients.ToArray() }, stop);

    /// <summary>The sender has written to them.</summary>
    public Task AddAsync(string sender, IReadOnlyList<byte[]> recipients, Instant now, CancellationToken stop) =>
        db.InsertManyAsync(
            "INSERT INTO known_recipient (sender, recipient, first_at)", recipients, r => [sender, r, now],
            "ON CONFLICT (sender, recipient) DO NOTHING", stop);
}
