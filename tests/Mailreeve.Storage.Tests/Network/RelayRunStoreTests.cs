using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class RelayRunStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly NewRelayRun Asked = new(Some.Customer.Id, Some.Address, RelayOccasion.Operator, Actor.Operator("ada"), Some.Time);

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_host_has_one_run_under_way_and_a_run_has_one_taker(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var lease = Some.Time + Duration.FromMinutes(20);

        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => test.Database.WriteAsync(db => new RelayRunStore(db).AskAsync(Asked, Stop), Stop)));
        Assert.Single(asked, a => a is not null);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TakeAsync(Some.Time, lease)));

        var run = Assert.Single(taken, t => t is not null)!;
        Assert.Equal((Some.Address, RelayRunState.Running, RelayRunVerdict.Waiting, Some.Time), (run.Address, run.State, run.Verdict, run.StartedAt));
        Assert.Null(await TakeAsync(lease - Duration.FromMilliseconds(1), lease));
        // Its taker has died.
        Assert.Equal(run.Id, (await TakeAsync(lease, lease + Duration.FromMinutes(20)))!.Id);

        await test.Database.WriteAsync(db => new RelayRunStore(db).RecordAsync(
            run with { State = RelayRunState.Pending, Verdict = RelayRunVerdict.Pending, Dialogue = RelayDialogue.Complete, Host = "mx.alder.example", Blocked = 1 }, Stop), Stop);
        Assert.NotNull(await test.Database.WriteAsync(db => new RelayRunStore(db).AskAsync(Asked, Stop), Stop));
        var stored = (await test.Database.ReadAsync(db => new RelayRunStore(db).FindAsync(run.Id, Stop), Stop))!;
        Assert.Equal(("mx.alder.example", true, RelayDialogue.Complete), (stored.Host, stored.WasBlocked, stored.Dialogue));

        Task<RelayRunRow?> TakeAsync(Instant now, Instant until) => test.Database.WriteAsync(db => new RelayRunStore(db).TakeAsync(now, until, Stop), Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_has_arrived_is_not_written_over(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var id = (await test.Database.WriteAsync(db => new RelayRunStore(db).AskAsync(Asked, Stop), Stop))!.Value;
        var attempt = new RelayAttemptRow { RunId = id, Number = 1, Port = 25, Test = "null-sender", Verdict = RelayVerdict.Waiting, Transcript = "" };

        await test.Database.WriteAsync(async db =>
        {
            var runs = new RelayRunStore(db);
            await runs.AddAsync([attempt, attempt with { Number = 2 }], Stop);
            await runs.ArrivedAsync(id, 1, RelayVerdict.CameElsewhere, Some.OtherAddress, Some.Time, Stop);
            await runs.ArrivedAsync(id, 1, RelayVerdict.Proven, Some.Address, Some.Time, Stop);
            await runs.ArrivedAsync(id, 1, RelayVerdict.CameElsewhere, Some.OtherAddress, Some.Time, Stop);
            await runs.RecordAsync(attempt with { Verdict = RelayVerdict.TookMessage, Transcript = "> MAIL", MadeAt = Some.Time }, Stop);
            await runs.BouncedAsync(id, 2, Some.Time, Stop);
        }, Stop);

        var attempts = await test.Database.ReadAsync(db => new RelayRunStore(db).AttemptsAsync(id, Stop), Stop);
        Assert.Equal([(RelayVerdict.Proven, "> MAIL", Some.Address), (RelayVerdict.Waiting, "", null)], attempts.Select(a => (a.Verdict, a.Transcript, a.ExitAddress)));
        Assert.Equal([null, Some.Time], attempts.Select(a => a.BouncedAt));
        Assert.True(await test.Database.ReadAsync(db => new RelayRunStore(db).IsProvenAsync(id, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Runs_of_a_host_are_those_of_the_customer_who_had_it_and_a_later_opposite_overtakes_one(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var other = Some.Customer with { Id = new CustomerId(Some.Customer.Id.Value + 1), RegNumber = $"{RegNumber.From(2)}" };
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([other], Some.Time, Stop);
            var runs = new RelayRunStore(db);
            var first = await EndAsync(runs, Asked, RelayRunVerdict.Open);
            Assert.False(await runs.IsOvertakenAsync(first, Stop));
            await EndAsync(runs, Asked, RelayRunVerdict.Unclear);
            await EndAsync(runs, Asked, RelayRunVerdict.Open);
            Assert.False(await runs.IsOvertakenAsync(first, Stop));
            var closed = await EndAsync(runs, Asked with { Customer = other.Id }, RelayRunVerdict.Closed);
            Assert.True(await runs.IsOvertakenAsync(first, Stop));
            Assert.False(await runs.IsOvertakenAsync(closed, Stop));
            await EndAsync(runs, Asked with { Customer = other.Id }, RelayRunVerdict.Open);
            Assert.True(await runs.IsOvertakenAsync(closed, Stop));

            Assert.Equal([3, 2, 1], (await runs.OfAsync(Some.Address, Some.Customer.Id, 10, Stop)).Select(r => r.Id));
            Assert.Equal([5], (await runs.OfAsync(Some.Address, other.Id, 1, Stop)).Select(r => r.Id));
        }, Stop);

        static async Task<RelayRunRow> EndAsync(RelayRunStore runs, NewRelayRun asked, RelayRunVerdict verdict)
        {
            var run = (await runs.FindAsync((await runs.AskAsync(asked, Stop))!.Value, Stop))! with { State = RelayRunState.Done, Verdict = verdict };
            await runs.RecordAsync(run, Stop);
            return run;
        }
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_collected_is_concluded_once_and_forgotten(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var mail = new NewCollectedMail(Some.Time, "r1-1-aa", Some.Address, [1, 2, 3]);

        await test.Database.WriteAsync(async db =>
        {
            var collected = new CollectedMailStore(db);
            var id = (await collected.AddAsync(mail, Stop))!.Value;
            var row = Assert.Single(await collected.WaitingAsync(10, Stop));
            Assert.Equal((id, Some.Time, "r1-1-aa", Some.Address), (row.Id, row.ReceivedAt, row.LocalPart, row.ClientAddress));
            Assert.Equal(mail.Header, row.Header);
            Assert.Equal(0, await collected.ForgetAsync(Some.Time + Duration.FromDays(1), 10, Stop));
            Assert.True(await collected.ConcludeAsync(id, "proof", Stop));
            Assert.False(await collected.ConcludeAsync(id, "proof", Stop));
            Assert.Equal(1, await collected.ForgetAsync(Some.Time + Duration.FromDays(1), 10, Stop));
        }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Only_so_much_is_collected_for_one_test(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var mail = new NewCollectedMail(Some.Time, "r1-1-aa", Some.Address, [1, 2, 3]);

        await test.Database.WriteAsync(async db =>
        {
            var collected = new CollectedMailStore(db);
            for (var i = 0; i < CollectedMailStore.PerLocalPartMax; i++)
                Assert.NotNull(await collected.AddAsync(mail, Stop));

            Assert.Null(await collected.AddAsync(mail, Stop));
            Assert.NotNull(await collected.AddAsync(mail with { LocalPart = "r1-2-aa" }, Stop));
        }, Stop);
    }

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        return test;
    }
}
