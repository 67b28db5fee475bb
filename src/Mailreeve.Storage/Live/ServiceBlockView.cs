using Mailreeve.Policy;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Storage.Live;

/// <summary>Mailboxes and services that are suspended by a block, held in memory. A snapshot; there are few at any time.</summary>
public sealed class ServiceBlockView
{
    /// <summary>None.</summary>
    public static readonly ServiceBlockView Empty = new([]);

    private readonly ILookup<MailboxId, ServiceBlockRow> byMailbox;
    private readonly ILookup<long, ServiceBlockRow> byService;
    private readonly Dictionary<BlockId, ServiceBlockRow> byId;

    internal ServiceBlockView(IReadOnlyList<ServiceBlockRow> blocks)
    {
        All = blocks;
        byId = blocks.ToDictionary(b => b.Id);
        byMailbox = blocks.Where(b => b.MailboxId is not null).ToLookup(b => b.MailboxId!.Value);
        byService = blocks.Where(b => b.ServiceId is not null).ToLookup(b => b.ServiceId!.Value);
    }

    /// <summary>All of them, of any time, newest first.</summary>
    public IReadOnlyList<ServiceBlockRow> All { get; }

    /// <summary>A block, or null when it is not in force any more, or is none of these.</summary>
    public ServiceBlockRow? Find(BlockId id) => byId.GetValueOrDefault(id);

    /// <summary>The block that a mailbox is under now; null for none.</summary>
    public ServiceBlockRow? Of(MailboxId mailbox, Instant now) => FirstOf(byMailbox[mailbox], now);

    /// <summary>The block that a service is under now; null for none.</summary>
    public ServiceBlockRow? Of(long service, Instant now) => FirstOf(byService[service], now);

    /// <summary>The block by which none of these services is left now; null while one is, or when there are none.</summary>
    public ServiceBlockRow? OfAll(IEnumerable<long> services, Instant now)
    {
        ServiceBlockRow? found = null;
        foreach (var service in services)
        {
            if (Of(service, now) is not { } block)
                return null;
            found ??= block;
        }

        return found;
    }

    // Asked for every recipient: nothing is made.
    private static ServiceBlockRow? FirstOf(IEnumerable<ServiceBlockRow> blocks, Instant now)
    {
        foreach (var block in blocks)
        {
            if (block.IsInForce(now))
                return block;
        }

        return null;
    }
}
