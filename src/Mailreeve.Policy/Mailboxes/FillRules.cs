namespace Mailreeve.Policy.Mailboxes;

/// <summary>When a user is told that the mailbox fills up (C9). Pure.</summary>
public static class FillRules
{
    /// <summary>
    /// Per cent that the fill must fall below a warning before that warning can come again: a mailbox that hovers around 80 per cent
    /// must not send a letter with every message.
    /// </summary>
    private const long Slack = 5;

    /// <summary>What is due.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="usedBytes">Octets in the mailbox.</param>
    /// <param name="capacityBytes">Octets that it holds, 1 or more.</param>
    /// <param name="warnedAt">Per cent of the last warning; 0 for none.</param>
    public static FillVerdict Decide(PolicyTerms terms, long usedBytes, long capacityBytes, long warnedAt)
    {
        var percent = PercentOf(usedBytes, capacityBytes);
        var reached = LevelAt(terms, percent);
        if (reached > warnedAt)
            return new FillVerdict.Warn(reached, terms.MailboxCapacityBytes.Clause);
        var stillWarned = LevelAt(terms, percent + Slack);
        return stillWarned < warnedAt ? new FillVerdict.Forget(stillWarned) : new FillVerdict.Nothing();
    }

    /// <summary>How full it is, in whole per cent, rounded down: 100 only when nothing more fits. May be more than 100.</summary>
    public static long PercentOf(long usedBytes, long capacityBytes) => (long)((Int128)usedBytes * 100 / capacityBytes);

    private static long LevelAt(PolicyTerms terms, long percent) =>
        percent >= 100 ? 100
        : percent >= terms.FillWarningLast.Value ? terms.FillWarningLast.Value
        : percent >= terms.FillWarningFirst.Value ? terms.FillWarningFirst.Value
        : 0;
}

/// <summary>What is due about a mailbox that fills up.</summary>
public abstract record FillVerdict
{
    private FillVerdict()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Nothing : FillVerdict;

    /// <summary>Tell the user.</summary>
    /// <param name="Percent">The level that is reached: 100 when it is full.</param>
    /// <param name="Clause">What it rests on.</param>
    public sealed record Warn(long Percent, ClauseId Clause) : FillVerdict;

    /// <summary>There is room again: warnings above this level may come again.</summary>
    /// <param name="Percent">The level that stays warned; 0 for none.</param>
    public sealed record Forget(long Percent) : FillVerdict;
}
