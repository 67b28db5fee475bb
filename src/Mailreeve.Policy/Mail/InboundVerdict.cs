namespace Mailreeve.Policy.Mail;

/// <summary>Why incoming mail is not simply taken. A closed list.</summary>
public enum InboundReason
{
    /// <summary>More comes from the client's network than may. For now.</summary>
    TooFast,

    /// <summary>The client and sender are not known yet. For now (RFC 6647).</summary>
    Greylisted,

    /// <summary>It cannot be found out at the moment whether it is from whom it says, and its domain wants forged mail refused. For now.</summary>
    AuthorUnsure,

    /// <summary>A filter asks for it later. For now.</summary>
    FilterAsksLater,

    /// <summary>The client pretends to be us.</summary>
    FalseHelo,

    /// <summary>DNS lists say that the client, or the sender's domain, spreads spam.</summary>
    Listed,

    /// <summary>It is not from whom it says, and that domain wants such mail refused.</summary>
    Forged,

    /// <summary>It carries malware.</summary>
    Malware,

    /// <summary>It is not from whom it says, and that domain wants such mail looked at with suspicion.</summary>
    ProbablyForged,

    /// <summary>A filter takes it for spam.</summary>
    FilterSaysSpam,

    /// <summary>Enough small things together speak against it.</summary>
    ManySigns,
}

/// <summary>What <see cref="InboundRules"/> says about a message.</summary>
public abstract record InboundVerdict
{
    private InboundVerdict()
    {
    }

    /// <summary>It is taken.</summary>
    public sealed record Accept : InboundVerdict
    {
        /// <summary>The only one.</summary>
        public static readonly Accept Instance = new();
    }

    /// <summary>It looks like spam; what becomes of it is the choice of whoever gets it.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Spam(InboundReason Reason, ClauseId Clause) : InboundVerdict;

    /// <summary>The client shall come again.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Defer(InboundReason Reason, ClauseId Clause) : InboundVerdict;

    /// <summary>It is refused for good.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Clause">What the policy says about it.</param>
    public sealed record Refuse(InboundReason Reason, ClauseId Clause) : InboundVerdict;

    /// <summary>Why; null when it is simply taken.</summary>
    public InboundReason? Why => this switch
    {
        Spam spam => spam.Reason,
        Defer defer => defer.Reason,
        Refuse refuse => refuse.Reason,
        _ => null,
    };

    /// <summary>What the policy says about it; null when it is simply taken.</summary>
    public ClauseId? ByClause => this switch
    {
        Spam spam => spam.Clause,
        Defer defer => defer.Clause,
        Refuse refuse => refuse.Clause,
        _ => null,
    };
}
