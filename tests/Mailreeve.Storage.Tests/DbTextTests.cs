using Mailreeve.Policy;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.Storage.Tests;

public sealed class DbTextTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void What_cannot_be_stored_is_replaced_and_nothing_else()
    {
        // Not as data of a theory: an attribute is UTF-8 and cannot hold half of a pair.
        foreach (var (text, clean) in new[]
        {
            ("", ""),
            ("offers@alder.example", "offers@alder.example"),
            ("caf\u00e9 \ud83d\ude00 \ufffd", "caf\u00e9 \ud83d\ude00 \ufffd"),
            ("\0a\0\0", "\ufffda\ufffd\ufffd"),
            ("\ud83d", "\ufffd"),
            ("\ude00\ud83d", "\ufffd\ufffd"),
            ("\ud83d\ud83d\ude00\ude00", "\ufffd\ud83d\ude00\ufffd"),
            ("\ud83d\0", "\ufffd\ufffd"),
        })
        {
            Assert.Equal(clean, DbText.Clean(text));
        }
    }

    [Fact]
    public void Text_that_is_clean_is_not_copied()
    {
        var text = new string('a', 3);

        Assert.Same(text, DbText.Clean(text));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Any_text_comes_back_clean_by_whatever_way_it_went_in(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        const string odd = "a\0b\ud800";
        const string clean = "a\ufffdb\ufffd";

        var found = await test.Database.WriteAsync(async db =>
        {
            await db.ExecuteAsync("INSERT INTO id_block (name, next) VALUES (@odd, 1)", new { odd }, Stop);
            await db.InsertManyAsync("INSERT INTO id_block (name, next)", [odd + "2"], n => [n, 2], Stop);
            // An actor is text too, with a handler of its own.
            await db.ExecuteAsync("INSERT INTO id_block (name, next) VALUES (@actor, 3)", new { actor = new Actor(odd + "3") }, Stop);
            return await db.QueryAsync<string>(
                $"SELECT name FROM id_block WHERE {db.IsAnyOf("name", "names")} ORDER BY next", new { names = (string[])[odd, odd + "2", odd + "3"] }, Stop);
        }, Stop);

        Assert.Equal([clean, clean + "2", clean + "3"], found);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_list_may_be_empty(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(
            db => db.InsertManyAsync("INSERT INTO id_block (name, next)", ["a", "b", "c"], n => [n, (long)n[0]], Stop), Stop);

        var (none, two, mixed) = await test.Database.ReadAsync(async db => (
            await CountAsync(db, [], []),
            await CountAsync(db, ["a", "c"], []),
            await CountAsync(db, ["a"], ['a', 'b'])), Stop);

        Assert.Equal((0, 2, 2), (none, two, mixed));

        static Task<long> CountAsync(DbSession db, string[] names, long[] numbers) =>
            db.SingleAsync<long>(
                $"SELECT COUNT(*) FROM id_block WHERE {db.IsAnyOf("name", "names")} OR {db.IsAnyOf("next", "numbers")}", new { names, numbers }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Stores_take_empty_lists(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        await test.Database.WriteAsync(async db =>
        {
            Assert.Empty(await new CaseStore(db).OpenAsync([new CustomerId(1)], [], Stop));
            Assert.Empty(await new ReportStore(db).ClaimAsync([], Stop));
            Assert.Empty(await new EventStore(db).SeenAsync([], [], Stop));
            Assert.Empty(await new EventStore(db).ReportersSeenAsync([], [], Stop));
            Assert.Empty(await new DeskStore(db).CasesOfAsync([], withUntold: true, 10, Stop));
        }, Stop);
    }
}
