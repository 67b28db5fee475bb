using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Messages;

public class ThreadTreeTests
{
    private static readonly Instant Start = Instant.FromUtc(2025, 7, 1, 0, 0);

    [Fact]
    public void Answers_stand_below_what_they_answer()
    {
        var threads = ThreadTree.References(
        [
            Mail(1, "a", "X"), Mail(2, "b", "X", true, "a"), Mail(3, "c", "X", true, "a", "b"), Mail(4, "d", "X", true, "a"), Mail(5, "e", "Y"),
        ]);

        Assert.Equal("(1 (2 3)(4))(5)", ThreadTree.Write(threads));
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        ThreadMessage[] messages = [Mail(1, "c", "X", true, "a", "b") with { Sent = At(3) }, Mail(2, "b", "X", true, "a") with { Sent = At(2) }, Mail(3, "a", "X") with { Sent = At(1) }];

        Assert.Equal("(3 2 1)", ThreadTree.Write(ThreadTree.References(messages)));
    }

    [Fact]
    public void Answers_to_a_message_that_is_gone_stay_together() =>
        Assert.Equal("((1)(2))(3)", ThreadTree.Write(ThreadTree.References([Mail(1, "b", "X", true, "a"), Mail(2, "c", "Z", true, "a"), Mail(3, "d", "Y")])));

    [Fact]
    public void A_single_answer_to_a_message_that_is_gone_takes_its_place() =>
        Assert.Equal("(1 2)", ThreadTree.Write(ThreadTree.References([Mail(1, "c", "X", true, "a", "b"), Mail(2, "d", "X", true, "a", "b", "c")])));

    [Fact]
    public void Threads_with_the_same_subject_are_joined()
    {
        Assert.Equal("(1 2)", ThreadTree.Write(ThreadTree.References([Mail(1, "a", "X"), Mail(2, "b", "X", true)])));
        Assert.Equal("(2 1)", ThreadTree.Write(ThreadTree.References([Mail(1, "a", "X", true), Mail(2, "b", "X")])));
        Assert.Equal("((1)(2)(3))", ThreadTree.Write(ThreadTree.References([Mail(1, "a", "X"), Mail(2, "b", "X"), Mail(3, "c", "X")])));
        Assert.Equal("(1)(2)", ThreadTree.Write(ThreadTree.References([Mail(1, "a", ""), Mail(2, "b", "")])));
        Assert.Equal(
            "((1)(2)(3)(4))",
            ThreadTree.Write(ThreadTree.References([Mail(1, "b", "X", true, "a"), Mail(2, "c", "X", true, "a"), Mail(3, "e", "X", true, "d"), Mail(4, "f", "X", true, "d")])));
    }

    [Fact]
    public void Message_IDs_that_go_in_a_circle_or_come_twice_do_no_harm()
    {
        Assert.Equal("(1)(2)", ThreadTree.Write(ThreadTree.References([Mail(1, "a", "X", true, "a"), Mail(2, "a", "Y")])));
        var circle = ThreadTree.References([Mail(1, "a", "X", true, "b"), Mail(2, "b", "Y", true, "a")]);
        Assert.Equal("(2 1)", ThreadTree.Write(circle));
        Assert.Equal("(1)", ThreadTree.Write(ThreadTree.References([Mail(1, null, "X")])));
        Assert.Equal("", ThreadTree.Write(ThreadTree.References([])));
    }

    [Fact]
    public void A_chain_of_twenty_thousand_answers_is_threaded()
    {
        var messages = Enumerable.Range(1, 20_000).Select(n => Mail(n, $"m{n}", $"S{n}", true, $"m{n - 1}")).ToList();

        var text = ThreadTree.Write(ThreadTree.References(messages));

        Assert.StartsWith("(1 2 3 4 5", text);
        Assert.Equal(20_000, text.Split(' ', '(', ')').Count(word => word.Length > 0));
    }

    [Fact]
    public void Ordered_subject_has_no_grandchildren()
    {
        var threads = ThreadTree.OrderedSubject(
            [Mail(1, "a", "X"), Mail(2, "b", "Y") with { Sent = At(0) }, Mail(3, "c", "X"), Mail(4, "d", "Y"), Mail(5, "e", "Y")]);

        Assert.Equal("(2 (4)(5))(1 3)", ThreadTree.Write(threads));
    }

    [Fact]
    public void A_summary_has_all_that_threading_needs()
    {
        var first = SomeMail.Summary("Subject: Plan\nMessage-ID: <1@a.example>\n\n");
        var answer = SomeMail.Summary("Subject: Re: plan\nDate: Tue, 1 Jul 2025 10:00:00 +0200\nIn-Reply-To: <1@a.example>\n\n");

        Assert.Equal(
            "(7 8)", ThreadTree.Write(ThreadTree.References([ThreadMessage.Of(7, first, Start), ThreadMessage.Of(8, answer, Start)])));
        Assert.Equal(Start + Duration.FromHours(8), ThreadMessage.Of(8, answer, Start).Sent);
        Assert.Equal(Start, ThreadMessage.Of(7, first, Start).Sent);
    }

    private static Instant At(int hour) => Start + Duration.FromHours(hour);

    private static ThreadMessage Mail(long key, string? id, string subject, bool isReply = false, params string[] references) =>
        new(key, At((int)key), subject, isReply, id, references);
}
