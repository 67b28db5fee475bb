using Mailreeve.Policy;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Storage.Tests.Mail;

public sealed class QueueStoreTests
{
    private static readonly Instant Until = Some.Time + Duration.FromHours(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_owners_of_a_destination_never_take_the_same_message(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        await AddAsync(test, 200);

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? test.Database : other).WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop)));

        var ids = taken.SelectMany(t => t).Select(o => o.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        while (await test.Database.WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop) is { Count: > 0 } more)
            ids.AddRange(more.Select(o => o.Id));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), ids.Order());
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_not_tried_does_not_count_as_an_attempt(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 1);
        await test.Database.WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop);

        await test.Database.WriteAsync(
            db => new QueueStore(db).RecordAsync([new AttemptOutcome(1, OutboundState.Queued, null, Some.Time, Attempted: false)], Some.Time, Stop), Stop);

        var again = Assert.Single(await test.Database.WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop));
        Assert.Equal(1, again.Attempts);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_a_node_left_behind_comes_back_when_its_lease_is_over_and_notices_do_not(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 2);
        await AddAsync(test, 1, o => o with { Id = 3, Purpose = OutboundPurpose.Notice });
        await test.Database.WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop);

        Assert.Equal(0, await test.Database.WriteAsync(db => new QueueStore(db).ResumeAbandonedAsync(Until - Duration.FromSeconds(1), Stop), Stop));
        Assert.Equal(2, await test.Database.WriteAsync(db => new QueueStore(db).ResumeAbandonedAsync(Until, Stop), Stop));
        Assert.Equal(1, await test.Database.WriteAsync(db => new QueueStore(db).DoubtInterruptedAsync(Until, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Places_are_found_by_name_whatever_lies_between_them(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 50);
        await AddAsync(test, 1, o => o with { Id = 100, Recipient = "a@birch.example" });
        await AddAsync(test, 1, o => o with { Id = 101, Recipient = "a@cedar.example", CreatedAt = Some.Time + Duration.FromHours(1) });

        var (first, next) = await test.Database.ReadAsync(db => new QueueStore(db).DueByNameAsync("", Some.Time, 2, Stop), Stop);
        var (rest, end) = await test.Database.ReadAsync(db => new QueueStore(db).DueByNameAsync(next, Some.Time, 2, Stop), Stop);

        Assert.Equal(["alder.example", "birch.example"], first);
        Assert.Empty(rest);
        Assert.Equal("", end);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_operator_holds_lets_go_and_drops(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddAsync(test, 3);
        await AddAsync(test, 1, o => o with { Id = 9, Recipient = "a@birch.example", HoldId = 5 });
        var alder = new QueueFilter { Destination = "ALDER.example." };
        var by = Actor.Operator("mara");

        Assert.Equal(3, await test.Database.WriteAsync(db => new QueueDesk(db).HoldAsync(alder, by, Stop), Stop));
        Assert.Empty(await test.Database.WriteAsync(db => new QueueStore(db).TakeAsync("alder.example", Some.Time, Until, 20, Stop), Stop));
        Assert.Equal(1, await test.Database.WriteAsync(db => new QueueDesk(db).ReleaseAsync(new QueueFilter { Ids = [2] }, by, Some.Time, Stop), Stop));
        Assert.Equal(1, await test.Database.WriteAsync(db => new QueueDesk(db).DropAsync(new QueueFilter { Hold = 5 }, tell: false, by, Some.Time, Stop), Stop));

        var lines = await test.Database.ReadAsync(db => new QueueDesk(db).SummaryAsync(10, Stop), Stop);
        Assert.Equal([("alder.example", OutboundState.Held, 2L), ("alder.example", OutboundState.Queued, 1L)], lines.Select(l => (l.Destination, l.State, l.Count)));
        var row = await test.Database.ReadAsync(db => new QueueDesk(db).FindAsync(9, Stop), Stop);
        Assert.Equal((OutboundState.Dropped, "operator mara"), (row!.State, row.ActedBy));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Every_statement_of_the_queue_follows_an_index(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        string[] statements =
        [
            "SELECT destination FROM outbound WHERE state = 'queued' AND next_attempt_at <= 5 ORDER BY next_attempt_at LIMIT 10",
            "SELECT MIN(destination) FROM outbound WHERE finished_at IS NULL AND destination > 'a'",
            "SELECT id FROM outbound WHERE destination = 'a' AND state = 'queued' AND finished_at IS NULL AND next_attempt_at <= 5 ORDER BY next_attempt_at LIMIT 10",
            "SELECT id FROM outbound WHERE state = 'attempting' AND next_attempt_at <= 5",
            "SELECT id FROM outbound WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held' AND delay_told_at IS NULL AND queued_at <= 5 ORDER BY queued_at LIMIT 10",
            "SELECT id FROM outbound WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held' AND delay_told_at IS NOT NULL AND queued_at <= 5 AND state = 'queued' ORDER BY queued_at LIMIT 10",
            "SELECT id FROM outbound WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NOT NULL AND finished_at < 5 ORDER BY finished_at LIMIT 10",
            "SELECT 1 FROM outbound WHERE segment = 5 AND finished_at IS NULL LIMIT 1",
        ];

        foreach (var statement in statements)
        {
            var plan = await test.Database.WriteAsync(async db =>
            {
                // An empty table is quicker read than looked up; what matters is whether an index can be followed at all.
                if (dialect == Dialect.PostgreSql)
                    await db.ExecuteAsync("SET LOCAL enable_seqscan = off", null, Stop);
                return dialect == Dialect.PostgreSql
                    ? string.Join('\n', await db.QueryAsync<string>($"EXPLAIN {statement}", null, Stop))
                    : string.Join('\n', (await db.QueryAsync<PlanRow>($"EXPLAIN QUERY PLAN {statement}", null, Stop)).Select(r => r.Detail));
            }, Stop);

            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("SCAN outbound\n", plan + "\n", StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        }
    }

    private static Task AddAsync(TestDatabase test, int count, Func<NewOutbound, NewOutbound>? change = null) => test.Database.WriteAsync(
        db => new OutboundStore(db).AddAsync(
            [.. Enumerable.Range(1, count).Select(i => Some.Outbound with { Id = i, Purpose = OutboundPurpose.Submission }).Select(o => change?.Invoke(o) ?? o)], Stop), Stop);

    private sealed record PlanRow
    {
        public required string Detail { get; init; }
    }
}
