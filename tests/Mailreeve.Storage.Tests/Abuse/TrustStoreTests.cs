using Mailreeve.Policy;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class TrustStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_organisation_counts_its_reports_and_keeps_what_operators_think_of_it(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var both = new Dictionary<string, long> { ["b.example"] = 2, ["a_c.example"] = 1 };

        var first = await test.Database.WriteAsync(db => new ReporterOrganisationStore(db).CountAsync(both, Some.Time, Stop), Stop);
        var again = await test.Database.WriteAsync(db => new ReporterOrganisationStore(db).CountAsync(both, Some.Time + Duration.FromDays(1), Stop), Stop);

        Assert.Equal((first["b.example"].Id, 4, Some.Time), (again["b.example"].Id, again["b.example"].Reports, again["b.example"].FirstSeenAt));
        Assert.Equal(ReporterStanding.Unknown, again["b.example"].Standing);
        Assert.True(await test.Database.WriteAsync(
            db => new ReporterOrganisationStore(db).SetStandingAsync(first["b.example"].Id, ReporterStanding.Ignored, Actor.Operator("olga"), "Forgeries.", Stop), Stop));
        var found = Assert.Single(await test.Database.ReadAsync(db => new ReporterOrganisationStore(db).ListAsync("B.ex", 10, Stop), Stop));
        Assert.Equal((ReporterStanding.Ignored, Actor.Operator("olga"), "Forgeries."), (found.Standing, found.StandingBy!.Value, found.StandingReason));
        Assert.Single(await test.Database.ReadAsync(db => new ReporterOrganisationStore(db).ListAsync("a_c", 10, Stop), Stop));
        Assert.Empty(await test.Database.ReadAsync(db => new ReporterOrganisationStore(db).ListAsync("b_example", 10, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_click_counts_once_and_no_spam_makes_up_for_clicks_of_the_same_loop_only(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var count = await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            var report = await new ReportStore(db).AddAsync(Some.Report, Stop);
            var loops = await new ReporterOrganisationStore(db).CountAsync(new Dictionary<string, long> { ["a.example"] = 1, ["b.example"] = 1 }, Some.Time, Stop);
            Feedback Click(string loop, byte message, bool isSpam, Duration ago = default) => new()
            {
                Customer = Some.Customer.Id,
                Resource = "kim@provider.example",
                Organisation = loops[loop].Id,
                Fingerprint = [message],
                IsSpam = isSpam,
                At = Some.Time - ago,
                Report = report,
            };
            await new FeedbackStore(db).AddAsync(
                [
                    Click("a.example", 1, true), Click("a.example", 1, true), Click("a.example", 2, true), Click("a.example", 1, false),
                    Click("b.example", 1, true), Click("b.example", 9, true, Duration.FromDays(8)),
                    .. Enumerable.Range(20, 5).Select(n => Click("b.example", (byte)n, false)),
                ],
                Stop);
            return await new FeedbackStore(db).CountAsync(Some.Customer.Id, "kim@provider.example", Some.Time - Duration.FromDays(7), Stop);
        }, Stop);

        Assert.Equal((3, 2, 0), (count.Clicks, count.NotSpam, count.Sent));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_key_is_found_by_its_digest_until_it_is_revoked(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new ReporterKeyStore(db).AddAsync([1, 2], "a.example", Actor.Operator("olga"), Some.Time, Stop), Stop);

        Assert.Equal("a.example", await test.Database.ReadAsync(db => new ReporterKeyStore(db).DomainOfAsync([1, 2], Stop), Stop));
        Assert.Null(await test.Database.ReadAsync(db => new ReporterKeyStore(db).DomainOfAsync([1, 3], Stop), Stop));
        var key = Assert.Single(await test.Database.ReadAsync(db => new ReporterKeyStore(db).ListAsync(10, Stop), Stop));
        Assert.True(await test.Database.WriteAsync(db => new ReporterKeyStore(db).RevokeAsync(key.Id, Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new ReporterKeyStore(db).RevokeAsync(key.Id, Some.Time, Stop), Stop));
        Assert.Null(await test.Database.ReadAsync(db => new ReporterKeyStore(db).DomainOfAsync([1, 2], Stop), Stop));
    }
}
