using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Mail.OwnMta;

/// <summary>What our policy says to another mail server of ours, by policy delegation or as a milter. Looks up what is known, and asks the rules.</summary>
/// <remarks>Everything comes from memory, except for the fill of a mailbox that nobody has used for a while, and for the count of a sender.</remarks>
public sealed class MtaAnswers
{
    /// <summary>Longest name or address that is looked up, in octets (RFC 5321 §4.5.3.1.3).</summary>
    private const int NameBytesMax = 320;

    /// <summary>The provider's own domains.</summary>
    public required OwnDomains Domains { get; init; }

    /// <summary>Blocks, customers and mailboxes, as of now.</summary>
    public required LiveViews Views { get; init; }

    /// <summary>What is known of recipients; null where there are no mailboxes, and recipients are the other server's business.</summary>
    public MailDelivery? Mailboxes { get; init; }

    /// <summary>Counts a customer's message against their limits; null where nobody counts.</summary>
    public Func<CountedMessage, CancellationToken, ValueTask<SendingAnswer>>? Count { get; init; }

    /// <summary>What time it is: for blocks, and for whose an address is.</summary>
    public required IClock Clock { get; init; }

    /// <summary>What is known of a client.</summary>
    /// <param name="client">Its address; null when the other server does not say, as for mail from its own command line.</param>
    /// <param name="user">The name that it has signed in with; empty when it has not.</param>
    public ClientStanding Know(Address? client, ReadOnlySpan<byte> user)
    {
        var now = Clock.GetCurrentInstant();
        var standing = new ClientStanding { CustomerState = CustomerState.Active };
        if (client is { } address && Views.Blocks.TryFind(address, now, out var block))
            standing = standing with { BlockedUnder = block.Clause, BlockCase = block.Case };

        var directory = Views.Directory;
        if (MailboxOf(user) is { } mailbox)
        {
            standing = standing with
            {
                Mailbox = mailbox.Id,
                MailboxState = mailbox.State,
                MailboxBlockedUnder = Views.ServiceBlocks.Of(mailbox.Id, now)?.Clause,
                Customer = mailbox.CustomerId,
                CustomerState = directory.StateOf(mailbox.CustomerId),
            };
        }
        else if (client is { } from && directory.HolderOf(from, now) is { } customer)
        {
            standing = standing with
            {
                Customer = customer,
                CustomerState = directory.StateOf(customer),
                // Who has signed in with a name that only the other server knows sends by that name.
                RelayBlockedUnder = user.IsEmpty ? Views.ServiceBlocks.OfAll(directory.MailRelays[customer], now)?.Clause : null,
            };
        }

        return standing;
    }

    /// <summary>
    /// Whether a recipient gets mail. One at a domain that is not ours passes: whom the other server relays for is its own business, unless
    /// it is a customer's own server whose service is blocked.
    /// </summary>
    /// <param name="standing">What is known of the client.</param>
    /// <param name="recipient">The address without brackets and quotes.</param>
    /// <param name="sizeBytes">Octets of the message; 0 when they are not known.</param>
    public ValueTask<DelegationVerdict> OfRecipientAsync(in ClientStanding standing, ReadOnlySpan<byte> recipient, long sizeBytes)
    {
        var at = recipient.LastIndexOf((byte)'@');
        if (at < 0 || recipient.Length > NameBytesMax)
            return new(DelegationVerdict.Pass.Instance);
        var domain = Encoding.UTF8.GetString(recipient[(at + 1)..]);
        if (!Domains.Contains(domain) && Views.Mailboxes.FindDomain(domain) is null)
            return new(DelegationRules.OfOutgoing(standing));
        if (Mailboxes is null)
            return new(DelegationVerdict.Pass.Instance);

        var facts = new RecipientFacts(new Mailbox(Encoding.UTF8.GetString(recipient[..at]), domain), Domains)
        {
            SizeBytes = sizeBytes == 0 ? null : sizeBytes,
        };
        var known = Mailboxes.KnowAsync(facts);
        return known.IsCompletedSuccessfully
            ? new(DelegationRules.OfRecipient(RecipientRules.Decide(known.Result)))
            : WaitForAsync(known);
    }

    /// <summary>What becomes of a message that has come whole, or is about to: counts it, when it is a customer's.</summary>
    /// <param name="client">Its address; null when it is not known.</param>
    /// <param name="user">The name that it has signed in with; empty when it has not.</param>
    /// <param name="standing">What is known of it.</param>
    /// <param name="recipients">How many recipients there are.</param>
    /// <param name="stop">Stops the count.</param>
    public ValueTask<DelegationVerdict> OfMessageAsync(
        Address? client, ReadOnlySpan<byte> user, in ClientStanding standing, int recipients, CancellationToken stop)
    {
        // Somebody who has signed in is a customer, too, when we do not know that name: the other server let them in.
        if (Count is null || (!standing.IsOurs && user.IsEmpty))
            return new(DelegationVerdict.Pass.Instance);
        return CountAsync(
            Count,
            new CountedMessage
            {
                User = user.IsEmpty ? null : Encoding.UTF8.GetString(user),
                Mailbox = standing.Mailbox,
                Customer = standing.Customer,
                Client = client,
                Recipients = Math.Max(1, recipients),
            },
            stop);
    }

    private static async ValueTask<DelegationVerdict> WaitForAsync(ValueTask<RecipientFacts> known) =>
        DelegationRules.OfRecipient(RecipientRules.Decide(await known));

    private static async ValueTask<DelegationVerdict> CountAsync(
        Func<CountedMessage, CancellationToken, ValueTask<SendingAnswer>> count, CountedMessage message, CancellationToken stop) =>
        DelegationRules.OfCount(await count(message, stop));

    // A name without a domain is one at the first of ours, as for those who sign in here.
    private MailboxEntry? MailboxOf(ReadOnlySpan<byte> user)
    {
        if (user.IsEmpty || user.Length > NameBytesMax)
            return null;
        var name = Encoding.UTF8.GetString(user);
        return Views.Mailboxes.Find(user.Contains((byte)'@') ? name : $"{name}@{Domains.First}");
    }
}
