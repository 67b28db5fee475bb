using System.Globalization;
using Mailreeve.Storage.Live;

namespace Mailreeve.Storage.Tests;

public sealed class DatabaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_is_seen_by_another_process_when_it_returns(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();

        await test.Database.WriteAsync(db => PutAsync(db, "a", 1), Stop);

        Assert.Equal(1, await other.ReadAsync(db => GetAsync(db, "a"), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_is_there_after_the_database_was_closed_and_opened(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        await test.Database.WriteAsync(db => PutAsync(db, "a", 1), Stop);
        await test.Database.DisposeAsync();

        Assert.Equal(1, await test.OpenAnother().ReadAsync(db => GetAsync(db, "a"), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_that_throws_leaves_nothing_behind_and_tells_why(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => test.Database.WriteAsync(async db =>
        {
            await PutAsync(db, "a", 1);
            throw new InvalidDataException("on purpose");
        }, Stop));

        Assert.Equal("on purpose", thrown.Message);
        Assert.Null(await test.Database.ReadAsync(db => GetAsync(db, "a"), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_statement_that_fails_takes_only_its_own_write_with_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => PutAsync(db, "taken", 1), Stop);

        var writes = Enumerable.Range(0, 60).Select(i => test.Database.WriteAsync(async db =>
        {
            await PutAsync(db, Name(i), i);
            if (i % 3 == 0)
                await PutAsync(db, "taken", i);
        }, Stop)).ToList();
        await Task.WhenAll(writes.Select(w => w.ContinueWith(_ => { }, TaskScheduler.Default)));

        for (var i = 0; i < writes.Count; i++)
        {
            Assert.Equal(i % 3 == 0, writes[i].IsFaulted);
            Assert.Equal(i % 3 == 0 ? null : i, await test.Database.ReadAsync(db => GetAsync(db, Name(i)), Stop));
        }
    }

    [Fact]
    public async Task Writes_that_wait_together_share_a_commit_and_a_failing_one_among_them_is_undone_alone()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var held = new TaskCompletionSource();
        // While this one holds the writer, the others gather behind it and go into one transaction.
        var first = test.Database.WriteAsync(_ => held.Task, Stop);
        var good = test.Database.WriteAsync(db => PutAsync(db, "good", 1), Stop);
        var bad = test.Database.WriteAsync(async db =>
        {
            await PutAsync(db, "bad", 2);
            throw new InvalidDataException();
        }, Stop);
        var later = test.Database.WriteAsync(db => GetAsync(db, "good"), Stop);

        held.SetResult();
        await first;
        await good;
        await Assert.ThrowsAsync<InvalidDataException>(() => bad);

        Assert.Equal(1, await later);
        Assert.Equal(1, await test.Database.ReadAsync(db => GetAsync(db, "good"), Stop));
        Assert.Null(await test.Database.ReadAsync(db => GetAsync(db, "bad"), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Ids_reserved_at_the_same_time_are_all_different_and_have_no_gaps(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();

        var reserved = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var count = (i % 3) + 1;
            var first = await (i % 2 == 0 ? test.Database : other).WriteAsync(db => db.NextIdsAsync("event", count, Stop), Stop);
            return Enumerable.Range(0, count).Select(n => first + n);
        }));

        var ids = reserved.SelectMany(i => i).Order().ToList();
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(i => (long)i), ids);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Ids_of_a_write_that_failed_are_given_again(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var before = await test.Database.WriteAsync(db => db.NextIdsAsync("event", 1, Stop), Stop);

        await Assert.ThrowsAsync<InvalidDataException>(() => test.Database.WriteAsync(async db =>
        {
            await db.NextIdsAsync("event", 10, Stop);
            throw new InvalidDataException();
        }, Stop));

        Assert.Equal(before + 1, await test.Database.WriteAsync(db => db.NextIdsAsync("event", 1, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Writes_that_wait_for_each_other_in_a_circle_are_all_carried_out(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();

        // Each locks what the other one wants next, which PostgreSQL ends by undoing one of them.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(async db =>
        {
            await db.NextIdsAsync(i % 2 == 0 ? "left" : "right", 1, Stop);
            await db.NextIdsAsync(i % 2 == 0 ? "right" : "left", 1, Stop);
        }, Stop)));

        Assert.Equal(5, await test.Database.WriteAsync(db => db.NextIdsAsync("left", 1, Stop), Stop));
        Assert.Equal(5, await test.Database.WriteAsync(db => db.NextIdsAsync("right", 1, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_reader_never_sees_a_later_change_before_an_earlier_one(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();

        var writing = Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            (i % 2 == 0 ? test.Database : other).WriteAsync(db => db.RecordChangeAsync(ChangeKind.Policy, i, Stop), Stop)));
        IReadOnlyList<long> seen;
        do
        {
            seen = await test.Database.ReadAsync(db => db.QueryAsync<long>("SELECT seq FROM change ORDER BY seq", null, Stop), Stop);
            Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => (long)i), seen);
        }
        while (!writing.IsCompleted);

        await writing;
        Assert.Equal(60, await other.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM change", null, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_that_is_stopped_before_it_began_does_nothing(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => test.Database.WriteAsync(db => PutAsync(db, "a", 1), new CancellationToken(canceled: true)));

        Assert.Null(await test.Database.ReadAsync(db => GetAsync(db, "a"), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_write_that_is_stopped_after_it_began_is_reported_as_done(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        using var stopping = new CancellationTokenSource();

        await test.Database.WriteAsync(async db =>
        {
            await db.RecordChangeAsync(ChangeKind.Policy, 1, Stop);
            await stopping.CancelAsync();
        }, stopping.Token);

        Assert.Equal(1, await test.Database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM change", null, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Closing_carries_out_the_writes_that_wait(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var closing = test.OpenAnother();

        var writes = Enumerable.Range(0, 20).Select(i => closing.WriteAsync(db => PutAsync(db, Name(i), i), Stop)).ToList();
        if (dialect == Dialect.PostgreSql)
            await Task.WhenAll(writes);
        await closing.DisposeAsync();
        await Task.WhenAll(writes);

        Assert.Equal(20, await test.Database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM id_block", null, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Rows_beyond_the_parameters_of_one_statement_are_inserted_in_several(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var rows = Enumerable.Range(0, 5000).ToList();

        await test.Database.WriteAsync(
            db => db.InsertManyAsync("INSERT INTO id_block (name, next)", rows, i => [Name(i), (long)i], Stop), Stop);

        var sum = await test.Database.ReadAsync(db => db.SingleAsync<long>("SELECT CAST(SUM(next) AS BIGINT) FROM id_block", null, Stop), Stop);
        Assert.Equal(rows.Sum(i => (long)i), sum);
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"name-{i}");

    private static Task<int> PutAsync(DbSession db, string name, long value) =>
        db.ExecuteAsync("INSERT INTO id_block (name, next) VALUES (@name, @value)", new { name, value }, Stop);

    private static Task<long?> GetAsync(DbSession db, string name) =>
        db.SingleOrDefaultAsync<long?>("SELECT next FROM id_block WHERE name = @name", new { name }, Stop);
}
