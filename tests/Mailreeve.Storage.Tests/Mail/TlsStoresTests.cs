using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Storage.Tests.Mail;

public class TlsStoresTests
{
    private static readonly TlsResultRow Counted = new()
    {
        Day = "2026-03-02",
        Domain = "customer.example",
        PolicyType = TlsPolicyType.NoPolicyFound,
        Policy = "",
        Hosts = "",
        Finding = "starttls-not-supported",
        Host = "mx.customer.example",
        Address = "192.0.2.1",
        Source = "",
        Sessions = 3,
        DueAt = Some.Time,
    };

    private static readonly StoredStsPolicy Policy = new()
    {
        Domain = "customer.example",
        PolicyId = "1",
        Mode = StsMode.Enforce,
        MaxAge = 86_400,
        Hosts = "mx.customer.example\n*.backup.example",
        FetchedAt = Some.Time,
        ExpiresAt = Some.Time + Duration.FromDays(1),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_is_counted_twice_is_added_and_goes_with_its_report(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new TlsResultStore(db).AddAsync([Counted, Counted with { Finding = "", Host = "", Address = "" }], Stop), Stop);
        await test.Database.WriteAsync(db => new TlsResultStore(db).AddAsync([Counted with { Sessions = 4 }], Stop), Stop);

        var rows = await test.Database.ReadAsync(db => new TlsResultStore(db).OfAsync("2026-03-02", "customer.example", Stop), Stop);
        Assert.Equal([("", 3L), ("starttls-not-supported", 7L)], rows.Select(r => (r.Finding, r.Sessions)));

        await test.Database.WriteAsync(db => new TlsResultStore(db).PostponeAsync("2026-03-02", "customer.example", Some.Time + Duration.FromHours(1), Stop), Stop);
        Assert.Empty(await test.Database.ReadAsync(db => new TlsResultStore(db).DueAsync(Some.Time, 10, Stop), Stop));
        var due = Assert.Single(await test.Database.ReadAsync(db => new TlsResultStore(db).DueAsync(Some.Time + Duration.FromHours(1), 10, Stop), Stop));
        Assert.Equal(("2026-03-02", "customer.example", 1L), (due.Day, due.Domain, due.Attempts));

        Assert.Equal(2, await test.Database.WriteAsync(db => new TlsResultStore(db).RemoveAsync("2026-03-02", "customer.example", Stop), Stop));
        Assert.Equal(0, await test.Database.WriteAsync(db => new TlsResultStore(db).RemoveAsync("2026-03-02", "customer.example", Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_policy_takes_the_place_of_the_one_before_and_goes_when_its_time_is_over(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new StsPolicyStore(db).PutAsync(Policy, Stop), Stop);
        await test.Database.WriteAsync(db => new StsPolicyStore(db).PutAsync(Policy with { PolicyId = "2", Mode = StsMode.Testing }, Stop), Stop);

        Assert.Equal(Policy with { PolicyId = "2", Mode = StsMode.Testing }, await FindAsync(Some.Time));
        Assert.Null(await FindAsync(Policy.ExpiresAt));

        Task<StoredStsPolicy?> FindAsync(Instant now) => test.Database.ReadAsync(db => new StsPolicyStore(db).FindAsync("customer.example", now, Stop), Stop);
    }
}
