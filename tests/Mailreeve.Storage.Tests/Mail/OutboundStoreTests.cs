using Mailreeve.Storage.Mail;

namespace Mailreeve.Storage.Tests.Mail;

public sealed class OutboundStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_nodes_never_take_the_same_message(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        await AddAsync(test, 60);

        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            i => (i % 2 == 0 ? test.Database : other).WriteAsync(db => db.TakeOutboundAsync(Some.Time, 20), Stop)));

        var ids = taken.SelectMany(t => t).Select(o => o.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        // A node may come back with fewer than there are, or none, when another was faster; the next turn gets the rest.
        while (await test.Database.WriteAsync(db => db.TakeOutboundAsync(Some.Time, 20), Stop) is { Count: > 0 } more)
            ids.AddRange(more.Select(o => o.Id));
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), ids.Order());
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_message_comes_out_as_it_went_in(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 1);

        var due = Assert.Single(await TakeAsync(test, Some.Time));

        Assert.Equal(
            (1L, Some.Outbound.Purpose, Some.Outbound.SubjectId, Some.Outbound.EnvelopeFrom, Some.Outbound.Recipient, 1L, Some.Time),
            (due.Id, due.Purpose, due.SubjectId, due.EnvelopeFrom, due.Recipient, due.Attempts, due.CreatedAt));
        Assert.Equal(Some.Outbound.Message, due.Message);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_message_that_failed_for_now_is_due_again_at_its_time_and_not_before(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 1);
        await TakeAsync(test, Some.Time);
        var next = Some.Time + Duration.FromMinutes(5);
        await test.Database.WriteAsync(db => new QueueStore(db).RecordAsync([new AttemptOutcome(1, OutboundState.Queued, "451 later", next)], Some.Time, Stop), Stop);

        Assert.Empty(await TakeAsync(test, next - Duration.FromMilliseconds(1)));
        Assert.Equal(2, Assert.Single(await TakeAsync(test, next)).Attempts);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_interrupted_message_is_in_doubt_and_is_not_sent_again(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 3);
        await test.Database.WriteAsync(db => db.TakeOutboundAsync(Some.Time, 2), Stop);

        Assert.Equal(2, await test.Database.WriteAsync(db => new QueueStore(db).DoubtInterruptedAsync(Some.Time, Stop), Stop));

        Assert.Equal([3L], (await TakeAsync(test, Some.Time)).Select(o => o.Id));
        var outcomes = await OutcomesAsync(test);
        Assert.Equal([(1L, OutboundState.InDoubt), (2L, OutboundState.InDoubt)], outcomes.Select(o => (o.Id, o.State)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_outcome_is_read_once_and_a_later_return_is_a_new_one(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 1);
        await TakeAsync(test, Some.Time);
        await test.Database.WriteAsync(db => db.EndOutboundAsync(1, OutboundState.Accepted, "250 ok", Some.Time), Stop);
        Assert.Equal(OutboundState.Accepted, Assert.Single(await OutcomesAsync(test)).State);
        await test.Database.WriteAsync(db => new OutboundStore(db).OutcomeReadAsync(1, Some.Time, Stop), Stop);
        Assert.Empty(await OutcomesAsync(test));
        Task<bool> ReturnAsync() =>
            test.Database.WriteAsync(db => new OutboundStore(db).ReturnedAsync(1, "5.1.1 no such user", Some.Time, Stop), Stop);

        Assert.True(await ReturnAsync());
        Assert.False(await ReturnAsync());

        var outcome = Assert.Single(await OutcomesAsync(test));
        Assert.Equal((OutboundState.Returned, "5.1.1 no such user"), (outcome.State, outcome.LastReply));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Outcomes_go_to_the_owner_of_the_purpose_only(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 1);
        await TakeAsync(test, Some.Time);
        await test.Database.WriteAsync(db => db.EndOutboundAsync(1, OutboundState.Failed, "550 no", Some.Time), Stop);

        Assert.Empty(await test.Database.ReadAsync(
            db => new OutboundStore(db).UnreadOutcomesAsync(OutboundPurpose.Answer, 10, Stop), Stop));
        Assert.Single(await OutcomesAsync(test));
    }

    private static Task AddAsync(TestDatabase test, int count) => test.Database.WriteAsync(
        db => new OutboundStore(db).AddAsync([.. Enumerable.Range(1, count).Select(i => Some.Outbound with { Id = i })], Stop), Stop);

    private static Task<IReadOnlyList<DueOutbound>> TakeAsync(TestDatabase test, Instant now) =>
        test.Database.WriteAsync(db => db.TakeOutboundAsync(now), Stop);

    private static Task<IReadOnlyList<OutboundOutcome>> OutcomesAsync(TestDatabase test) =>
        test.Database.ReadAsync(db => new OutboundStore(db).UnreadOutcomesAsync(OutboundPurpose.Notice, 10, Stop), Stop);
}
