using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Storage.Tests.Accounts;

public sealed class AccountStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_complaint_is_charged_once_for_ever(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var other = test.OpenAnother();

        var proposed = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(
            db => new ChargeStore(db).ProposeAsync([Some.Charge with { Id = new ChargeId(i) }], Stop), Stop)));
        Assert.Equal(1, proposed.Sum());
        var id = Assert.Single(await ChargesAsync(test)).Id;
        Assert.True(await test.Database.WriteAsync(db => new ChargeStore(db).VoidAsync(id, Actor.Operator("kim"), "forged", Some.Time, Stop), Stop));
        var again = await test.Database.WriteAsync(db => new ChargeStore(db).ProposeAsync([Some.Charge with { Id = new ChargeId(9) }], Stop), Stop);

        Assert.Equal(0, again);
        Assert.Equal(ChargeState.Voided, Assert.Single(await ChargesAsync(test)).State);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_charge_is_confirmed_once_and_may_be_voided_after(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new ChargeStore(db).ProposeAsync([Some.Charge], Stop), Stop);
        Task<bool> ConfirmAsync() =>
            test.Database.WriteAsync(db => new ChargeStore(db).ConfirmAsync(Some.Charge.Id, Actor.Operator("kim"), Some.Time, Stop), Stop);
        Task<bool> VoidAsync() =>
            test.Database.WriteAsync(db => new ChargeStore(db).VoidAsync(Some.Charge.Id, Actor.Operator("lee"), "forged", Some.Time, Stop), Stop);

        Assert.Equal((true, false), (await ConfirmAsync(), await ConfirmAsync()));
        Assert.Equal((true, false, false), (await VoidAsync(), await VoidAsync(), await ConfirmAsync()));

        var row = await test.Database.ReadAsync(db => new ChargeStore(db).FindAsync(Some.Charge.Id, Stop), Stop);
        Assert.Equal((ChargeState.Voided, Actor.Operator("lee"), "forged", Some.Charge.Amount), (row!.State, row.DecidedBy, row.Reason, row.Amount));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Totals_are_by_state_and_currency(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        NewCharge Charge(long n, Money amount) => Some.Charge with { Id = new ChargeId(n), Report = new ReportId(n), Amount = amount };
        await test.Database.WriteAsync(
            db => new ChargeStore(db).ProposeAsync(
                [Charge(1, new Money(50000, "USD")), Charge(2, new Money(50000, "USD")), Charge(3, new Money(100, "EUR"))], Stop), Stop);
        await test.Database.WriteAsync(db => new ChargeStore(db).ConfirmAsync(new ChargeId(2), Actor.Policy, Some.Time, Stop), Stop);

        var totals = await test.Database.ReadAsync(db => new ChargeStore(db).TotalsOfAsync(Some.Customer.Id, Stop), Stop);

        Assert.Equal(
            [(ChargeState.Confirmed, new Money(50000, "USD"), 1), (ChargeState.Proposed, new Money(100, "EUR"), 1), (ChargeState.Proposed, new Money(50000, "USD"), 1)],
            totals.Select(t => (t.State, t.Amount, t.Count)));
        Assert.Equal(totals, await test.Database.ReadAsync(db => new ChargeStore(db).TotalsAsync(Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_one_time_code_is_used_up_even_by_two_who_come_at_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var kim = await test.Database.WriteAsync(db => new OperatorStore(db).AddAsync("kim", OperatorRole.Admin, "hash", Some.Time, Stop), Stop);
        Assert.NotNull(kim);
        Assert.Null(await test.Database.WriteAsync(db => new OperatorStore(db).AddAsync("kim", OperatorRole.Billing, "hash", Some.Time, Stop), Stop));
        Assert.True(await test.Database.WriteAsync(db => new OperatorStore(db).EnrolAsync(kim.Id, [1, 2, 3], 100, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new OperatorStore(db).EnrolAsync(kim.Id, [4], 101, Stop), Stop));

        var used = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => test.Database.WriteAsync(db => new OperatorStore(db).UseCodeAsync(kim.Id, 101, Stop), Stop)));

        Assert.Single(used, u => u);
        Assert.False(await test.Database.WriteAsync(db => new OperatorStore(db).UseCodeAsync(kim.Id, 100, Stop), Stop));
        Assert.True(await test.Database.WriteAsync(db => new OperatorStore(db).UseCodeAsync(kim.Id, 102, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_disabled_operator_has_no_secrets_and_uses_no_code(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var kim = await test.Database.WriteAsync(db => new OperatorStore(db).AddAsync("kim", OperatorRole.Admin, "hash", Some.Time, Stop), Stop);
        Assert.Equal("hash", (await test.Database.ReadAsync(db => new OperatorStore(db).SecretsOfAsync("kim", Stop), Stop))!.PasswordHash);

        Assert.True(await test.Database.WriteAsync(db => new OperatorStore(db).DisableAsync("kim", Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new OperatorStore(db).DisableAsync("kim", Some.Time, Stop), Stop));

        Assert.Null(await test.Database.ReadAsync(db => new OperatorStore(db).SecretsOfAsync("kim", Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new OperatorStore(db).UseCodeAsync(kim!.Id, 5, Stop), Stop));
        Assert.Equal(Some.Time, Assert.Single(await test.Database.ReadAsync(db => new OperatorStore(db).ListAsync(Stop), Stop)).DisabledAt);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_revision_is_kept_with_its_first_text(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        Task<RevisionKept> KeepAsync(string text) =>
            test.Database.WriteAsync(db => new PolicyRevisionStore(db).KeepAsync(Some.Revision, text, Some.Time, Stop), Stop);

        Assert.Equal(RevisionKept.New, await KeepAsync("a"));
        Assert.Equal(RevisionKept.Known, await KeepAsync("a"));
        Assert.Equal(RevisionKept.Differs, await KeepAsync("b"));

        Assert.Equal("a", await test.Database.ReadAsync(db => new PolicyRevisionStore(db).ContentOfAsync(Some.Revision, Stop), Stop));
        Assert.Equal([Some.Revision], (await test.Database.ReadAsync(db => new PolicyRevisionStore(db).ListAsync(Stop), Stop)).Select(r => r.Revision));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Who_has_not_acknowledged_is_missing_and_the_first_time_counts(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new PolicyRevisionStore(db).KeepAsync(Some.Revision, "text", Some.Time, Stop), Stop);
        Assert.Single(await test.Database.ReadAsync(db => new AcknowledgementStore(db).MissingAsync(Some.Revision, Stop), Stop));
        Task<bool> AcknowledgeAsync(Instant at) => test.Database.WriteAsync(
            db => new AcknowledgementStore(db).AcknowledgeAsync(Some.Customer.Id, Some.Revision, at, Stop), Stop);

        Assert.True(await AcknowledgeAsync(Some.Time));
        Assert.False(await AcknowledgeAsync(Some.Time + Duration.FromDays(1)));

        Assert.Empty(await test.Database.ReadAsync(db => new AcknowledgementStore(db).MissingAsync(Some.Revision, Stop), Stop));
        var row = Assert.Single(await test.Database.ReadAsync(db => new AcknowledgementStore(db).OfCustomerAsync(Some.Customer.Id, Stop), Stop));
        Assert.Equal(Some.Time, row.AcknowledgedAt);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_secret_is_the_same_for_all_who_ask_at_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = test.OpenAnother();

        var secrets = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            i => (i % 2 == 0 ? test.Database : other).WriteAsync(db => new SecretStore(db).GetOrCreateAsync("links", 32, Stop), Stop)));

        Assert.All(secrets, s => Assert.Equal(secrets[0], s));
        Assert.Equal(32, secrets[0].Length);
        var another = await other.WriteAsync(db => new SecretStore(db).GetOrCreateAsync("cookies", 32, Stop), Stop);
        Assert.NotEqual(secrets[0], another);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_forgotten_number_is_asked_for_once_in_a_while(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        Task<bool> AskAsync(byte digest, int minutes) => test.Database.WriteAsync(
            db => new NumberRequestStore(db).TryAskAsync([digest], Duration.FromMinutes(15), Some.Time + Duration.FromMinutes(minutes), Stop), Stop);

        Assert.True(await AskAsync(1, 0));
        Assert.False(await AskAsync(1, 14));
        Assert.True(await AskAsync(2, 14));
        Assert.True(await AskAsync(1, 15));
    }

    private static Task<IReadOnlyList<ChargeRow>> ChargesAsync(TestDatabase test) =>
        test.Database.ReadAsync(db => new ChargeStore(db).OfCaseAsync(Some.Case.Id, Stop), Stop);

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        return test;
    }
}
