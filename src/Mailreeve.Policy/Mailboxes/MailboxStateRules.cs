namespace Mailreeve.Policy.Mailboxes;

/// <summary>What an operator, a user or the clock does to a mailbox as a whole.</summary>
public enum MailboxAct
{
    /// <summary>Its user signs in.</summary>
    SignIn,

    /// <summary>An operator suspends it.</summary>
    Suspend,

    /// <summary>An operator opens it again.</summary>
    Reopen,

    /// <summary>The customer gives it up.</summary>
    End,
}

/// <summary>Which state follows. Pure.</summary>
public static class MailboxStateRules
{
    /// <summary>The state after an act; null when the act is not possible in this state.</summary>
    /// <remarks>What has ended stays ended: its mail is gone, and its address may have been expected to be nobody's.</remarks>
    public static MailboxState? Next(MailboxState state, MailboxAct act) => (state, act) switch
    {
        (MailboxState.Active or MailboxState.Inactive, MailboxAct.SignIn) => MailboxState.Active,
        (MailboxState.Active or MailboxState.Inactive, MailboxAct.Suspend) => MailboxState.Suspended,
        (MailboxState.Suspended or MailboxState.Inactive, MailboxAct.Reopen) => MailboxState.Active,
        (not MailboxState.Ended, MailboxAct.End) => MailboxState.Ended,
        _ => null,
    };
}
