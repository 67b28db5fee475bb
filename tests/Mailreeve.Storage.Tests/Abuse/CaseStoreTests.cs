using System.Collections.Immutable;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class CaseStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_case_comes_back_as_it_was(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var full = Some.Case with
        {
            Downstream = Some.Customer.Id,
            Phase = CasePhase.AwaitingAnswer,
            Due = Some.Time + Duration.FromHours(24),
            ComplaintsSinceAnswer = 3,
            Answers = 2,
            Round = 4,
            OverdueHandledRound = 3,
            Response = new ResponseId(9),
            UndeliverableStep = "complaint",
            Blocks = [7, 12],
            StepsTaken = ImmutableSortedSet.Create(StringComparer.Ordinal, "complaint", "block/1"),
            OpenDecisions = [5],
        };

        await AddAsync(test.Database, full);

        Assert.Equivalent(full, await FindAsync(test.Database, full.Id), strict: true);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_second_open_case_for_the_same_customer_resource_and_type_is_refused(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await AddAsync(test.Database, Some.Case);

        await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(test.Database, Some.Case with { Id = new CaseId(2) }));

        Assert.Null(await FindAsync(test.Database, new CaseId(2)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Of_two_nodes_that_open_the_same_case_at_once_one_succeeds(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var other = test.OpenAnother();

        var opened = await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
        {
            try
            {
                await AddAsync(i % 2 == 0 ? test.Database : other, Some.Case with { Id = new CaseId(i) });
                return true;
            }
            catch (System.Data.Common.DbException)
            {
                return false;
            }
        }));

        Assert.Single(opened, o => o);
        var open = await test.Database.ReadAsync(
            db => new CaseStore(db).OpenAsync([Some.Customer.Id], [Some.Case.Resource.Name], Stop), Stop);
        Assert.Single(open);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_new_case_may_be_opened_when_the_old_one_is_closed(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await AddAsync(test.Database, Some.Case);
        var closed = Some.Case with { Version = 3, Phase = CasePhase.Closed, Disposition = CaseDisposition.Resolved };
        Assert.True(await test.Database.WriteAsync(db => new CaseStore(db).TryAdvanceAsync(closed, 2, Some.Revision, Stop), Stop));

        await AddAsync(test.Database, Some.Case with { Id = new CaseId(2) });

        var open = await test.Database.ReadAsync(
            db => new CaseStore(db).OpenAsync([Some.Customer.Id], [Some.Case.Resource.Name], Stop), Stop);
        Assert.Equal([new CaseId(2)], open.Select(c => c.Id));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Of_those_who_read_the_same_version_one_moves_the_case_on(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var other = test.OpenAnother();
        await AddAsync(test.Database, Some.Case);

        var moved = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(
            db => new CaseStore(db).TryAdvanceAsync(Some.Case with { Version = 3, Complaints = 10 + i }, 2, Some.Revision, Stop), Stop)));

        Assert.Single(moved, m => m);
        Assert.Equal(10 + Array.IndexOf(moved, true), (await FindAsync(test.Database, Some.Case.Id))!.Complaints);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_case_is_due_once_in_each_round_and_the_most_overdue_comes_first(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        AbuseCase Waiting(long id, int hours) => Some.Case with
        {
            Id = new CaseId(id),
            Resource = new Resource(ResourceKind.Address, $"192.0.2.{id}"),
            Phase = CasePhase.AwaitingAnswer,
            Due = Some.Time + Duration.FromHours(hours),
            Round = 1,
        };
        await test.Database.WriteAsync(
            db => new CaseStore(db).AddAsync(
                [Waiting(1, 3), Waiting(2, 1), Waiting(3, 9), Waiting(4, 2) with { OverdueHandledRound = 1 }, Waiting(5, 1) with { Phase = CasePhase.InReview }],
                Some.Revision,
                Stop),
            Stop);

        var due = await test.Database.ReadAsync(db => new CaseStore(db).DueAsync(Some.Time + Duration.FromHours(3), 10, Stop), Stop);

        Assert.Equal([new CaseId(2), new CaseId(1)], due);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Events_come_back_in_order_and_as_they_were(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await AddAsync(test.Database, Some.Case);
        CaseEvent[] happened =
        [
            new CaseEvent.Opened(Some.Customer.Id, null, CaseKind.Spam, Some.Case.Resource, "messaging/spam"),
            new CaseEvent.ChargeProposed(new ChargeId(3), new ReportId(4), new Money(50000, "USD")),
            new CaseEvent.DeadlineExtended(Some.Time, "asked by telephone"),
        ];
        var rows = happened.Select((e, i) => new CaseEventRow
        {
            CaseId = Some.Case.Id,
            Seq = i + 1,
            At = Some.Time,
            Actor = Actor.Policy,
            Clause = i == 1 ? new ClauseId("C3") : null,
            PolicyRevision = Some.Revision,
            Body = Json.Write(e),
        }).ToList();

        await test.Database.WriteAsync(db => new CaseStore(db).AppendAsync([rows[2], rows[0], rows[1]], Stop), Stop);

        var read = await test.Database.ReadAsync(db => new CaseStore(db).EventsAsync(Some.Case.Id, Stop), Stop);
        Assert.Equal(rows, read);
        Assert.Equal(happened, read.Select(r => r.Happened));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task No_event_takes_the_place_of_another(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await AddAsync(test.Database, Some.Case);
        var row = new CaseEventRow
        {
            CaseId = Some.Case.Id,
            Seq = 1,
            At = Some.Time,
            Actor = Actor.Policy,
            PolicyRevision = Some.Revision,
            Body = Json.Write(new CaseEvent.DeadlinePassed()),
        };
        await test.Database.WriteAsync(db => new CaseStore(db).AppendAsync([row], Stop), Stop);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(
            () => test.Database.WriteAsync(db => new CaseStore(db).AppendAsync([row], Stop), Stop));
    }

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        return test;
    }

    private static Task AddAsync(Database database, AbuseCase added) =>
        database.WriteAsync(db => new CaseStore(db).AddAsync([added], Some.Revision, Stop), Stop);

    private static Task<AbuseCase?> FindAsync(Database database, CaseId id) =>
        database.ReadAsync(db => new CaseStore(db).FindAsync(id, Stop), Stop);
}
