using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests.Who;

public sealed class SessionIntakeTests
{
    private static readonly Instant T = Some.Time;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_is_taken_in_is_found_by_address_port_and_time(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await TakeAsync(test, News(SightingKind.Start, 0), News(SightingKind.Start, 0, "v6", "2001:db8:7::/56"), News(SightingKind.Stop, 30));
        await TakeAsync(test, News(SightingKind.Start, 60, "b"));

        Assert.Equal("a", Assert.Single(await WithinAsync(test, "198.51.100.7", 10, 20)).Session);
        Assert.Empty(await WithinAsync(test, "198.51.100.7", 31, 59));
        Assert.Equal("b", Assert.Single(await WithinAsync(test, "198.51.100.7", 59, 61)).Session);
        Assert.Equal("v6", Assert.Single(await WithinAsync(test, "2001:db8:7:ff::1", 500, 501)).Session);
        Assert.Empty(await WithinAsync(test, "2001:db8:7:100::1", 500, 501));
        Assert.Empty(await WithinAsync(test, "198.51.100.8", 10, 20));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_row_comes_back_as_it_was_written_and_twice_is_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var block = News(SightingKind.Start, 0) with { Source = SessionSource.Nat, FirstPort = 1024, LastPort = 2047, Station = "100.64.0.9", ExpectedBy = At(90) };

        Assert.Equal(1, await TakeAsync(test, block));
        Assert.Equal(0, await TakeAsync(test, block));
        Assert.Equal(1, await TakeAsync(test, block with { Kind = SightingKind.Stop, At = At(30) }));
        Assert.Equal(0, await TakeAsync(test, block, block with { Kind = SightingKind.Stop, At = At(30) }));

        var row = Assert.Single(await WithinAsync(test, "198.51.100.7", 0, 0));
        Assert.Equal(
            (SessionSource.Nat, "nas", "a", "kim", "100.64.0.9", 1024L, 2047L, T, At(30), SessionEnd.Stopped),
            (row.Source, row.Nas, row.Session, row.Login, row.Station, row.FirstPort, row.LastPort, row.StartedAt, row.EndedAt!.Value, row.End!.Value));
        Assert.Equal((Now, Now), (row.RecordedAt, row.EndRecordedAt));
        Assert.Empty(await WithinAsync(test, "198.51.100.7", 0, 0, port: 2048));
        Assert.Single(await WithinAsync(test, "198.51.100.7", 0, 0, port: 2047));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_that_take_in_the_same_at_once_make_one_row(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        SessionNews[] news = [.. Enumerable.Range(0, 50).Select(i => News(SightingKind.Start, i, $"s{i}", $"2001:db8:{i + 1:x}::/48"))];

        await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(db => SessionIntake.TakeAsync(db, news, Now, Stop), Stop)));

