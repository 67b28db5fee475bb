using MailKit;
using MailKit.Search;
using MimeKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Seven messages, and what is found among them. Numbers are those of the messages, from 1.</summary>
public sealed class MailKitSearchTests(RunningMailServer running) : MailServerTests(running)
{
    private static readonly DateTimeOffset Long = new(2020, 5, 17, 12, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, SearchQuery Query, int[] Found)[] Queries =
    [
        ("ALL", SearchQuery.All, [1, 2, 3, 4, 5, 6, 7]),
        ("SEEN", SearchQuery.Seen, [1, 2]),
        ("UNSEEN", SearchQuery.NotSeen, [3, 4, 5, 6, 7]),
        ("FLAGGED", SearchQuery.Flagged, [2, 3]),
        ("UNFLAGGED", SearchQuery.NotFlagged, [1, 4, 5, 6, 7]),
        ("ANSWERED", SearchQuery.Answered, [1]),
        ("DRAFT", SearchQuery.Draft, [4]),
        ("DELETED", SearchQuery.Deleted, [5]),
        ("UNDELETED", SearchQuery.NotDeleted, [1, 2, 3, 4, 6, 7]),
        ("KEYWORD", SearchQuery.HasKeyword("$Important"), [6]),
        ("UNKEYWORD", SearchQuery.NotKeyword("$important"), [1, 2, 3, 4, 5, 7]),
        ("SUBJECT", SearchQuery.SubjectContains("lunch"), [1, 2, 5]),
        ("SUBJECT in UTF-8", SearchQuery.SubjectContains("grüße"), [3]),
        ("FROM", SearchQuery.FromContains("carol"), [4]),
        ("FROM, address", SearchQuery.FromContains("ann@elsewhere.example"), [1, 2, 3, 5, 6, 7]),
        ("TO", SearchQuery.ToContains("bob@provider.example"), [1, 2, 3, 4, 5, 6, 7]),
        ("CC", SearchQuery.CcContains("zoe"), [6]),
        ("BCC", SearchQuery.BccContains("secret@elsewhere.example"), [4]),
        ("BODY", SearchQuery.BodyContains("apricots"), [4]),
        ("BODY, encoded", SearchQuery.BodyContains("Köln"), [6]),
        ("BODY is not the header", SearchQuery.BodyContains("quarterly"), []),
        ("TEXT", SearchQuery.MessageContains("quarterly"), [7]),
        ("HEADER", SearchQuery.HeaderContains("X-Priority", "1"), [7]),
        ("HEADER that is there", SearchQuery.HeaderContains("In-Reply-To", ""), [2, 5]),
        ("LARGER", SearchQuery.LargerThan(15_000), [6]),
        ("SMALLER", SearchQuery.SmallerThan(15_000), [1, 2, 3, 4, 5, 7]),
        ("SENTON", SearchQuery.SentOn(new DateTime(2026, 3, 3)), [2, 6]),
        ("SENTBEFORE", SearchQuery.SentBefore(new DateTime(2026, 3, 3)), [1, 3]),
        ("SENTSINCE", SearchQuery.SentSince(new DateTime(2026, 3, 5)), [4, 5, 7]),
        ("ON", SearchQuery.DeliveredOn(Long.UtcDateTime.Date), [3]),
        ("BEFORE", SearchQuery.DeliveredBefore(new DateTime(2021, 1, 1)), [3]),
        ("SINCE", SearchQuery.DeliveredAfter(new DateTime(2021, 1, 1)), [1, 2, 4, 5, 6, 7]),
        ("YOUNGER", SearchQuery.YoungerThan(3600), [1, 2, 4, 5, 6, 7]),
        ("OLDER", SearchQuery.OlderThan(3600), [3]),
        ("OR", SearchQuery.Seen.Or(SearchQuery.Draft), [1, 2, 4]),
        ("NOT", SearchQuery.Not(SearchQuery.SubjectContains("lunch")), [3, 4, 6, 7]),
        ("AND", SearchQuery.SubjectContains("lunch").And(SearchQuery.NotSeen), [5]),
        ("nested", SearchQuery.Not(SearchQuery.Seen.Or(SearchQuery.Flagged.And(SearchQuery.SubjectContains("Grüße")))), [4, 5, 6, 7]),
        ("MODSEQ", SearchQuery.ChangedSince(1), [1, 2, 3, 4, 5, 6, 7]),
    ];

