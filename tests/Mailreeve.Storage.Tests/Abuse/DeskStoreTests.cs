using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Abuse;

public sealed class DeskStoreTests
{
    private static readonly CustomerFact Downstream = Some.Customer with
    {
        Id = new CustomerId(2),
        RegNumber = RegNumber.From(2).ToString(),
        Name = "Birch_Shop",
        Upstream = Some.Customer.Id,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_file_of_a_case_has_all_that_belongs_to_it(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new NoticeStore(db).AddAsync([Some.Notice], Stop);
            await new DecisionStore(db).AskAsync([Some.Decision], Stop);
            await new ChargeStore(db).ProposeAsync([Some.Charge], Stop);
            await new BlockStore(db).PlaceAsync([Some.Block with { Case = Some.Case.Id }], Stop);
        }, Stop);

        var file = await test.Database.ReadAsync(db => new DeskStore(db).FileAsync(Some.Case.Id, Stop), Stop);

        Assert.NotNull(file);
        Assert.Equal(Some.Case.Id, file.Case.Id);
        Assert.Equal((1, 1, 1, 1, 0), (file.Notices.Count, file.Decisions.Count, file.Charges.Count, file.Blocks.Count, file.Responses.Count));
        Assert.Null(await test.Database.ReadAsync(db => new DeskStore(db).FileAsync(new CaseId(99), Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_waits_for_a_person_is_on_the_agenda_with_its_cases(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        Assert.Equal(0, (await test.Database.ReadAsync(db => new DeskStore(db).AgendaAsync(10, Stop), Stop)).Count);
        await test.Database.WriteAsync(async db =>
        {
            await new DecisionStore(db).AskAsync([Some.Decision], Stop);
            await new ChargeStore(db).ProposeAsync([Some.Charge with { Case = new CaseId(2) }], Stop);
        }, Stop);

        var agenda = await test.Database.ReadAsync(db => new DeskStore(db).AgendaAsync(10, Stop), Stop);

        Assert.Equal(2, agenda.Count);
        Assert.Equal([1L, 2L], agenda.Cases.Keys.Select(c => c.Value).Order());
        Assert.Equal(Some.Customer.Name, agenda.Cases[Some.Case.Id].CustomerName);
    }

    [Theory]
    [InlineData(Dialect.Sqlite, "", "3 2 1")]
    [InlineData(Dialect.PostgreSql, "", "3 2 1")]
    [InlineData(Dialect.Sqlite, "192.0.2.8", "2")]
    [InlineData(Dialect.PostgreSql, "192.0.2.8", "2")]
    [InlineData(Dialect.Sqlite, "#3", "3")]
    [InlineData(Dialect.PostgreSql, "#3", "3")]
    [InlineData(Dialect.Sqlite, "alDER", "2 1")]
    [InlineData(Dialect.PostgreSql, "alDER", "2 1")]
    [InlineData(Dialect.Sqlite, "h_s", "3 1")]
    [InlineData(Dialect.PostgreSql, "h_s", "3 1")]
    [InlineData(Dialect.Sqlite, "%", "")]
    [InlineData(Dialect.PostgreSql, "%", "")]
    public async Task A_search_finds_number_resource_and_customer_and_takes_no_wildcards(Dialect dialect, string search, string expected)
    {
        await using var test = await OpenAsync(dialect);

        var found = await test.Database.ReadAsync(db => new DeskStore(db).CasesAsync(search, null, null, 10, Stop), Stop);

        Assert.Equal(expected, string.Join(' ', found.Select(c => c.Id.Value)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Lists_can_be_cut_to_open_or_closed_cases_and_turned_page_by_page(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        Task<IReadOnlyList<CaseSummary>> CasesAsync(bool? open, CaseId? before, long limit) =>
            test.Database.ReadAsync(db => new DeskStore(db).CasesAsync("", open, before, limit, Stop), Stop);

        Assert.Equal([new CaseId(3), new CaseId(1)], (await CasesAsync(true, null, 10)).Select(c => c.Id));
        Assert.Equal([new CaseId(2)], (await CasesAsync(false, null, 10)).Select(c => c.Id));
        Assert.Equal([new CaseId(3), new CaseId(2)], (await CasesAsync(null, null, 2)).Select(c => c.Id));
        Assert.Equal([new CaseId(1)], (await CasesAsync(null, new CaseId(2), 2)).Select(c => c.Id));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_customer_sees_its_own_cases_and_a_downstream_those_about_its_things(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        Task<IReadOnlyList<CaseSummary>> CasesAsync(params CustomerId[] customers) =>
            test.Database.ReadAsync(db => new DeskStore(db).CasesOfAsync(customers, withUntold: true, 10, Stop), Stop);

        Assert.Equal([new CaseId(1), new CaseId(2)], (await CasesAsync(Some.Customer.Id)).Select(c => c.Id));
        Assert.Equal([new CaseId(3), new CaseId(1)], (await CasesAsync(Downstream.Id)).Select(c => c.Id));
        Assert.Empty(await CasesAsync(new CustomerId(9)));
        Assert.Empty(await CasesAsync());
    }

    // 1: open, about something of the downstream; 2: closed; 3: open, the downstream's.
    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        AbuseCase About(string address) => Some.Case with { Resource = new Resource(ResourceKind.Address, address) };
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer, Downstream], Some.Time, Stop);
            await new CaseStore(db).AddAsync(
                [
                    Some.Case with { Downstream = Downstream.Id },
                    About("192.0.2.8") with { Id = new CaseId(2), Phase = CasePhase.Closed, Disposition = CaseDisposition.Resolved },
                    About("192.0.2.9") with { Id = new CaseId(3), Customer = Downstream.Id },
                ],
                Some.Revision,
                Stop);
        }, Stop);
        return test;
    }
}
