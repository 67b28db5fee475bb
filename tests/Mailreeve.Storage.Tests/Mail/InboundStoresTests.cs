using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Storage.Tests.Mail;

public class InboundStoresTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Who_was_put_off_is_remembered_from_the_first_time_until_forgotten(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var key = new byte[] { 1, 2, 3 };
        var later = Some.Time + Duration.FromMinutes(5);

        var (first, again, anew) = await test.Database.WriteAsync(async db =>
        {
            var store = new GreylistStore(db);
            return (
                await store.SeenAsync(key, Some.Time, Some.Time - Duration.FromDays(2), Stop),
                await store.SeenAsync(key, later, later - Duration.FromDays(2), Stop),
                await store.SeenAsync(key, later + Duration.FromDays(3), later + Duration.FromDays(1), Stop));
        }, Stop);
        await test.Database.WriteAsync(async db =>
        {
            await new GreylistStore(db).KnowAsync(key, Some.Time, Stop);
            await new GreylistStore(db).KnowAsync(key, later, Stop);
            return true;
        }, Stop);

        Assert.Equal((Some.Time, Some.Time, later + Duration.FromDays(3)), (first, again, anew));
        Assert.True(await test.Database.ReadAsync(db => new GreylistStore(db).IsKnownAsync(key, later, Stop), Stop));
        Assert.Equal(2, await test.Database.WriteAsync(db => new GreylistStore(db).ForgetAsync(later + Duration.FromDays(4), later + Duration.FromDays(1), Stop), Stop));
        Assert.False(await test.Database.ReadAsync(db => new GreylistStore(db).IsKnownAsync(key, Some.Time, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_journal_of_checks_says_what_was_found_until_it_is_old(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var entry = new InboundCheckEntry
        {
            At = Some.Time,
            Reference = "c1-1",
            ClientAddress = Address.Parse("192.0.2.7"),
            Helo = "client.example",
            EnvelopeFrom = "",
            Recipients = 2,
            Outcome = InboundOutcome.TakenAsSpam,
            Reason = InboundReason.ManySigns,
            Clause = new ClauseId("C8"),
            Points = 7,
            Results = "spf=fail",
        };
        var plain = entry with { ClientAddress = Address.Parse("2001:db8::1"), Outcome = InboundOutcome.Accepted, Reason = null, Clause = null };

        await test.Database.WriteAsync(async db =>
        {
            await new InboundCheckStore(db).AddAsync([entry, plain], Stop);
            return true;
        }, Stop);

        Assert.Equal([plain, entry], await test.Database.ReadAsync(db => new InboundCheckStore(db).LatestAsync(null, 10, Stop), Stop));
        Assert.Equal([entry], await test.Database.ReadAsync(db => new InboundCheckStore(db).LatestAsync(entry.ClientAddress, 10, Stop), Stop));
        Assert.Equal(2, await test.Database.WriteAsync(db => new InboundCheckStore(db).ForgetAsync(Some.Time + Duration.FromSeconds(1), Stop), Stop));
    }
}
