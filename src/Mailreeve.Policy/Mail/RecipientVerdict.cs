namespace Mailreeve.Policy.Mail;

/// <summary>What <see cref="RecipientRules"/> says about a recipient.</summary>
public abstract record RecipientVerdict
{
    private RecipientVerdict()
    {
    }

    /// <summary>Its mail is taken and goes there.</summary>
    public sealed record Accept(MailRoute Route) : RecipientVerdict;

    /// <summary>Its mail is refused.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Refuse(RefusalReason Reason, ClauseId Clause) : RecipientVerdict;
}

/// <summary>Why a recipient is refused.</summary>
public enum RefusalReason
{
    /// <summary>The domain is ours; nobody there has this name.</summary>
    NoSuchUser,

    /// <summary>The domain is not ours, or the address is a way round that.</summary>
    NotOurs,

    /// <summary>The message does not fit into the mailbox. For now.</summary>
    MailboxFull,

    /// <summary>The mailbox is suspended. For now.</summary>
    Suspended,

    /// <summary>The mailbox is blocked.</summary>
    Blocked,

    /// <summary>The mailbox was closed because nobody used it.</summary>
    Inactive,

    /// <summary>It has no domain, and goes out.</summary>
    NoDomain,
}

/// <summary>Where the mail of a recipient goes.</summary>
public abstract record MailRoute
{
    private MailRoute()
    {
    }

    /// <summary>Into a mailbox.</summary>
    public sealed record ToMailbox(MailboxId Id) : MailRoute;

    /// <summary>Into the queue of outgoing mail, since a customer sends it; wherever it is for.</summary>
    public sealed record Outgoing : MailRoute;

    /// <summary>To the queue of a role.</summary>
    public sealed record Role(RoleAddress Address) : MailRoute;

    /// <summary>To the collector of relay tests: it is a message of one, or a bounce (C7).</summary>
    public sealed record Collected : MailRoute;

    /// <summary>To whoever checks the postmasters of customers: a reply to a mail that asked whether somebody reads it (C7).</summary>
    /// <param name="Code">What stands behind <c>postmaster+</c>, as sent. Whoever does not know a code can write anything of its form there.</param>
    public sealed record PostmasterAnswer(string Code) : MailRoute;

    /// <summary>Back to the notice that could not be delivered.</summary>
    /// <param name="Token">What stands behind <c>notice+</c>, as sent. Anyone can write anything there.</param>
    public sealed record NoticeBounce(string Token) : MailRoute;
}

/// <summary>The addresses that every domain of the provider has (S3; RFC 2142).</summary>
public enum RoleAddress
{
    /// <summary>Complaints.</summary>
    Abuse,

    /// <summary>The mail system itself (C7).</summary>
    Postmaster,

    /// <summary>Technical support.</summary>
    Support,

    /// <summary>Invoices.</summary>
    Billing,

    /// <summary>Anything else.</summary>
    Info,
}
