using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>What came of a name and a password that a mail program sent.</summary>
public abstract record MailSignIn
{
    private MailSignIn()
    {
    }

    /// <summary>They are right.</summary>
    /// <param name="Mailbox">Whose they are.</param>
    public sealed record Accepted(MailboxId Mailbox) : MailSignIn;

    /// <summary>They are wrong; which of the two is not said.</summary>
    public sealed record Refused : MailSignIn;

    /// <summary>They are right, but the mailbox cannot be used now.</summary>
    /// <param name="Text">Why, for the customer to read.</param>
    public sealed record Unavailable(string Text) : MailSignIn;

    /// <summary>There were too many attempts; this one was not looked at.</summary>
    /// <param name="Wait">How long until the next one is.</param>
    public sealed record TryLater(Duration Wait) : MailSignIn;
}
