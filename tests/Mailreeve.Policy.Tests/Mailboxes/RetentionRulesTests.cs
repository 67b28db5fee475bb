using Mailreeve.Policy.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Mailboxes;

/// <summary>Clause C9: thirty days from when the server stored a message.</summary>
public class RetentionRulesTests
{
    private static readonly PolicyTerms Terms = ShippedPolicy.Policy.Terms;

    [Fact]
    public void A_message_ends_thirty_days_after_it_was_stored_not_a_moment_earlier()
    {
        var ends = RetentionRules.ExpiresAt(Terms, Some.Time);

        Assert.Equal(new Term<Instant>(Some.Time + Duration.FromDays(30), new ClauseId("C9")), ends);
        Assert.False(RetentionRules.IsExpired(Terms, Some.Time, ends.Value - Duration.FromMilliseconds(1)));
        Assert.True(RetentionRules.IsExpired(Terms, Some.Time, ends.Value));
    }

    [Fact]
    public void Another_retention_holds_for_old_messages_too()
    {
        var shorter = Terms with { MessageRetention = Terms.MessageRetention with { Value = Duration.FromDays(10) } };

        Assert.True(RetentionRules.IsExpired(shorter, Some.Time, Some.Time + Duration.FromDays(10)));
    }
}
