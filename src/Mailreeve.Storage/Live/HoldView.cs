using System.Collections.Frozen;
using Mailreeve.Policy;

namespace Mailreeve.Storage.Live;

/// <summary>One open hold, as those who take mail need it.</summary>
public sealed record HoldEntry
{
    /// <summary>The hold.</summary>
    public required HoldId Id { get; init; }

    /// <summary>Whose mail is held.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Only what this mailbox sends; null for all of the customer's.</summary>
    public MailboxId? MailboxId { get; init; }
}

/// <summary>Open holds on what customers send, held in memory. A snapshot.</summary>
public sealed class HoldView
{
    /// <summary>No holds.</summary>
    public static readonly HoldView Empty = From([]);

    private readonly FrozenDictionary<MailboxId, HoldEntry> byMailbox;
    private readonly FrozenDictionary<CustomerId, HoldEntry> byCustomer;

    private HoldView(IReadOnlyList<HoldEntry> open)
    {
        byMailbox = open.Where(h => h.MailboxId is not null).ToFrozenDictionary(h => h.MailboxId!.Value);
        byCustomer = open.Where(h => h.MailboxId is null).ToFrozenDictionary(h => h.CustomerId);
    }

    /// <summary>How many.</summary>
    public int Count => byMailbox.Count + byCustomer.Count;

    /// <summary>The hold on what this mailbox sends, or null.</summary>
    public HoldEntry? Find(MailboxId mailbox) => byMailbox.GetValueOrDefault(mailbox);

    /// <summary>The hold on everything that this customer sends, or null.</summary>
    public HoldEntry? Find(CustomerId customer) => byCustomer.GetValueOrDefault(customer);

    internal static HoldView From(IReadOnlyList<HoldEntry> open) => new(open);
}