        Assert.Equal(50, await test.Database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM address_session", null, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_server_that_begins_anew_ends_what_is_stored_of_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await TakeAsync(test, News(SightingKind.Start, 0), News(SightingKind.Start, 0, "b", "198.51.100.8") with { Nas = "other" });

        await TakeAsync(test, new SessionNews.Restart { Source = SessionSource.Radius, Nas = "nas", At = At(20) });

        Assert.Equal(SessionEnd.NasRestarted, Assert.Single(await WithinAsync(test, "198.51.100.7", 0, 1)).End);
        Assert.Null(Assert.Single(await WithinAsync(test, "198.51.100.8", 0, 1)).End);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_session_of_which_nothing_is_heard_in_time_is_ended_and_opened_again_when_something_is(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var clock = Some.Clock();
        var clerk = new LostSessionClerk(test.Database, clock);
        await TakeAsync(test, News(SightingKind.Start, 0) with { ExpectedBy = At(45) }, News(SightingKind.Start, 0, "silent", "198.51.100.8"));

        clock.Reset(At(45));
        Assert.Equal(0, await clerk.WorkAsync(Stop));
        clock.Reset(At(46));
        Assert.Equal(1, await clerk.WorkAsync(Stop));
        Assert.Equal(0, await clerk.WorkAsync(Stop));
        var lost = Assert.Single(await WithinAsync(test, "198.51.100.7", 0, 1));
        await TakeAsync(test, News(SightingKind.Alive, 60));

        Assert.Equal((SessionEnd.Lost, At(45), T), (lost.End, lost.EndedAt, lost.CertainUntil));
        Assert.Equal((null, At(60)), (Assert.Single(await WithinAsync(test, "198.51.100.7", 0, 1)).End, (await WithinAsync(test, "198.51.100.7", 0, 1))[0].SeenAt));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_operator_is_told_who_had_it_and_who_it_was_thought_to_be(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddCustomersAsync(test);
        var pool = Some.Assignment with { Customer = Some.Customer.Id, Prefix = Prefix.Parse("198.51.100.0/24"), ValidFrom = At(-1000) };
        await test.Database.WriteAsync(db => new CustomerStore(db).AssignAsync([pool], At(-900), Stop), Stop);
        await TakeAsync(test, News(SightingKind.Start, -60) with { Customer = Kim.Id });
        var question = WhoDesk.QuestionOf(Address.Parse("198.51.100.7"), null, T, Duration.FromMinutes(5), Now);

        var now = await AskAsync(test, question, null);
        var then = await AskAsync(test, question, At(-1));
        var earlier = await AskAsync(test, question, At(-950));
        await test.Database.WriteAsync(async db => await new CustomerStore(db).SupersedeAsync(await new CustomerStore(db).AllAssignmentsAsync(Stop), At(500), Stop), Stop);

        Assert.Equal(("Kim", "certain"), (now.Chain[0].Name, WhoRules.Word(now.Answer.Verdict)));
        Assert.Equal((Some.Customer.Name, "certain"), (then.Chain[0].Name, WhoRules.Word(then.Answer.Verdict)));
        Assert.Equal((0, "none"), (earlier.Chain.Count, WhoRules.Word(earlier.Answer.Verdict)));
        Assert.Equal(Some.Customer.Name, (await AskAsync(test, question, At(-1))).Chain[0].Name);
        Assert.Empty((await AskAsync(test, question with { Address = Address.Parse("198.51.100.9") }, null)).Chain);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Files_are_taken_in_and_may_be_read_again(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AddCustomersAsync(test);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var folder = RunFolder.NewFolder("leases");
        var kea = Path.Combine(folder, "kea.csv");
        await File.WriteAllTextAsync(kea, "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n100.64.0.9,02-00-5E-10-00-07,,3600,1772449200,1,0,0,,0\nnonsense\n", Stop);
        var nat = Path.Combine(folder, "nat.csv");
        await File.WriteAllTextAsync(nat, "outside,first-port,last-port,inside,from,to\n198.51.100.5,1024,2047,100.64.0.9,2026-03-02T10:10:00Z,2026-03-02T10:30:00Z\n198.51.100.5,2048,3071,100.64.0.10,2026-03-02T10:10:00Z,\n", Stop);
        var output = new StringWriter();
        var import = new SessionImport(test.Database, views.Directory, Us, new NodaTime.Testing.FakeClock(Now));

        Assert.Equal(1, await import.RunAsync(kea, SessionFile.Kea, "dhcp1", output, Stop));
        Assert.Equal(0, await new SessionImport(test.Database, views.Directory, Us, new NodaTime.Testing.FakeClock(Now)).RunAsync(nat, SessionFile.Nat, "cgn1", output, Stop));
        Assert.Equal(0, await new SessionImport(test.Database, views.Directory, Us, new NodaTime.Testing.FakeClock(Now)).RunAsync(nat, SessionFile.Nat, "cgn1", output, Stop));

        Assert.Contains("1 entries read, 1 rows made or changed.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("(3)", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 entries read, 0 rows made or changed.", output.ToString(), StringComparison.Ordinal);
        var shared = WhoDesk.QuestionOf(Address.Parse("198.51.100.5"), 1500, T, Duration.FromMinutes(1), Now);
        Assert.Equal(["Kim"], (await AskAsync(test, shared, null)).Chain.Select(c => c.Name));
        Assert.Equal("ambiguous", WhoRules.Word((await AskAsync(test, shared with { Port = null }, null)).Answer.Verdict));
        Assert.Empty((await AskAsync(test, shared with { Port = 2050 }, null)).Chain);
    }

    private static readonly CustomerFact Kim = Some.Customer with { Id = new CustomerId(2), RegNumber = RegNumber.From(2).ToString(), Name = "Kim" };

    private static readonly Provider Us = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("198.51.100.0/24")],
        NeverBlock = [],
    };

    private static readonly Instant Now = T + Duration.FromMinutes(1000);

    private static Task AddCustomersAsync(TestDatabase test) => test.Database.WriteAsync(
        async db =>
        {
            var store = new CustomerStore(db);
            await store.AddAsync([Some.Customer, Kim], T, Stop);
            await store.PutServicesAsync(
                [new Service { Id = 0, Customer = Kim.Id, Kind = ServiceKind.NetAccess, Name = "line", State = ServiceState.Active, Login = "02:00:5e:10:00:07" }], Stop);
        }, Stop);

    private static Task<WhoFinding> AskAsync(TestDatabase test, WhoQuestion question, Instant? knownAt) =>
        test.Database.ReadAsync(db => WhoDesk.AskAsync(db, Us, question, knownAt, Stop), Stop);

    private static Instant At(int minutes) => T + Duration.FromMinutes(minutes);

    private static Task<int> TakeAsync(TestDatabase test, params SessionNews[] news) =>
        test.Database.WriteAsync(db => SessionIntake.TakeAsync(db, news, Now, Stop), Stop);

    private static Task<IReadOnlyList<AddressSession>> WithinAsync(TestDatabase test, string address, int from, int to, int? port = null) =>
        test.Database.ReadAsync(
            db => new SessionStore(db).WithinAsync([new WhoQuestion(Address.Parse(address), port, new Interval(At(from), At(to)))], null, Stop), Stop);

    private static SessionNews.Sighting News(SightingKind kind, int minutes, string id = "a", string prefix = "198.51.100.7") => new()
    {
        Source = SessionSource.Radius,
        Nas = "nas",
        Session = id,
        Kind = kind,
        At = At(minutes),
        StartedAt = kind == SightingKind.Start ? At(minutes) : null,
        Login = "kim",
        Prefixes = [Prefix.Parse(prefix)],
    };
}
