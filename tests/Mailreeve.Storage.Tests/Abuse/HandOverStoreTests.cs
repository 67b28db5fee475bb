using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class HandOverStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_notice_is_handed_over_once(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new NoticeStore(db).AddAsync([Some.Notice], Stop), Stop);
        var contact = (await test.Database.ReadAsync(db => new CustomerStore(db).AllContactsAsync(Stop), Stop))[0].Id;

        var handed = await Task.WhenAll(Enumerable.Range(1, 6).Select(
            i => test.Database.WriteAsync(db => new NoticeStore(db).HandedOverAsync(Some.Notice.Id, contact, i, Stop), Stop)));

        Assert.Single(handed, h => h);
        Assert.Empty(await test.Database.ReadAsync(db => new NoticeStore(db).WaitingAsync(10, Stop), Stop));
        var row = await test.Database.ReadAsync(db => new NoticeStore(db).FindAsync(Some.Notice.Id, Stop), Stop);
        Assert.Equal((NoticeState.HandedOver, contact, Array.IndexOf(handed, true) + 1L), (row!.State, row.ContactId, row.OutboundId));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task There_is_one_notice_for_a_case_step_and_attempt_for_ever(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new NoticeStore(db).AddAsync([Some.Notice], Stop), Stop);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => test.Database.WriteAsync(
            db => new NoticeStore(db).AddAsync([Some.Notice with { Id = new NoticeId(2) }], Stop), Stop));
        await test.Database.WriteAsync(
            db => new NoticeStore(db).AddAsync([Some.Notice with { Id = new NoticeId(3), Attempt = 2 }], Stop), Stop);

        Assert.Equal(2, (await test.Database.ReadAsync(db => new NoticeStore(db).OfCaseAsync(Some.Case.Id, Stop), Stop)).Count);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_question_is_decided_once(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new DecisionStore(db).AskAsync([Some.Decision], Stop), Stop);
        Assert.Equal([Some.Decision.Id], (await test.Database.ReadAsync(db => new DecisionStore(db).AskedAsync(10, Stop), Stop)).Select(d => d.Id));

        var first = await DecideAsync(test, DecisionState.Refused);
        var second = await DecideAsync(test, DecisionState.Accepted);

        Assert.Equal((true, false), (first, second));
        var row = await test.Database.ReadAsync(db => new DecisionStore(db).FindAsync(Some.Decision.Id, Stop), Stop);
        Assert.Equal((DecisionState.Refused, Actor.Operator("kim"), Some.Time), (row!.State, row.DecidedBy, row.DecidedAt));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Open_questions_of_a_closed_case_are_withdrawn_and_decided_ones_stay(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var decided = Some.Decision with { Id = new DecisionId(2), Step = "other" };
        await test.Database.WriteAsync(db => new DecisionStore(db).AskAsync([Some.Decision, decided], Stop), Stop);
        await test.Database.WriteAsync(
            db => new DecisionStore(db).DecideAsync(decided.Id, DecisionState.Accepted, Actor.Operator("kim"), "yes", Some.Time, Stop), Stop);

        await test.Database.WriteAsync(db => new DecisionStore(db).WithdrawAsync(Some.Case.Id, Some.Time, Stop), Stop);

        var rows = await test.Database.ReadAsync(db => new DecisionStore(db).OfCaseAsync(Some.Case.Id, Stop), Stop);
        Assert.Equal([DecisionState.Withdrawn, DecisionState.Accepted], rows.Select(r => r.State));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_answer_waits_for_review_until_it_is_decided(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var id = new ResponseId(1);
        await test.Database.WriteAsync(
            db => new ResponseStore(db).AddAsync(id, Some.Case.Id, Actor.Customer("1"), "Closed the form.", "Rate limits.", Some.Time, Stop), Stop);
        Assert.Single(await test.Database.ReadAsync(db => new ResponseStore(db).InReviewAsync(10, Stop), Stop));

        foreach (var state in new[] { ResponseState.Accepted, ResponseState.Refused })
        {
            await test.Database.WriteAsync(
                db => new ResponseStore(db).DecideAsync(id, state, Actor.Operator("kim"), "well", Some.Time, Stop), Stop);
        }

        var row = Assert.Single(await test.Database.ReadAsync(db => new ResponseStore(db).OfCaseAsync(Some.Case.Id, Stop), Stop));
        Assert.Equal((ResponseState.Accepted, "Closed the form.", "Rate limits."), (row.State, row.Resolution, row.Prevention));
        Assert.Empty(await test.Database.ReadAsync(db => new ResponseStore(db).InReviewAsync(10, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Reporters_are_counted_together_from_two_nodes_and_keep_their_ids(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();
        Dictionary<string, long> sent = new() { ["b@reporter.example"] = 1, ["a@reporter.example"] = 2 };

        var counted = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            i => (i % 2 == 0 ? test.Database : other).WriteAsync(db => new ReporterStore(db).CountAsync(sent, Some.Time, Stop), Stop)));

        Assert.All(counted, c => Assert.Equal(counted[0].OrderBy(p => p.Key), c.OrderBy(p => p.Key)));
        var reports = await test.Database.ReadAsync(
            db => db.QueryAsync<long>("SELECT reports FROM reporter ORDER BY mailbox", null, Stop), Stop);
        Assert.Equal([20, 10], reports);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Observations_come_back_as_they_were_and_say_who_has_seen_what(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var report = await test.Database.WriteAsync(db => new ReportStore(db).AddAsync(Some.Report, Stop), Stop);
        var reporter = (await test.Database.WriteAsync(
            db => new ReporterStore(db).CountAsync(new Dictionary<string, long> { ["a@reporter.example"] = 1 }, Some.Time, Stop), Stop)).Values.Single();
        var full = new EventRow
        {
            Id = new EventId(1),
            ReportId = report,
            CaseId = Some.Case.Id,
            Type = "messaging/spam",
            Role = "source",
            Address = Address.Parse("2001:db8::7"),
            Port = 25,
            Url = "http://shop.example/?a=1",
            Domain = "shop.example",
            Mailbox = "someone@shop.example",
            OccurredRaw = "Mon, 2 Mar 2026 10:15:30 +0000",
            OccurredAt = Some.Time,
            TimeConfidence = "exact",
            Verdict = "certain",
            VerdictDetail = "Assigned.",
            CustomerId = Some.Customer.Id,
            ReporterId = reporter,
            Fingerprint = [1, 2, 3],
        };
        var bare = new EventRow
        {
            Id = new EventId(2),
            ReportId = report,
            Type = "messaging/spam",
            Role = "source",
            TimeConfidence = "none",
            Verdict = "not-ours",
            VerdictDetail = "",
            Fingerprint = [],
        };

        await test.Database.WriteAsync(db => new EventStore(db).AddAsync([full, bare], Stop), Stop);

        var ofReport = await test.Database.ReadAsync(db => new EventStore(db).OfReportAsync(report, default, 2_000, Stop), Stop);
        Assert.Equivalent(new[] { full, bare }, ofReport, strict: true);
        Assert.Single(await test.Database.ReadAsync(db => new EventStore(db).OfCaseAsync(Some.Case.Id, 10, Stop), Stop));
        var seen = Assert.Single(await test.Database.ReadAsync(db => new EventStore(db).SeenAsync([Some.Case.Id], [full.Fingerprint, [9]], Stop), Stop));
        Assert.Equal((Some.Case.Id, reporter), (seen.CaseId, seen.ReporterId));
        Assert.Equal([1, 2, 3], seen.Fingerprint);
        Assert.Empty(await test.Database.ReadAsync(db => new EventStore(db).SeenAsync([Some.Case.Id], [[9]], Stop), Stop));
        var pair = Assert.Single(
            await test.Database.ReadAsync(db => new EventStore(db).ReportersSeenAsync([Some.Case.Id], [reporter, reporter + 1], Stop), Stop));
        Assert.Equal((Some.Case.Id, reporter), (pair.CaseId, pair.ReporterId));
        Assert.Empty(await test.Database.ReadAsync(db => new EventStore(db).ReportersSeenAsync([Some.Case.Id], [reporter + 1], Stop), Stop));
    }

    private static Task<bool> DecideAsync(TestDatabase test, DecisionState state) => test.Database.WriteAsync(
        db => new DecisionStore(db).DecideAsync(Some.Decision.Id, state, Actor.Operator("kim"), "because", Some.Time, Stop), Stop);

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            await new CustomerStore(db).PutContactsAsync([Some.Contact], Stop);
            await new CaseStore(db).AddAsync([Some.Case], Some.Revision, Stop);
        }, Stop);
        return test;
    }
}
