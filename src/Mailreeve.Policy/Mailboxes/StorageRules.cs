using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Mailboxes;

/// <summary>What a mailbox holds, and what more of it costs (C9). Pure.</summary>
public static class StorageRules
{
    /// <summary>What a mailbox holds.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="extraSteps">Steps of extra storage, 0 or more.</param>
    /// <returns>Octets; a megabyte is 1,000,000 of them.</returns>
    public static long CapacityBytes(PolicyTerms terms, long extraSteps) =>
        terms.MailboxCapacityBytes.Value + (extraSteps * terms.ExtraStorageStepBytes.Value);

    /// <summary>What is wrong with a wish for so many steps, as a sentence; null when the mailbox can have them.</summary>
    public static string? StepsProblem(PolicyTerms terms, long steps) =>
        steps < 0 ? "Write 0 or more steps."
        : steps > terms.ExtraStorageStepsAtMost.Value
            ? $"A mailbox can have {terms.ExtraStorageStepsAtMost.Value} steps of {SizeText.Print(terms.ExtraStorageStepBytes.Value)} at most (clause {terms.ExtraStorageStepsAtMost.Clause})."
            : null;

    /// <summary>What so many steps cost in one month.</summary>
    public static Term<Money> Price(PolicyTerms terms, long steps) =>
        new(terms.ExtraStoragePrice.Value with { Cents = steps * terms.ExtraStoragePrice.Value.Cents }, terms.ExtraStoragePrice.Clause);

    /// <summary>The calendar month of a moment.</summary>
    /// <remarks>
    /// In UTC for everyone: a customer's own zone may change, and a month that was charged must not become another one by that.
    /// </remarks>
    public static YearMonth MonthOf(Instant moment) => moment.InUtc().Date.ToYearMonth();

    /// <summary>Reads a month, <c>2026-03</c>.</summary>
    /// <exception cref="UnparsableValueException">It is none.</exception>
    public static YearMonth ParseMonth(string text) => YearMonthPattern.Iso.Parse(text).GetValueOrThrow();

    /// <summary>The last month that is over.</summary>
    public static YearMonth LastMonthOver(Instant now) => MonthOf(now).PlusMonths(-1);

    /// <summary>What is to be charged for a mailbox.</summary>
    /// <param name="changes">How many steps it had from when on, in order.</param>
    /// <param name="from">The first month that has not been charged.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// Months that are over, in order, with the most steps the mailbox had in each; months without any are left out. A month is
    /// charged when it is over: only then it is known what was had in it, and one row is the whole truth about it.
    /// </returns>
    public static IReadOnlyList<StorageMonth> Due(IReadOnlyList<StorageChange> changes, YearMonth from, Instant now)
    {
        var months = new List<StorageMonth>();
        var last = LastMonthOver(now);
        for (var month = from; month <= last; month = month.PlusMonths(1))
        {
            var steps = MostIn(changes, month);
            if (steps > 0)
                months.Add(new StorageMonth(month, steps));
        }

        return months;
    }

    private static long MostIn(IReadOnlyList<StorageChange> changes, YearMonth month)
    {
        var begins = month.OnDayOfMonth(1).AtMidnight().InUtc().ToInstant();
        var ends = month.PlusMonths(1).OnDayOfMonth(1).AtMidnight().InUtc().ToInstant();
        var most = 0L;
        foreach (var change in changes)
        {
            if (change.Since <= begins)
                most = change.Steps;
            else if (change.Since < ends)
                most = Math.Max(most, change.Steps);
        }

        return most;
    }
}

/// <summary>From when on a mailbox had how many steps of extra storage.</summary>
/// <param name="Since">From when.</param>
/// <param name="Steps">How many; 0 for none any more.</param>
public sealed record StorageChange(Instant Since, long Steps);

/// <summary>A month to charge.</summary>
/// <param name="Month">Calendar month, UTC.</param>
/// <param name="Steps">The most steps that the mailbox had in it, 1 or more.</param>
public sealed record StorageMonth(YearMonth Month, long Steps);
