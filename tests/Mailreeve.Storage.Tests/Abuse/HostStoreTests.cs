using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class HostStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Hosts_are_found_by_the_addresses_where_they_are_now_and_not_where_they_were(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await AnswerAsync(test, "moved.example", Some.Time, "192.0.2.7", "2001:db8::7");
        await AnswerAsync(test, "moved.example", Some.Time + Duration.FromDays(1), "192.0.2.8", "2001:db8::7");
        await AnswerAsync(test, "shop.example", Some.Time, "192.0.2.7", "203.0.113.25");

        Assert.Equal(["shop.example"], await AtAsync(test, "192.0.2.7"));
        Assert.Equal(["moved.example"], await AtAsync(test, "192.0.2.8"));
        Assert.Equal(["moved.example", "shop.example"], await AtAsync(test, "2001:db8::7", "203.0.113.25", "192.0.2.99"));
        Assert.Empty(await AtAsync(test));
        // One prefix lies in another, and each host is there once for each address.
        Assert.Equal(["moved.example", "moved.example", "shop.example"], await AtAsync(test, "192.0.2.0/24", "192.0.2.0/28", "2001:db8::/32"));
    }

    private static async Task<IEnumerable<string>> AtAsync(TestDatabase test, params string[] addresses) =>
        (await test.Database.ReadAsync(db => new HostStore(db).AtAsync([.. addresses.Select(Prefix.Parse)], 100, Stop), Stop)).Select(r => r.Host);

    private static Task AnswerAsync(TestDatabase test, string host, Instant at, params string[] addresses) => test.Database.WriteAsync(async db =>
    {
        var store = new HostStore(db);
        await store.WantAsync([host], [], at, at, Stop);
        await store.AnsweredAsync((await store.FindAsync([host], Stop))[0], [.. addresses.Select(Address.Parse)], at, Stop);
    }, Stop);
}
