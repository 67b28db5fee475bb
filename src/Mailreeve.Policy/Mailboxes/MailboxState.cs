namespace Mailreeve.Policy.Mailboxes;

/// <summary>State of a mailbox.</summary>
public enum MailboxState
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Suspended: nobody signs in, mail is put off until it comes back.</summary>
    Suspended,

    /// <summary>Closed because nobody used it (C9): mail is refused; signing in, or an operator, opens it again.</summary>
    Inactive,

    /// <summary>Given up by the customer; kept so that its address is not given to someone else unawares.</summary>
    Ended,
}