    [Fact]
    public async Task Each_query_finds_what_it_describes()
    {
        var (inbox, uids) = await FilledAsync();
        var wrong = new List<string>();

        foreach (var (name, query, expected) in Queries)
        {
            var found = (await inbox.SearchAsync(query, Stop)).Select(uid => uids.IndexOf(uid) + 1).ToList();
            if (!found.SequenceEqual(expected))
                wrong.Add($"{name}: found {string.Join(' ', found)}, not {string.Join(' ', expected)}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Uids_and_ranges_of_them_are_queries_too()
    {
        var (inbox, uids) = await FilledAsync();

        Assert.Equal([uids[1], uids[2]], await inbox.SearchAsync(SearchQuery.Uids([uids[1], uids[2], new UniqueId(uids[6].Id + 1000)]), Stop));
        Assert.Equal([uids[5], uids[6]], await inbox.SearchAsync(SearchQuery.Uids(new UniqueIdRange(uids[5], UniqueId.MaxValue)), Stop));
    }

    [Fact]
    public async Task Only_the_answer_that_is_asked_for_is_given()
    {
        var (inbox, uids) = await FilledAsync();

        var results = await inbox.SearchAsync(
            SearchOptions.Count | SearchOptions.Min | SearchOptions.Max | SearchOptions.All, SearchQuery.SubjectContains("lunch"), Stop);
        var none = await inbox.SearchAsync(SearchOptions.Count | SearchOptions.All, SearchQuery.SubjectContains("no such thing"), Stop);

        Assert.Equal(3, results.Count);
        Assert.Equal(uids[0], results.Min);
        Assert.Equal(uids[4], results.Max);
        Assert.Equal([uids[0], uids[1], uids[4]], results.UniqueIds);
        Assert.Equal(0, none.Count);
        Assert.Empty(none.UniqueIds ?? []);
    }

    [Fact]
    public async Task Messages_are_sorted_by_what_they_say()
    {
        var (inbox, uids) = await FilledAsync();

        // RFC 5256 §2.1: "Re:" does not count. What is equal stays in the order of the mailbox.
        Assert.Equal([4, 3, 1, 2, 5, 6, 7], await SortedAsync(OrderBy.Subject));
        Assert.Equal([1, 3, 2, 6, 5, 4, 7], await SortedAsync(OrderBy.Date));
        Assert.Equal([7, 4, 5, 6, 2, 3, 1], await SortedAsync(OrderBy.ReverseDate));
        Assert.Equal([3, 1, 2, 4, 5, 6, 7], await SortedAsync(OrderBy.Arrival));
        Assert.Equal(6, (await SortedAsync(OrderBy.ReverseSize))[0]);
        Assert.Equal([1, 2, 3, 5, 6, 7, 4], await SortedAsync(OrderBy.From));

        async Task<List<int>> SortedAsync(params OrderBy[] by) =>
            [.. (await inbox.SortAsync(SearchQuery.All, by, Stop)).Select(uid => uids.IndexOf(uid) + 1)];
    }

    [Fact]
    public async Task Only_what_was_searched_is_sorted()
    {
        var (inbox, uids) = await FilledAsync();

        var sorted = await inbox.SortAsync(SearchQuery.SubjectContains("lunch"), [OrderBy.ReverseDate], Stop);

        Assert.Equal([uids[4], uids[1], uids[0]], sorted);
    }

    [Fact]
    public async Task Answers_hang_below_what_they_answer()
    {
        var (inbox, uids) = await FilledAsync();

        var threads = await inbox.ThreadAsync(ThreadingAlgorithm.References, SearchQuery.All, Stop);

        var lunch = Assert.Single(threads, t => t.UniqueId == uids[0]);
        var answer = Assert.Single(lunch.Children);
        Assert.Equal(uids[1], answer.UniqueId);
        Assert.Equal(uids[4], Assert.Single(answer.Children).UniqueId);
        Assert.Equal(5, threads.Count);
    }

    private async Task<(IMailFolder Inbox, IList<UniqueId> Uids)> FilledAsync()
    {
        var inbox = await InboxAsync();
        var lunch = SampleMail.Text("Lunch on Friday?");
        var answer = SampleMail.Answer(lunch, day: 1);
        var answerToThat = SampleMail.Answer(answer, day: 3);
        answerToThat.Subject = "Re: Lunch on Friday?";
        var greetings = SampleMail.Text("Grüße vom Meer", day: 0);
        greetings.Date = greetings.Date.AddHours(1);
        var fruit = SampleMail.Text("Fruit", "Plums, apricots and pears.\r\n", day: 4, from: "Carol <carol@elsewhere.example>");
        fruit.Bcc.Add(MailboxAddress.Parse("secret@elsewhere.example"));
        var rich = SampleMail.Rich("Photographs");
        rich.Date = rich.Date.AddDays(1).AddHours(2);
        var report = SampleMail.Text("Quarterly figures", day: 5);
        report.Priority = MessagePriority.Urgent;
        report.XPriority = XMessagePriority.Highest;
        var uids = await inbox.AppendAsync(
            [
                new AppendRequest(lunch, MessageFlags.Seen | MessageFlags.Answered),
                new AppendRequest(answer, MessageFlags.Seen | MessageFlags.Flagged),
                new AppendRequest(greetings, MessageFlags.Flagged, Long),
                new AppendRequest(fruit, MessageFlags.Draft),
                new AppendRequest(answerToThat, MessageFlags.Deleted),
                new AppendRequest(rich, MessageFlags.None, ["$Important"]),
                new AppendRequest(report),
            ],
            Stop);
        await inbox.CheckAsync(Stop);
        return (inbox, uids);
    }
}
