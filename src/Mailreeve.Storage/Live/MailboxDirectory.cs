using System.Collections.Immutable;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Storage.Live;

/// <summary>A mailbox, as those who take mail for it and let its user in need it.</summary>
public sealed record MailboxEntry
{
    /// <summary>The mailbox.</summary>
    public required MailboxId Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Its own address, lower case.</summary>
    public required string Address { get; init; }

    /// <summary>Whether it works.</summary>
    public required MailboxState State { get; init; }

    /// <summary>Steps of extra storage (C9).</summary>
    public required long ExtraSteps { get; init; }

    /// <summary>Another number after each change of its passwords.</summary>
    public required long CredentialsVersion { get; init; }

    /// <summary>What its user wants to be done with mail that looks like spam.</summary>
    public SpamChoice Spam { get; init; }

    /// <summary>Addresses that lead here, its own among them, lower case.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];
}

/// <summary>A domain of a customer whose mail is kept here.</summary>
public sealed record MailDomainEntry
{
    /// <summary>Its name, lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>Where mail for unknown names goes; null refuses it.</summary>
    public MailboxId? CatchAll { get; init; }
}

/// <summary>Mailboxes, their addresses and the domains of customers, held in memory. A snapshot.</summary>
public sealed class MailboxDirectory
{
    /// <summary>No mailboxes.</summary>
    public static readonly MailboxDirectory Empty = new(
        ImmutableDictionary<MailboxId, MailboxEntry>.Empty,
        ImmutableDictionary.Create<string, MailboxEntry>(AsciiIgnoreCase.Instance),
        ImmutableDictionary.Create<string, MailDomainEntry>(AsciiIgnoreCase.Instance));

    private readonly ImmutableDictionary<MailboxId, MailboxEntry> byId;
    private readonly ImmutableDictionary<string, MailboxEntry> byAddress;
    private readonly ImmutableDictionary<string, MailDomainEntry> domains;

    private MailboxDirectory(
        ImmutableDictionary<MailboxId, MailboxEntry> byId, ImmutableDictionary<string, MailboxEntry> byAddress,
        ImmutableDictionary<string, MailDomainEntry> domains)
    {
        (this.byId, this.byAddress, this.domains) = (byId, byAddress, domains);
    }

    /// <summary>How many mailboxes.</summary>
    public int Count => byId.Count;

    /// <summary>All mailboxes, in no order.</summary>
    public IEnumerable<MailboxEntry> All => byId.Values;

    /// <summary>The domains of customers, in no order.</summary>
    public IEnumerable<MailDomainEntry> Domains => domains.Values;

    /// <summary>The mailbox, or null.</summary>
    public MailboxEntry? Find(MailboxId id) => byId.GetValueOrDefault(id);

    /// <summary>The mailbox that has exactly this address as its own or as an alias, whatever the case of its ASCII letters; or null.</summary>
    public MailboxEntry? Find(string address) => byAddress.GetValueOrDefault(address);

    /// <summary>The domain of a customer, or null.</summary>
    public MailDomainEntry? FindDomain(string name) => domains.GetValueOrDefault(name);

    /// <summary>
    /// Whose an address is: the mailbox that has it; otherwise the one that has what stands before a <c>+</c> (<c>kim+lists@…</c> is
    /// kim's). Null when there is none; what becomes of the mail then is not decided here.
    /// </summary>
    /// <param name="localPart">What stands before the last <c>@</c>.</param>
    /// <param name="domain">What stands behind it.</param>
    public MailboxEntry? FindForDelivery(string localPart, string domain)
    {
        if (byAddress.TryGetValue($"{localPart}@{domain}", out var exact))
            return exact;
        if (localPart.IndexOf('+', StringComparison.Ordinal) is var plus and > 0
            && byAddress.TryGetValue($"{localPart.AsSpan(0, plus)}@{domain}", out var plain))
            return plain;
        return null;
    }

    /// <summary>The mailboxes of a customer, by address.</summary>
    public IReadOnlyList<MailboxEntry> OfCustomer(CustomerId customer) =>
        [.. byId.Values.Where(m => m.CustomerId == customer).OrderBy(m => m.Address, StringComparer.Ordinal)];

    internal static MailboxDirectory From(IReadOnlyList<MailboxEntry> mailboxes, IReadOnlyList<MailDomainEntry> domains)
    {
        var byAddress = Empty.byAddress.ToBuilder();
        foreach (var mailbox in mailboxes)
        {
            foreach (var address in mailbox.Addresses)
                byAddress[address] = mailbox;
        }

        return new MailboxDirectory(mailboxes.ToImmutableDictionary(m => m.Id), byAddress.ToImmutable(), Empty.domains).WithDomains(domains);
    }

    internal MailboxDirectory With(MailboxId id, MailboxEntry? entry)
    {
        var (ids, addresses) = (byId, byAddress);
        if (ids.TryGetValue(id, out var old))
            (ids, addresses) = (ids.Remove(id), addresses.RemoveRange(old.Addresses));
        if (entry is not null)
            (ids, addresses) = (ids.Add(id, entry), addresses.SetItems(entry.Addresses.Select(a => KeyValuePair.Create(a, entry))));
        return new MailboxDirectory(ids, addresses, domains);
    }

    internal MailboxDirectory WithDomains(IReadOnlyList<MailDomainEntry> entries) =>
        new(byId, byAddress, entries.ToImmutableDictionary(d => d.Name, AsciiIgnoreCase.Instance));

    /// <summary>Takes upper and lower case of ASCII letters for the same, and of no others: what Unicode folds together may be two people.</summary>
    private sealed class AsciiIgnoreCase : IEqualityComparer<string>
    {
        public static readonly AsciiIgnoreCase Instance = new();

        // Longest path that SMTP takes, with room to spare (RFC 5321 §4.5.3.1.3).
        private const int LengthMax = 320;

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Ascii.EqualsIgnoreCase(x, y));

        public int GetHashCode(string text)
        {
            Span<char> lower = stackalloc char[LengthMax];
            // Addresses that are kept are ASCII and short; what is not has no equal here, so any number will do.
            return text.Length <= LengthMax && Ascii.ToLower(text, lower, out var length) == System.Buffers.OperationStatus.Done
                ? string.GetHashCode(lower[..length])
                : 0;
        }
    }
}
