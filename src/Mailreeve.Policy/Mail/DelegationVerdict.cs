namespace Mailreeve.Policy.Mail;

/// <summary>What <see cref="DelegationRules"/> says to another mail server of ours.</summary>
public abstract record DelegationVerdict
{
    private DelegationVerdict()
    {
    }

    /// <summary>We have nothing against it; the other server decides the rest.</summary>
    public sealed record Pass : DelegationVerdict
    {
        /// <summary>There is only one.</summary>
        public static readonly Pass Instance = new();

        private Pass()
        {
        }
    }

    /// <summary>It is refused.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Refuse(DelegationRefusal Reason, ClauseId Clause) : DelegationVerdict
    {
        /// <summary>The case of a block; null for everything else.</summary>
        public CaseId? Case { get; init; }
    }

    /// <summary>It is taken, and kept until a person lets it go.</summary>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Hold(ClauseId Clause) : DelegationVerdict;
}

/// <summary>Why something is refused.</summary>
public enum DelegationRefusal
{
    /// <summary>The client's address is blocked.</summary>
    AddressBlocked,

    /// <summary>The customer, or one above it, is suspended.</summary>
    CustomerSuspended,

    /// <summary>The customer, or one above it, is no customer any more.</summary>
    CustomerClosed,

    /// <summary>The mailbox that the client has signed in with is suspended.</summary>
    SenderSuspended,

    /// <summary>The mailbox that the client has signed in with is closed.</summary>
    SenderClosed,

    /// <summary>The mailbox that the client has signed in with is blocked.</summary>
    SenderBlocked,

    /// <summary>The service by which the client's server hands in mail is blocked.</summary>
    RelayBlocked,

    /// <summary>Nobody has this name.</summary>
    NoSuchUser,

    /// <summary>The address is a way round the question whose it is.</summary>
    NotOurs,

    /// <summary>The message does not fit into the mailbox. For now.</summary>
    MailboxFull,

    /// <summary>The recipient's mailbox is suspended. For now.</summary>
    RecipientSuspended,

    /// <summary>The recipient's mailbox is blocked.</summary>
    RecipientBlocked,

    /// <summary>The recipient's mailbox was closed because nobody used it.</summary>
    RecipientInactive,

    /// <summary>A bounce that is for many is none.</summary>
    BounceToMany,

    /// <summary>The sender has reached a limit. For now.</summary>
    OverLimit,
}
