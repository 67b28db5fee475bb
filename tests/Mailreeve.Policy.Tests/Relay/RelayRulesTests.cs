using Mailreeve.Policy.Relay;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Relay;

/// <summary>C7: who is tested when, and what a test shows.</summary>
public sealed class RelayRulesTests
{
    private static readonly RelayVerdict[] Verdicts = Enum.GetValues<RelayVerdict>();

    private static readonly RelayTargetFacts Testable = new(Some.Address) { IsOurs = true, HasActiveHolder = true, HasConsent = true };

    [Fact]
    public void Only_hosts_of_customers_whose_contract_allows_it_are_tested()
    {
        foreach (var occasion in Enum.GetValues<RelayOccasion>())
        {
            Assert.Null(RelayRules.Objection(Testable, occasion, Some.Time));
            foreach (var wrong in new[]
            {
                Testable with { IsOurs = false }, Testable with { IsOwnServer = true }, Testable with { IsNeverTested = true },
                Testable with { HasActiveHolder = false }, Testable with { HasConsent = false }, Testable with { IsUnderWay = true },
            })
                Assert.NotNull(RelayRules.Objection(wrong, occasion, Some.Time));
        }
    }

    [Theory]
    [InlineData(RelayOccasion.Operator, 23, false)]
    [InlineData(RelayOccasion.Operator, 24, true)]
    [InlineData(RelayOccasion.Customer, 0, false)]
    [InlineData(RelayOccasion.Customer, 1, true)]
    [InlineData(RelayOccasion.Case, 0, true)]
    public void One_run_a_day_is_enough_unless_a_case_asks(RelayOccasion occasion, int hoursLater, bool allowed)
    {
        var facts = Testable with { LastAskedAt = Some.Time };

        Assert.Equal(allowed, RelayRules.Objection(facts, occasion, Some.Time + Duration.FromHours(hoursLater)) is null);
    }

    [Theory]
    [InlineData(550, null, null, null, RelayVerdict.Refused)]
    [InlineData(250, 554, null, null, RelayVerdict.Refused)]
    [InlineData(530, null, null, null, RelayVerdict.Refused)]
    [InlineData(250, 454, null, null, RelayVerdict.PutOff)]
    [InlineData(451, null, null, null, RelayVerdict.PutOff)]
    [InlineData(250, 250, 554, null, RelayVerdict.TookRecipient)]
    [InlineData(250, 250, 354, 550, RelayVerdict.TookRecipient)]
    [InlineData(250, 250, 354, 451, RelayVerdict.PutOff)]
    [InlineData(250, 250, null, null, RelayVerdict.TookRecipient)]
    [InlineData(250, 250, 354, null, RelayVerdict.TookRecipient)]
    [InlineData(250, 250, 354, 250, RelayVerdict.TookMessage)]
    [InlineData(250, 251, 354, 250, RelayVerdict.TookMessage)]
    [InlineData(250, null, null, null, RelayVerdict.Waiting)]
    [InlineData(null, null, null, null, RelayVerdict.Waiting)]
    public void No_reply_proves_that_a_server_relays(int? mail, int? rcpt, int? data, int? end, RelayVerdict expected) =>
        Assert.Equal(expected, RelayRules.OfReplies(mail, rcpt, data, end));

    [Fact]
    public void Whatever_is_replied_is_never_proof()
    {
        int?[] codes = [null, 220, 250, 251, 252, 354, 421, 450, 454, 530, 550, 554];
        foreach (var mail in codes)
        foreach (var rcpt in codes)
        foreach (var data in codes)
        foreach (var end in codes)
            Assert.InRange(RelayRules.OfReplies(mail, rcpt, data, end), RelayVerdict.Waiting, RelayVerdict.TookMessage);
    }

    [Fact]
    public void Only_the_message_itself_is_proof_and_only_if_it_came_through_the_tested_address()
    {
        var arrival = new RelayArrivalFacts("r1-2-aa", "r1-2-aa", Some.Address, []);

        Assert.Equal(RelayVerdict.Proven, RelayRules.OfArrival(arrival, Some.Address));
        Assert.Equal(RelayVerdict.Proven, RelayRules.OfArrival(arrival with { Client = Some.OtherAddress, Hops = [Some.OtherAddress, Some.Address] }, Some.Address));
        Assert.Equal(RelayVerdict.CameElsewhere, RelayRules.OfArrival(arrival with { Client = Some.OtherAddress, Hops = [Some.OtherAddress] }, Some.Address));
        Assert.Null(RelayRules.OfArrival(arrival with { MarkedToken = null }, Some.Address));
        Assert.Null(RelayRules.OfArrival(arrival with { MarkedToken = "r1-3-bb" }, Some.Address));
    }

    [Fact]
    public void A_run_is_open_only_by_proof_and_closed_only_when_it_is_whole_and_its_time_is_over()
    {
        foreach (var dialogue in Enum.GetValues<RelayDialogue>())
        foreach (var isBlocked in new[] { false, true })
        foreach (var a in Verdicts)
        foreach (var b in Verdicts)
        foreach (var c in Verdicts)
        {
            RelayVerdict[] tests = [a, b, c];
            var verdict = RelayRules.OfRun(dialogue, tests, isBlocked);

            Assert.Equal(tests.Contains(RelayVerdict.Proven), verdict == RelayRunVerdict.Open);
            if (verdict == RelayRunVerdict.Closed)
            {
                Assert.Equal(RelayDialogue.Complete, dialogue);
                Assert.DoesNotContain(RelayVerdict.Waiting, tests);
                Assert.DoesNotContain(RelayVerdict.TookMessage, tests);
                Assert.DoesNotContain(RelayVerdict.CameElsewhere, tests);
                Assert.Contains(tests, t => t != RelayVerdict.Omitted);
                Assert.False(isBlocked && tests.Contains(RelayVerdict.NotRelayed));
            }

            if (verdict == RelayRunVerdict.Pending)
            {
                RelayVerdict[] later = [.. tests.Select(t => RelayRules.AfterTime(t, Some.Time, Some.Time + RelayRules.ProofWithin))];
                Assert.True(RelayRules.IsFinal(RelayRules.OfRun(dialogue, later, isBlocked)));
            }
        }
    }

    [Fact]
    public void What_was_taken_has_a_day_to_arrive()
    {
        var end = Some.Time + RelayRules.ProofWithin;

        Assert.Equal(RelayVerdict.TookMessage, RelayRules.AfterTime(RelayVerdict.TookMessage, Some.Time, end - Duration.Epsilon));
        Assert.Equal(RelayVerdict.NotRelayed, RelayRules.AfterTime(RelayVerdict.TookMessage, Some.Time, end));
        Assert.Equal(RelayVerdict.Refused, RelayRules.AfterTime(RelayVerdict.Refused, Some.Time, end));
    }
}
