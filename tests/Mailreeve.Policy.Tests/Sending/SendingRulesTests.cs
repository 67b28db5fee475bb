using Mailreeve.Policy.Sending;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Sending;

/// <summary>Clause C1: what a customer sends is held when it is more than the policy lets through.</summary>
public class SendingRulesTests
{
    private static readonly SendingTerms Terms = ShippedPolicy.Policy.Terms.Sending;
    private static readonly ClauseId C1 = new("C1");
    private static readonly SendingMessage Letter = new(1, 0, null, 1);

    private static readonly SendingCounts Nothing = new()
    {
        IsCustomer = false,
        AccountSince = Some.Time - Duration.FromDays(365),
        MessagesInHour = 0,
        RecipientsInDay = 0,
        FirstRecipientsInDay = 0,
        SameTextRecipientsInDay = 0,
    };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 250)]
    [InlineData(6, 500)]
    [InlineData(11, 16_000)]
    [InlineData(12, 20_000)]
    [InlineData(100_000, 20_000)]
    public void C1_who_keeps_trying_waits_twice_as_long_each_time(long times, long milliseconds) =>
        Assert.Equal(Duration.FromMilliseconds(milliseconds), SendingRules.PauseBefore(times, Duration.FromSeconds(20)));

    [Theory]
    [InlineData(0, true)]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void C1_so_many_messages_an_hour_go_out_and_the_next_is_held(long sent, bool goesOut)
    {
        var verdict = Decide(Nothing with { MessagesInHour = sent }, Letter);

        Assert.Equal(goesOut ? new SendingVerdict.Accept(IsCounted: true) : new SendingVerdict.Hold(HoldReason.MessagesPerHour, sent + 1, 100, C1), verdict);
    }

    [Fact]
    public void C1_recipients_are_counted_by_the_day()
    {
        Assert.IsType<SendingVerdict.Accept>(Decide(Nothing with { RecipientsInDay = 490 }, Letter with { Recipients = 10 }));
        Assert.Equal(
            new SendingVerdict.Hold(HoldReason.RecipientsPerDay, 501, 500, C1), Decide(Nothing with { RecipientsInDay = 490 }, Letter with { Recipients = 11 }));
    }

    [Fact]
    public void C1_recipients_who_were_never_written_to_count_for_themselves()
    {
        var counts = Nothing with { FirstRecipientsInDay = 150 };

        Assert.IsType<SendingVerdict.Accept>(Decide(counts, Letter));
        Assert.Equal(new SendingVerdict.Hold(HoldReason.FirstRecipientsPerDay, 151, 150, C1), Decide(counts, Letter with { FirstRecipients = 1 }));
    }

    [Theory]
    [InlineData(13, 24, true)]
    [InlineData(13, 25, false)]
    [InlineData(14, 25, true)]
    public void C1_a_new_account_may_send_a_quarter(int days, long sent, bool goesOut)
    {
        var verdict = Decide(Nothing with { AccountSince = Some.Time - Duration.FromDays(days), MessagesInHour = sent }, Letter);

        Assert.Equal(goesOut, verdict is SendingVerdict.Accept);
    }

    [Fact]
    public void C1_all_of_a_customer_may_send_ten_times_as_much()
    {
        var counts = Nothing with { IsCustomer = true, SameTextRecipientsInDay = null };

        Assert.IsType<SendingVerdict.Accept>(Decide(counts with { MessagesInHour = 999 }, Letter));
        Assert.Equal(new SendingVerdict.Hold(HoldReason.MessagesPerHour, 1001, 1000, C1), Decide(counts with { MessagesInHour = 1000 }, Letter));
    }

    [Fact]
    public void C1_one_text_to_many_needs_the_permission_of_each()
    {
        var many = new SendingMessage(51, 0, "news.alder.example", 3);

        var held = Assert.IsType<SendingVerdict.Hold>(Decide(Nothing, many));

        Assert.Equal((HoldReason.BulkWithoutPermission, 51, 50, 3), (held.Reason, held.Count, held.Limit, held.WithoutPermission));
        Assert.Contains("and 3 of the last message's have not", held.Detail, StringComparison.Ordinal);
        Assert.IsType<SendingVerdict.Accept>(Decide(Nothing, many with { Recipients = 50 }));
    }

    [Fact]
    public void C1_the_same_text_in_many_messages_is_bulk_too()
    {
        Assert.IsType<SendingVerdict.Accept>(Decide(Nothing with { SameTextRecipientsInDay = 49 }, Letter));
        Assert.Equal(HoldReason.BulkWithoutPermission, Assert.IsType<SendingVerdict.Hold>(Decide(Nothing with { SameTextRecipientsInDay = 50 }, Letter)).Reason);
    }

    [Fact]
    public void C1_a_list_whose_every_recipient_agreed_is_not_counted()
    {
        var verdict = Decide(Nothing with { MessagesInHour = 100, RecipientsInDay = 500 }, new SendingMessage(1000, 1000, "news.alder.example", 0));

        Assert.Equal(new SendingVerdict.Accept(IsCounted: false), verdict);
    }

    [Fact]
    public void C1_permission_without_the_name_of_the_list_is_none()
    {
        Assert.IsType<SendingVerdict.Hold>(Decide(Nothing, new SendingMessage(51, 0, null, 51)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void C1_what_comes_under_a_hold_is_kept_up_to_a_bound_and_then_put_off(long held, bool isKept)
    {
        var verdict = Decide(Nothing with { Held = held }, Letter);

        Assert.Equal(isKept ? new SendingVerdict.Held() : new SendingVerdict.Defer(C1), verdict);
    }

    [Fact]
    public void C1_not_even_a_list_with_permission_passes_a_hold()
    {
        Assert.IsType<SendingVerdict.Held>(Decide(Nothing with { Held = 1 }, new SendingMessage(10, 0, "news.alder.example", 0)));
    }

    private static SendingVerdict Decide(SendingCounts counts, SendingMessage message) => SendingRules.Decide(Terms, counts, message, Some.Time);
}
