using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Mail;

/// <summary>What another mail server of ours is told, which keeps its own queue and asks us what our policy says. Pure: same facts, same verdict.</summary>
/// <remarks>
/// We only ever object. Whom the other server relays for, and where mail goes, is its own business, and a verdict of ours opens nothing
/// that it would have kept shut.
/// </remarks>
public static class DelegationRules
{
    private static readonly ClauseId Hold = new("C1");
    private static readonly ClauseId Suspension = new("C6");
    private static readonly ClauseId MailServers = new("C7");
    private static readonly ClauseId MailboxTerms = new("C9");
    private static readonly ClauseId Services = new("S5");

    private static readonly DelegationVerdict CustomerSuspended = new DelegationVerdict.Refuse(DelegationRefusal.CustomerSuspended, Suspension);
    private static readonly DelegationVerdict CustomerClosed = new DelegationVerdict.Refuse(DelegationRefusal.CustomerClosed, Services);
    private static readonly DelegationVerdict SenderSuspended = new DelegationVerdict.Refuse(DelegationRefusal.SenderSuspended, Suspension);
    private static readonly DelegationVerdict SenderClosed = new DelegationVerdict.Refuse(DelegationRefusal.SenderClosed, MailboxTerms);
    private static readonly DelegationVerdict BounceToMany = new DelegationVerdict.Refuse(DelegationRefusal.BounceToMany, MailServers);
    private static readonly DelegationVerdict OverLimit = new DelegationVerdict.Refuse(DelegationRefusal.OverLimit, Hold);
    private static readonly DelegationVerdict Held = new DelegationVerdict.Hold(Hold);

    /// <summary>Whether a client may send at all; asked at every step, since a block may come between two of them.</summary>
    public static DelegationVerdict OfClient(in ClientStanding client)
    {
        // A block stops all traffic of the address (C4), whoever signs in from there.
        if (client.BlockedUnder is { } clause)
            return new DelegationVerdict.Refuse(DelegationRefusal.AddressBlocked, clause) { Case = client.BlockCase };
        if (client.CustomerState != CustomerState.Active)
            return client.CustomerState == CustomerState.Suspended ? CustomerSuspended : CustomerClosed;
        if (client.MailboxBlockedUnder is { } under)
            return new DelegationVerdict.Refuse(DelegationRefusal.SenderBlocked, under);
        if (client.Mailbox is null || client.MailboxState == MailboxState.Active)
            return DelegationVerdict.Pass.Instance;
        return client.MailboxState == MailboxState.Suspended ? SenderSuspended : SenderClosed;
    }

    /// <summary>Whether a client may send to a domain that is not ours. Whom the other server relays for is its own business, but for whose service is blocked.</summary>
    public static DelegationVerdict OfOutgoing(in ClientStanding client) => client.RelayBlockedUnder is { } clause
        ? new DelegationVerdict.Refuse(DelegationRefusal.RelayBlocked, clause)
        : DelegationVerdict.Pass.Instance;

    /// <summary>Whether a recipient at one of our domains gets mail.</summary>
    /// <param name="recipient">What <see cref="RecipientRules"/> says, which decides the same for our own servers.</param>
    public static DelegationVerdict OfRecipient(RecipientVerdict recipient) => recipient switch
    {
        RecipientVerdict.Refuse(var reason, var clause) => new DelegationVerdict.Refuse(ReasonOf(reason), clause),
        _ => DelegationVerdict.Pass.Instance,
    };

    /// <summary>Whether a message with the null sender is the bounce that it says it is: a bounce has one recipient (RFC 5321 §4.5.5).</summary>
    /// <param name="isFromNobody">Whether its envelope sender is <c>&lt;&gt;</c>.</param>
    /// <param name="recipients">How many recipients it has.</param>
    public static DelegationVerdict OfEnvelope(bool isFromNobody, int recipients) =>
        isFromNobody && recipients > 1 ? BounceToMany : DelegationVerdict.Pass.Instance;

    /// <summary>What becomes of a customer's message when it has been counted.</summary>
    public static DelegationVerdict OfCount(SendingAnswer answer) => answer switch
    {
        SendingAnswer.Within => DelegationVerdict.Pass.Instance,
        SendingAnswer.Held => Held,
        _ => OverLimit,
    };

    private static DelegationRefusal ReasonOf(RefusalReason reason) => reason switch
    {
        RefusalReason.NoSuchUser => DelegationRefusal.NoSuchUser,
        RefusalReason.MailboxFull => DelegationRefusal.MailboxFull,
        RefusalReason.Suspended => DelegationRefusal.RecipientSuspended,
        RefusalReason.Blocked => DelegationRefusal.RecipientBlocked,
        RefusalReason.Inactive => DelegationRefusal.RecipientInactive,
        _ => DelegationRefusal.NotOurs,
    };
}
