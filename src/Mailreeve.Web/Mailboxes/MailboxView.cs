using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Mailboxes;

/// <summary>What a page shows of one mailbox.</summary>
public sealed record MailboxView
{
    /// <summary>The mailbox.</summary>
    public required MailboxRow Mailbox { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerFact Customer { get; init; }

    /// <summary>Its addresses beside its own.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>App passwords in force.</summary>
    public required IReadOnlyList<AppPasswordRow> AppPasswords { get; init; }

    /// <summary>Octets in it.</summary>
    public required long UsedBytes { get; init; }

    /// <summary>Whether it has a password of its own.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>The hold on what it sends (C1); null for none.</summary>
    public HoldRow? Hold { get; init; }

    /// <summary>The block that it is under (C6); null for none.</summary>
    public ServiceBlockRow? Block { get; init; }

    /// <summary>The policy in force.</summary>
    public required AbusePolicy Policy { get; init; }

    /// <summary>Octets that it holds.</summary>
    public long CapacityBytes => StorageRules.CapacityBytes(Policy.Terms, Mailbox.ExtraSteps);

    /// <summary>How full it is, in per cent.</summary>
    public long Percent => FillRules.PercentOf(UsedBytes, CapacityBytes);

    /// <summary>When it is closed if nobody uses it; null when it is not in use anyway.</summary>
    public Instant? ClosesAt =>
        Mailbox.State == MailboxState.Active ? Mailbox.LastUsedAt + Policy.Terms.InactiveMailboxRetention.Value : null;

    /// <summary>Reads it; null when there is no such mailbox.</summary>
    internal static async Task<MailboxView?> ReadAsync(DbSession db, MailboxId id, AbusePolicy policy, CancellationToken stop)
    {
        var store = new MailboxStore(db);
        if (await store.FindAsync(id, stop) is not { } mailbox)
            return null;
        return new MailboxView
        {
            Mailbox = mailbox,
            Customer = (await new CustomerStore(db).FindAsync(mailbox.CustomerId, stop))!,
            Aliases = await store.AliasesOfAsync(id, stop),
            AppPasswords = await new AppPasswordStore(db).OfAsync(id, stop),
            UsedBytes = await store.UsedBytesAsync(id, stop),
            HasPassword = (await store.CredentialsOfAsync(id, stop))?.PasswordHash is not null,
            Hold = await new SendingHoldStore(db).OnAsync(mailbox.CustomerId, id, stop),
            Block = (await new ServiceBlockStore(db).InForceOfAsync(id, stop)).FirstOrDefault(),
            Policy = policy,
        };
    }

    /// <summary>Reads those of a customer, by address.</summary>
    internal static async Task<IReadOnlyList<MailboxView>> OfCustomerAsync(DbSession db, CustomerId customer, AbusePolicy policy, CancellationToken stop)
    {
        var views = new List<MailboxView>();
        foreach (var mailbox in await new MailboxStore(db).OfCustomerAsync(customer, stop))
            views.Add((await ReadAsync(db, mailbox.Id, policy, stop))!);
        return views;
    }
}
