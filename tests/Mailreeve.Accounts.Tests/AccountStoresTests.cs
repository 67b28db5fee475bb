using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Accounts.Tests;

public sealed class AccountStoresTests : IAsyncDisposable
{
    private static readonly Actor Maria = Actor.Operator("maria");

    private readonly AccountsFixture it = new();
    private long lastId;

    [Fact]
    public async Task One_complaint_is_charged_once_for_ever_and_C3_totals_follow_the_decisions()
    {
        await AddAsync(1);
        Assert.Equal(2, await WriteAsync(s => s.ProposeAsync([Charge(1), Charge(2)], AccountsFixture.Stop)));
        Assert.Equal(1, await WriteAsync(s => s.ProposeAsync([Charge(2), Charge(3)], AccountsFixture.Stop)));
        var charges = await WriteAsync(s => s.InStateAsync(ChargeState.Proposed, 10, AccountsFixture.Stop));
        var now = it.Clock.GetCurrentInstant();

        Assert.True(await WriteAsync(s => s.ConfirmAsync(charges[0].Id, Maria, now, AccountsFixture.Stop)));
        Assert.False(await WriteAsync(s => s.ConfirmAsync(charges[0].Id, Maria, now, AccountsFixture.Stop)));
        Assert.True(await WriteAsync(s => s.VoidAsync(charges[1].Id, Maria, "Forged.", now, AccountsFixture.Stop)));
        Assert.False(await WriteAsync(s => s.VoidAsync(charges[1].Id, Maria, "Again.", now, AccountsFixture.Stop)));
        Assert.Equal(0, await WriteAsync(s => s.ProposeAsync([Charge(2)], AccountsFixture.Stop)));

        var totals = await WriteAsync(s => s.TotalsOfAsync(new(1), AccountsFixture.Stop));
        Assert.Equal(
            [(ChargeState.Confirmed, "500.00 USD"), (ChargeState.Proposed, "500.00 USD"), (ChargeState.Voided, "500.00 USD")],
            totals.Select(t => (t.State, t.Amount.ToString())));
        Assert.Equal("Forged.", (await WriteAsync(s => s.FindAsync(charges[1].Id, AccountsFixture.Stop)))!.Reason);
    }

    [Fact]
    public async Task A_revision_is_kept_with_its_text_and_acknowledged_once()
    {
        await AddAsync(1);
        await AddAsync(2);
        var now = it.Clock.GetCurrentInstant();
        await it.Database.WriteAsync(async db =>
        {
            var revisions = new PolicyRevisionStore(db);
            Assert.Equal(RevisionKept.New, await revisions.KeepAsync("20020201", "one", now, AccountsFixture.Stop));
            Assert.Equal(RevisionKept.Known, await revisions.KeepAsync("20020201", "one", now, AccountsFixture.Stop));
            Assert.Equal(RevisionKept.Differs, await revisions.KeepAsync("20020201", "two", now, AccountsFixture.Stop));
            Assert.Equal("one", await revisions.ContentOfAsync("20020201", AccountsFixture.Stop));

            var acknowledgements = new AcknowledgementStore(db);
            Assert.True(await acknowledgements.AcknowledgeAsync(new(1), "20020201", now, AccountsFixture.Stop));
            Assert.False(await acknowledgements.AcknowledgeAsync(new(1), "20020201", now, AccountsFixture.Stop));
            Assert.Equal(new CustomerId(2), Assert.Single(await acknowledgements.MissingAsync("20020201", AccountsFixture.Stop)).Id);
        }, AccountsFixture.Stop);
    }

    [Fact]
    public async Task A_secret_is_made_once()
    {
        var first = await it.Database.WriteAsync(db => new SecretStore(db).GetOrCreateAsync("case-links", 32, AccountsFixture.Stop), AccountsFixture.Stop);
        var second = await it.Database.WriteAsync(db => new SecretStore(db).GetOrCreateAsync("case-links", 32, AccountsFixture.Stop), AccountsFixture.Stop);

        Assert.Equal(first, second);
        Assert.Equal(32, first.Length);
        Assert.NotEqual(new byte[32], first);
    }

    public ValueTask DisposeAsync() => it.DisposeAsync();

    private Task<T> WriteAsync<T>(Func<ChargeStore, Task<T>> work) =>
        it.Database.WriteAsync(db => work(new ChargeStore(db)), AccountsFixture.Stop);

    private Task AddAsync(long id) =>
        it.Database.WriteAsync(db => new CustomerStore(db).AddAsync(
            [new CustomerFact { Id = new(id), RegNumber = RegNumber.From(id).ToString(), Name = $"C{id}", State = CustomerState.Active, TimeZone = "Etc/UTC" }],
            it.Clock.GetCurrentInstant(), AccountsFixture.Stop), AccountsFixture.Stop);

    private NewCharge Charge(long report) => new()
    {
        Id = new(++lastId),
        Customer = new(1),
        Case = new(7),
        Report = new(report),
        Amount = new Money(50_000, "USD"),
        Clause = new ClauseId("C3"),
        PolicyRevision = "20020201",
        ProposedAt = it.Clock.GetCurrentInstant(),
    };
}
