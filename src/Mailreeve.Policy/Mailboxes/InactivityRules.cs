using NodaTime;

namespace Mailreeve.Policy.Mailboxes;

/// <summary>What follows when nobody uses a mailbox (C9). Pure.</summary>
public static class InactivityRules
{
    /// <summary>What is due.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="facts">What is known of the mailbox.</param>
    /// <param name="now">The time.</param>
    /// <remarks>
    /// A mailbox is never closed sooner after its last warning than that warning announces. When the program did not run on the day of a
    /// warning, the closing waits; a first warning that was missed is not made up for, because the last one says the same.
    /// </remarks>
    public static InactivityVerdict Decide(PolicyTerms terms, InactivityFacts facts, Instant now)
    {
        if (facts.State != MailboxState.Active)
            return new InactivityVerdict.Nothing();

        var clause = terms.InactiveMailboxRetention.Clause;
        var closesAt = facts.LastUsedAt + terms.InactiveMailboxRetention.Value;
        if (facts.Warnings >= 2)
        {
            closesAt = Instant.Max(closesAt, facts.WarnedAt + terms.InactiveWarningLast.Value);
            return now >= closesAt ? new InactivityVerdict.Close(clause) : new InactivityVerdict.Nothing();
        }

        if (now >= closesAt - terms.InactiveWarningLast.Value)
            return new InactivityVerdict.WarnLast(Instant.Max(closesAt, now + terms.InactiveWarningLast.Value), clause);
        return facts.Warnings == 0 && now >= closesAt - terms.InactiveWarningFirst.Value
            ? new InactivityVerdict.WarnFirst(closesAt, clause)
            : new InactivityVerdict.Nothing();
    }
}

/// <summary>What is known of a mailbox that may be unused.</summary>
/// <param name="State">Its state; only an active one can become inactive.</param>
/// <param name="LastUsedAt">When it was last used.</param>
/// <param name="Warnings">Warnings since then: 0 none, 1 the first, 2 the last.</param>
/// <param name="WarnedAt">When the warning was written; meaningless when there was none.</param>
public sealed record InactivityFacts(MailboxState State, Instant LastUsedAt, long Warnings, Instant WarnedAt);

/// <summary>What is due about a mailbox that nobody uses.</summary>
public abstract record InactivityVerdict
{
    private InactivityVerdict()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Nothing : InactivityVerdict;

    /// <summary>Tell the user that it will be closed.</summary>
    /// <param name="ClosesAt">When.</param>
    /// <param name="Clause">What it rests on.</param>
    public sealed record WarnFirst(Instant ClosesAt, ClauseId Clause) : InactivityVerdict;

    /// <summary>Tell the user for the last time.</summary>
    /// <param name="ClosesAt">When; never sooner than the warning announces.</param>
    /// <param name="Clause">What it rests on.</param>
    public sealed record WarnLast(Instant ClosesAt, ClauseId Clause) : InactivityVerdict;

    /// <summary>Close it.</summary>
    /// <param name="Clause">What it rests on.</param>
    public sealed record Close(ClauseId Clause) : InactivityVerdict;
}
