using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Sending;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy;

/// <summary>One revision of the policy, as read from <c>policy/policy.toml</c>. It is the input of every decision.</summary>
public sealed record AbusePolicy
{
    /// <summary>Names the revision on the page, in each decision and on each charge, for example <c>20020201</c>.</summary>
    public required string Revision { get; init; }

    /// <summary>The first day it is in force.</summary>
    public required LocalDate InForceFrom { get; init; }

    /// <summary>Heading of the policy page.</summary>
    public required string Title { get; init; }

    /// <summary>All clauses and duties, in the order of the page.</summary>
    public required IReadOnlyList<Clause> Clauses { get; init; }

    /// <summary>The numbers: deadlines, amounts, sizes.</summary>
    public required PolicyTerms Terms { get; init; }

    /// <summary>What follows on each kind of case, step by step.</summary>
    public required IReadOnlyList<Ladder> Ladders { get; init; }

    /// <summary>Domains in which anybody gets a mailbox, lower case: reporters in all of them together count as one.</summary>
    public IReadOnlyList<string> MailboxProviders { get; init; } = [];

    /// <summary>The clause with this id.</summary>
    /// <exception cref="KeyNotFoundException">The policy has no such clause; the policy file is checked for that when it is read.</exception>
    public Clause ClauseOf(ClauseId id) =>
        Clauses.FirstOrDefault(c => c.Id == id) ?? throw new KeyNotFoundException($"The policy has no clause {id}.");

    /// <summary>The ladder for cases of this kind.</summary>
    /// <exception cref="KeyNotFoundException">None; the policy file is checked for that when it is read.</exception>
    public Ladder LadderOf(CaseKind kind) =>
        Ladders.FirstOrDefault(l => l.Kind == kind) ?? throw new KeyNotFoundException($"The policy has no ladder for {kind}.");

    /// <summary>The kind of case that an observation alleges, or <see langword="null"/> when the policy has no clause for it.</summary>
    /// <param name="type">Category and type as in XARF v4, <c>messaging/spam</c>.</param>
    /// <param name="isSite">Whether the resource is an advertised site rather than the sender (clause DEF).</param>
    public CaseKind? KindOf(string type, bool isSite) =>
        Ladders.FirstOrDefault(l => l.ForSites == isSite && l.Types.Contains(type))?.Kind
        ?? Ladders.FirstOrDefault(l => l.Types.Contains(type))?.Kind;
}

/// <summary>The numbers of the policy, each with its clause.</summary>
public sealed record PolicyTerms
{
    /// <summary>Charge per valid complaint (C3).</summary>
    public required Term<Money> ComplaintCharge { get; init; }

    /// <summary>Time a customer has to answer a complaint with a complete resolution (C4).</summary>
    public required Term<Duration> AnswerWithin { get; init; }

    /// <summary>Notice before services that support UBE/UCE are suspended (C6).</summary>
    public required Term<Duration> SuspendAfterNotice { get; init; }

    /// <summary>Time to close an open relay (C7).</summary>
    public required Term<Duration> CloseRelayWithin { get; init; }

    /// <summary>Time to answer a mail to postmaster@, and then to settle the case. Ours: the document leaves it open (C7).</summary>
    public required Term<Duration> ReadPostmasterWithin { get; init; }

    /// <summary>How long after a case was closed new evidence opens it again. Ours: the document leaves it open (C4).</summary>
    public required Term<Duration> ReopenWithin { get; init; }

    /// <summary>Time to answer a case that was opened again, shorter than <see cref="AnswerWithin"/>. Ours (C4).</summary>
    public required Term<Duration> ReopenedAnswerWithin { get; init; }

    /// <summary>Longest time a block stands before a person must renew it. Ours: the document leaves it open (C4).</summary>
    public required Term<Duration> BlockAtMost { get; init; }

    /// <summary>Most addresses that one block may cover without an operator's word. Ours (C4).</summary>
    public required Term<long> BlockAddressesAtMost { get; init; }

    /// <summary>Most sites of others that are known at what is blocked, without an operator's word. Ours (D5).</summary>
    public required Term<long> BlockSitesAtMost { get; init; }

    /// <summary>Most addresses (of IPv6, networks of /64) that a block of one person's may cover without another's word. Ours (C4).</summary>
    public required Term<long> BlockFourEyesAbove { get; init; }

    /// <summary>Mailbox capacity in bytes (C9); the document's megabyte is 1,000,000 bytes.</summary>
    public required Term<long> MailboxCapacityBytes { get; init; }

    /// <summary>How long messages are retained (C9).</summary>
    public required Term<Duration> MessageRetention { get; init; }

    /// <summary>How long inactive mailboxes are retained (C9).</summary>
    public required Term<Duration> InactiveMailboxRetention { get; init; }

    /// <summary>Extra mailbox storage is sold in steps of so many bytes (C9).</summary>
    public required Term<long> ExtraStorageStepBytes { get; init; }

    /// <summary>Price of one step a month (C9).</summary>
    public required Term<Money> ExtraStoragePrice { get; init; }

    /// <summary>Most steps of extra storage that a mailbox can have. Ours: the document leaves it open (C9).</summary>
    public required Term<long> ExtraStorageStepsAtMost { get; init; }

    /// <summary>How long before an unused mailbox is closed its user is warned for the first time. Ours (C9).</summary>
    public required Term<Duration> InactiveWarningFirst { get; init; }

    /// <summary>How long before it is closed its user is warned for the last time; shorter than the first. Ours (C9).</summary>
    public required Term<Duration> InactiveWarningLast { get; init; }

    /// <summary>Per cent of the capacity at which the user is warned for the first time. Ours (C9).</summary>
    public required Term<long> FillWarningFirst { get; init; }

    /// <summary>Per cent of the capacity at which the user is warned once more, more than the first; at 100 there is a third. Ours (C9).</summary>
    public required Term<long> FillWarningLast { get; init; }

    /// <summary>How much customers may send (C1).</summary>
    public required SendingTerms Sending { get; init; }

    /// <summary>How much must speak for a complaint before something happens by itself (C4).</summary>
    public required TrustTerms Trust { get; init; }
}
