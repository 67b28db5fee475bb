using Mailreeve.Policy.Postmaster;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Postmaster;

/// <summary>C7: postmaster@ takes mail, and somebody reads it.</summary>
public sealed class PostmasterRulesTests
{
    private static readonly Duration ReadWithin = Duration.FromDays(7);

    private static readonly PostmasterStanding Waiting = new(PostmasterState.Waiting, Some.Time);

    [Theory]
    [InlineData(PostmasterFinding.Accepts, 250, 250, 250, 250)]
    [InlineData(PostmasterFinding.Accepts, 250, 251, 252, 250)]
    [InlineData(PostmasterFinding.Refuses, 250, 250, 250, 550)]
    [InlineData(PostmasterFinding.Refuses, 450, 250, 250, 501)]
    [InlineData(PostmasterFinding.PutOff, 450, 250, 250, 250)]
    [InlineData(PostmasterFinding.PutOff, 250, 250, 250, null)]
    [InlineData(PostmasterFinding.PutOff, 250, 250, 250, 354)]
    public void With_and_without_a_domain_and_a_sender_it_must_be_taken(PostmasterFinding expected, int? a, int? b, int? c, int? d) =>
        Assert.Equal(expected, PostmasterRules.OfReplies([a, b, c, d]));

    [Fact]
    public void What_is_put_off_for_a_day_is_refused()
    {
        var standing = PostmasterRules.After(Waiting, PostmasterFinding.PutOff, ReadWithin, Some.Time);
        var tries = 1;
        for (var now = standing.NextAt; standing.State == PostmasterState.PutOff; now = standing.NextAt, tries++)
        {
            Assert.Equal(Some.Time, standing.PutOffSince);
            standing = PostmasterRules.After(standing, PostmasterFinding.PutOff, ReadWithin, now);
        }

        Assert.Equal((PostmasterState.Refuses, 25), (standing.State, tries));
        // From then on it is asked once a day, and stays refused as long as nothing changes.
        standing = PostmasterRules.After(standing, PostmasterFinding.PutOff, ReadWithin, standing.NextAt);
        Assert.Equal((PostmasterState.Refuses, Some.Time), (standing.State, standing.PutOffSince));
        Assert.Equal(PostmasterState.PutOff, PostmasterRules.After(PostmasterRules.After(standing, PostmasterFinding.Refuses, ReadWithin, Some.Time), PostmasterFinding.PutOff, ReadWithin, Some.Time).State);
        Assert.Null(PostmasterRules.After(standing, PostmasterFinding.Accepts, ReadWithin, Some.Time).PutOffSince);
    }

    [Fact]
    public void Who_is_asked_is_reminded_so_often_and_then_it_is_overdue()
    {
        var standing = PostmasterRules.After(Waiting, PostmasterFinding.Accepts, ReadWithin, Some.Time);
        Assert.Equal((PostmasterState.Asked, Some.Time + ReadWithin, 1), (standing.State, standing.DueAt, standing.Mails));

        for (var now = standing.NextAt; standing.State == PostmasterState.Asked; now = standing.NextAt)
        {
            Assert.InRange(standing.Mails, 1, PostmasterRules.MailsMax);
            Assert.True(now <= standing.DueAt);
            standing = PostmasterRules.AfterSilence(standing, now);
        }

        Assert.Equal((PostmasterState.Overdue, PostmasterRules.MailsMax), (standing.State, standing.Mails));
        Assert.Equal(Some.Time + ReadWithin + PostmasterRules.AgainAfter, standing.NextAt);
    }

    [Fact]
    public void Every_state_has_something_that_comes_next()
    {
        foreach (var finding in Enum.GetValues<PostmasterFinding>())
            Assert.True(PostmasterRules.After(Waiting, finding, ReadWithin, Some.Time).NextAt > Some.Time);
        Assert.Equal(new PostmasterStanding(PostmasterState.Read, Some.Time + PostmasterRules.AgainAfter), PostmasterRules.AfterAnswer(Some.Time));
        Assert.All(Enum.GetValues<PostmasterState>(), s => Assert.NotEqual($"{s}", PostmasterWords.Of(s)));
    }

    [Fact]
    public void Less_time_than_until_a_reminder_ends_without_one()
    {
        var standing = PostmasterRules.After(Waiting, PostmasterFinding.Accepts, Duration.FromDays(1), Some.Time);

        Assert.Equal(Some.Time + Duration.FromDays(1), standing.NextAt);
        Assert.Equal(PostmasterState.Overdue, PostmasterRules.AfterSilence(standing, standing.NextAt).State);
    }

    [Theory]
    [InlineData(PostmasterState.Waiting, PostmasterState.Refuses, true)]
    [InlineData(PostmasterState.Refuses, PostmasterState.Refuses, false)]
    [InlineData(PostmasterState.Refuses, PostmasterState.PutOff, false)]
    [InlineData(PostmasterState.Refuses, PostmasterState.Asked, false)]
    [InlineData(PostmasterState.Asked, PostmasterState.Overdue, true)]
    [InlineData(PostmasterState.Overdue, PostmasterState.Read, true)]
    [InlineData(PostmasterState.Refuses, PostmasterState.NoMail, true)]
    [InlineData(PostmasterState.Asked, PostmasterState.Gone, true)]
    public void Cases_hear_of_what_opens_or_ends_one(PostmasterState before, PostmasterState after, bool expected) =>
        Assert.Equal(expected, PostmasterRules.IsNews(before, after));
}
