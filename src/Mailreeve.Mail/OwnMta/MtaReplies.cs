using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.OwnMta;

/// <summary>The reply with which another mail server refuses on our word.</summary>
internal static class MtaReplies
{
    /// <summary>The reply for a refusal.</summary>
    /// <param name="refused">What is refused, and why.</param>
    /// <param name="whereToTurn">Where someone who is blocked or suspended finds the way out.</param>
    public static Reply For(DelegationVerdict.Refuse refused, string whereToTurn)
    {
        var clause = refused.Clause.Value;
        return refused.Reason switch
        {
            DelegationRefusal.AddressBlocked => Reply.C550Blocked(clause, refused.Case is { } number ? $"{number}" : null, whereToTurn),
            DelegationRefusal.CustomerSuspended => Reply.C550NoSending("account", "suspended", clause, whereToTurn),
            DelegationRefusal.CustomerClosed => Reply.C550NoSending("account", "closed", clause, whereToTurn),
            DelegationRefusal.SenderSuspended => Reply.C550NoSending("mailbox", "suspended", clause, whereToTurn),
            DelegationRefusal.SenderClosed => Reply.C550NoSending("mailbox", "closed", clause, whereToTurn),
            DelegationRefusal.SenderBlocked => Reply.C550NoSending("mailbox", "blocked", clause, whereToTurn),
            DelegationRefusal.RelayBlocked => Reply.C550NoSending("service", "blocked", clause, whereToTurn),
            DelegationRefusal.RecipientBlocked => Reply.C550MailboxBlocked(clause, whereToTurn),
            DelegationRefusal.NoSuchUser => Reply.C550NoSuchUser,
            DelegationRefusal.MailboxFull => Reply.C452MailboxFull,
            DelegationRefusal.RecipientSuspended => Reply.C450MailboxSuspended,
            DelegationRefusal.RecipientInactive => Reply.C550MailboxInactive,
            DelegationRefusal.BounceToMany => Reply.C550BounceToMany,
            DelegationRefusal.OverLimit => Reply.C450OverLimit,
            _ => Reply.C550RelayDenied,
        };
    }
}
