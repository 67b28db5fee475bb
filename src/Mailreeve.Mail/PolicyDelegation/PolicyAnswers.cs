using Mailreeve.Mail.OwnMta;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.PolicyDelegation;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>What is sent for a verdict. What stands often is made once.</summary>
internal static class PolicyAnswers
{
    /// <summary>We could not decide. Never a yes: Postfix has the client try again, unless it would have refused it anyway.</summary>
    public static readonly PolicyAction Undecided = PolicyAction.DeferIfPermit("4.3.0 Local error; try again later");

    private static readonly PolicyAction NoSuchUser = PolicyAction.Refuse(Reply.C550NoSuchUser);
    private static readonly PolicyAction MailboxFull = PolicyAction.Refuse(Reply.C452MailboxFull);

    /// <summary>The answer for a verdict.</summary>
    /// <param name="verdict">What the policy says.</param>
    /// <param name="whereToTurn">Where someone who is blocked or suspended finds the way out.</param>
    public static PolicyAction For(DelegationVerdict verdict, string whereToTurn) => verdict switch
    {
        DelegationVerdict.Pass => PolicyAction.Dunno,
        DelegationVerdict.Refuse { Reason: DelegationRefusal.NoSuchUser } => NoSuchUser,
        DelegationVerdict.Refuse { Reason: DelegationRefusal.MailboxFull } => MailboxFull,
        DelegationVerdict.Refuse refused => PolicyAction.Refuse(MtaReplies.For(refused, whereToTurn)),
        DelegationVerdict.Hold(var clause) => PolicyAction.Hold($"held under clause {clause}"),
        _ => Undecided,
    };
}
