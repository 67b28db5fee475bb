using Mailreeve.Policy.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Mailboxes;

/// <summary>Clause C9: what a mailbox holds, and what more costs.</summary>
public class StorageRulesTests
{
    private static readonly PolicyTerms Terms = ShippedPolicy.Policy.Terms;

    [Theory]
    [InlineData(0, 25_000_000)]
    [InlineData(1, 50_000_000)]
    [InlineData(4, 125_000_000)]
    public void A_mailbox_holds_25_MB_and_25_more_for_each_step(long steps, long bytes) =>
        Assert.Equal(bytes, StorageRules.CapacityBytes(Terms, steps));

    [Fact]
    public void Each_step_costs_its_price_and_names_the_clause() =>
        Assert.Equal(new Term<Money>(new Money(15_00, "USD"), new ClauseId("C9")), StorageRules.Price(Terms, 3));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void Steps_have_a_limit(long steps, bool possible) => Assert.Equal(possible, StorageRules.StepsProblem(Terms, steps) is null);

    [Fact]
    public void A_month_is_due_when_it_is_over_in_utc()
    {
        StorageChange[] bought = [new(At(3, 20), 1)];
        var march = new YearMonth(2026, 3);

        Assert.Empty(StorageRules.Due(bought, march, At(4, 1) - Duration.FromMilliseconds(1)));
        Assert.Equal([new StorageMonth(march, 1)], StorageRules.Due(bought, march, At(4, 1)));
    }

    [Fact]
    public void A_month_counts_with_the_most_steps_that_were_had_in_it()
    {
        StorageChange[] changes =
        [
            new(At(1, 31), 2), // January: 2, on its last day
            new(At(3, 1), 1), // February: 2 all month; March: 1 from its first moment
            new(At(3, 10), 3),
            new(At(3, 11), 0), // March: 3 for a day; April: none
            new(At(5, 5), 1),
            new(At(5, 5), 0), // May: bought and given back
        ];

        var due = StorageRules.Due(changes, new YearMonth(2026, 1), At(7, 1));

        Assert.Equal([(1, 2L), (2, 2L), (3, 3L), (5, 1L)], due.Select(m => (m.Month.Month, m.Steps)));
    }

    [Fact]
    public void What_was_charged_before_is_not_due_again() =>
        Assert.Equal([new StorageMonth(new YearMonth(2026, 5), 1)], StorageRules.Due([new(At(1, 1), 1)], new YearMonth(2026, 5), At(6, 30)));

    [Fact]
    public void A_year_passes()
    {
        var due = StorageRules.Due([new(At(11, 15), 1)], new YearMonth(2026, 11), Instant.FromUtc(2027, 2, 1, 0, 0));

        Assert.Equal([new YearMonth(2026, 11), new(2026, 12), new(2027, 1)], due.Select(m => m.Month));
    }

    private static Instant At(int month, int day) => Instant.FromUtc(2026, month, day, 0, 0);
}
