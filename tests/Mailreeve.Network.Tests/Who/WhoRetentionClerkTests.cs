using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Who;

public sealed class WhoRetentionClerkTests
{
    private static readonly WhoRetention Kept = new() { Sessions = Duration.FromDays(180), Questions = Duration.FromDays(366) };

    // The first moment whose sessions are forgotten at Some.Time is the one before.
    private static readonly Instant Edge = Some.Time - Kept.Sessions;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_ended_long_ago_is_forgotten_and_what_is_open_stays_however_old(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await SaveAsync(
            test.Database,
            Session("long-ago", Edge - Duration.FromMilliseconds(1)),
            Session("port-block", Edge - Duration.FromDays(1)) with { Source = SessionSource.Nat, FirstPort = 1024, LastPort = 2047 },
            Session("at-the-edge", Edge),
            Session("open", null));

        Assert.Equal(2, await WorkAsync(test.Database));

        Assert.Equal(["at-the-edge", "open"], await SessionsAsync(test.Database));
        Assert.Equal(0, await WorkAsync(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Three_batches_with_a_crash_between_leave_nothing_and_take_nothing_else(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var batch = (int)WhoRetentionClerk.Batch;
        await SaveAsync(test.Database, [.. Enumerable.Range(0, (2 * batch) + 7).Select(i => Session($"s{i}", Edge - Duration.FromSeconds(i + 1))), Session("kept", Some.Time)]);

        Assert.Equal(batch, await WorkAsync(test.Database));
        // Another process goes on where the first one was killed; what it was about to write is as if it had never been.
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.WriteAsync(
            async db =>
            {
                Assert.Equal(batch, await new SessionStore(db).ForgetAsync(Edge, batch, Stop));
                throw new InvalidOperationException("It is killed before the commit.");
            }, Stop));
        Assert.Equal(batch + 7 + 1, (await SessionsAsync(test.Database)).Count);
        var other = test.OpenAnother();
        Assert.Equal(batch, await WorkAsync(other));
        Assert.Equal(7, await WorkAsync(other));

        Assert.Equal(0, await WorkAsync(other));
        Assert.Equal(["kept"], await SessionsAsync(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Orders_go_with_their_sessions_and_those_of_others_stay(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await SaveAsync(test.Database, Session("old", Edge - Duration.FromDays(1)), Session("new", Some.Time));
        await test.Database.WriteAsync(async db =>
        {
            await new BlockStore(db).PlaceAsync([Some.Block], Stop);
            await new SessionOrderStore(db).AddAsync(
                [.. new long[] { 1, 2 }.Select(session => new NewSessionOrder(Some.Block.Id, session, false, "nas", SessionAction.Disconnect, Some.Time))],
                Some.Time, Stop);
        }, Stop);

        await WorkAsync(test.Database);

        var orders = await test.Database.ReadAsync(db => new SessionOrderStore(db).OfAsync([Some.Block.Id], 10, Stop), Stop);
        Assert.Equal("new", Assert.Single(orders).Session);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_that_work_at_once_forget_each_session_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = dialect == Dialect.Sqlite ? test.Database : test.OpenAnother();
        await SaveAsync(test.Database, [.. Enumerable.Range(0, 300).Select(i => Session($"s{i}", Edge - Duration.FromSeconds(i + 1)))]);

        var forgotten = await Task.WhenAll(WorkAsync(test.Database), WorkAsync(other));

        Assert.Equal(300, forgotten.Sum() + await WorkAsync(test.Database));
        Assert.Empty(await SessionsAsync(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Who_asked_is_forgotten_after_its_own_time(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AskAsync(test.Database, Some.Time - Kept.Questions - Duration.FromMilliseconds(1), "long-ago");
        await AskAsync(test.Database, Some.Time - Kept.Sessions - Duration.FromDays(1), "lately");

        Assert.Equal(1, await WorkAsync(test.Database));

        var asked = Assert.Single(await test.Database.ReadAsync(db => new WhoQuestionStore(db).NewestAsync(null, 10, Stop), Stop));
        Assert.Equal(Actor.Tool("lately"), asked.AskedBy);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_question_comes_back_as_it_was_put_and_too_many_of_one_asker_are_not_taken(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var question = Question(Some.Time, "desk") with { Port = 40112, KnownAt = Some.Time - Duration.FromDays(1), Disclosed = "104-2237-2" };

        Assert.True(await TryAddAsync(test.Database, question, perHour: 1));
        Assert.False(await TryAddAsync(test.Database, question, perHour: 1));
        Assert.True(await TryAddAsync(test.Database, question with { AskedBy = Actor.Tool("other"), Address = Some.OtherAddress }, perHour: 1));

        var (asked, last, never) = await test.Database.ReadAsync(async db => (
            await new WhoQuestionStore(db).NewestAsync(Some.Address, 10, Stop),
            await new WhoQuestionStore(db).LastOfAsync(Actor.Tool("desk"), Stop),
            await new WhoQuestionStore(db).LastOfAsync(Actor.Tool("nobody"), Stop)), Stop);
        Assert.Equal(question, Assert.Single(asked) with { Id = 0 });
        Assert.Equal((Some.Time, null), (last, never));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task By_a_clock_that_is_years_ahead_nothing_is_forgotten_until_it_has_stood_a_week(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await SaveAsync(test.Database, Session("lately", Some.Time - Duration.FromDays(1)));
        Assert.Equal(0, await WorkAsync(test.Database, Some.Clock()));

        // The machine starts in 2040, and the program with it; a restart makes it no truer.
        var wrong = new FakeClock(Instant.FromUtc(2040, 1, 1, 0, 0));
        Assert.Equal(0, await WorkAsync(test.Database, wrong));
        for (var hours = 0; hours < 160; hours += 20)
        {
            Assert.Equal(0, await WorkAsync(test.OpenAnother(), wrong));
            wrong.AdvanceHours(20);
        }

        // Set right, all is as before; and what is old by then goes.
        Assert.Equal(0, await WorkAsync(test.Database, new FakeClock(Some.Time + Duration.FromHours(3))));
        Assert.Equal(["lately"], await SessionsAsync(test.Database));

        // It was right after all: the machine had been away. After a week by it, it is believed.
        wrong = new FakeClock(Instant.FromUtc(2040, 1, 1, 0, 0));
        for (var hours = 0; hours < 7 * 24; hours += 12)
        {
            Assert.Equal(0, await WorkAsync(test.Database, wrong));
            wrong.AdvanceHours(12);
        }

        Assert.Equal(1, await WorkAsync(test.Database, wrong));
    }

    private static Task<int> WorkAsync(Database database) => WorkAsync(database, Some.Clock());

    private static Task<int> WorkAsync(Database database, FakeClock clock) => new WhoRetentionClerk(database, Kept, new ClockWatch(database, NullLogger<ClockWatch>.Instance), clock).WorkAsync(Stop);

    private static Task SaveAsync(Database database, params AddressSession[] sessions) =>
        database.WriteAsync(db => new SessionStore(db).SaveAsync(sessions, Stop), Stop);

    private static Task<IReadOnlyList<string>> SessionsAsync(Database database) =>
        database.ReadAsync(db => db.QueryAsync<string>("SELECT session FROM address_session ORDER BY session", null, Stop), Stop);

    private static Task<bool> AskAsync(Database database, Instant at, string tool) => TryAddAsync(database, Question(at, tool), null);

    private static Task<bool> TryAddAsync(Database database, WhoQuestionRow question, long? perHour) =>
        database.WriteAsync(db => new WhoQuestionStore(db).TryAddAsync(question, perHour, Stop), Stop);

    private static WhoQuestionRow Question(Instant at, string tool) => new()
    {
        AskedAt = at,
        AskedBy = Actor.Tool(tool),
        Address = Some.Address,
        FromAt = at,
        ToAt = at,
        Verdict = "none",
        Disclosed = "",
    };

    private static AddressSession Session(string id, Instant? endedAt) => new()
    {
        Source = SessionSource.Radius,
        Nas = "nas",
        Session = id,
        Prefix = Prefix.Single(Some.Address),
        StartedAt = Edge - Duration.FromDays(400),
        SeenAt = endedAt ?? Some.Time,
        EndedAt = endedAt,
        End = endedAt is null ? null : SessionEnd.Stopped,
        RecordedAt = Edge - Duration.FromDays(400),
        EndRecordedAt = endedAt,
    };
}
