using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Storage.Tests.Mailboxes;

public sealed class MailboxStoreTests
{
    private static readonly NewMailbox Kim = new(Some.Customer.Id, "Kim@provider.example", "hash", Some.Time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_mailbox_begins_with_its_folders(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);

        var id = await AddAsync(test, Kim);
        var mailbox = await FindAsync(test, id!.Value);
        var folders = await test.Database.ReadAsync(db => db.QueryAsync<FolderSeen>(
            "SELECT name, special_use, subscribed, uid_validity, uid_next, highest_mod_seq FROM folder ORDER BY id", null, Stop), Stop);

        Assert.Equal(("kim@provider.example", MailboxState.Active, 0L, Some.Time), (mailbox.Address, mailbox.State, mailbox.ExtraSteps, mailbox.LastUsedAt));
        Assert.Equal(Some.Time.ToUnixTimeSeconds(), mailbox.UidValidity);
        Assert.Equal(
            [("INBOX", null), ("Drafts", "drafts"), ("Sent", "sent"), ("Junk", "junk"), ("Trash", "trash")],
            folders.Select(f => (f.Name, f.SpecialUse)));
        Assert.All(folders, f => Assert.Equal((1L, mailbox.UidValidity, 1L, 1L), (f.Subscribed, f.UidValidity, f.UidNext, f.HighestModSeq)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_address_leads_to_one_mailbox(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = await AddAsync(test, Kim);
        var lee = await AddAsync(test, Kim with { Address = "lee@provider.example" });

        Assert.Null(await AddAsync(test, Kim with { Address = "KIM@provider.example" }));
        Assert.True(await AliasAsync(test, kim!.Value, "kimberley@provider.example"));
        Assert.False(await AliasAsync(test, lee!.Value, "Kimberley@provider.example"));
        Assert.False(await AliasAsync(test, lee.Value, "kim@provider.example"));
        Assert.Null(await AddAsync(test, Kim with { Address = "kimberley@provider.example" }));
        Assert.Equal(kim, (await test.Database.ReadAsync(db => new MailboxStore(db).FindByAddressAsync("KIMBERLEY@provider.example", Stop), Stop))!.Id);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_processes_cannot_make_the_same_mailbox(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var other = test.OpenAnother();

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                return await (i % 2 == 0 ? test.Database : other).WriteAsync(db => new MailboxStore(db).AddAsync(Kim, Stop), Stop);
            }
            catch (System.Data.Common.DbException)
            {
                return null; // The constraint held.
            }
        }));

        Assert.Single(made, id => id is not null);
        Assert.Equal(5, await test.Database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM folder", null, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_alias_can_be_taken_away_and_the_own_address_cannot(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        await AliasAsync(test, kim, "k@provider.example");
        Task<bool> RemoveAsync(string address) => test.Database.WriteAsync(db => new MailboxStore(db).RemoveAliasAsync(kim, address, Stop), Stop);

        Assert.Equal(["k@provider.example"], await test.Database.ReadAsync(db => new MailboxStore(db).AliasesOfAsync(kim, Stop), Stop));
        Assert.Equal((false, true, false), (await RemoveAsync("kim@provider.example"), await RemoveAsync("K@provider.example"), await RemoveAsync("k@provider.example")));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_state_changes_once_from_the_state_it_was_seen_in(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        Task<bool> SetAsync(MailboxState from, MailboxState to) => test.Database.WriteAsync(
            db => new MailboxStore(db).SetStateAsync(kim, from, to, Some.Time + Duration.FromDays(5), Stop), Stop);

        Assert.True(await SetAsync(MailboxState.Active, MailboxState.Suspended));
        Assert.False(await SetAsync(MailboxState.Active, MailboxState.Ended));
        Assert.True(await SetAsync(MailboxState.Suspended, MailboxState.Active));

        var mailbox = await FindAsync(test, kim);
        Assert.Equal((MailboxState.Active, Some.Time + Duration.FromDays(5)), (mailbox.State, mailbox.StateSince));
        Assert.InRange(mailbox.LastUsedAt, mailbox.StateSince - Duration.FromHours(1), mailbox.StateSince);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_use_is_written_to_the_hour_and_forgets_the_warnings(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        Assert.True(await test.Database.WriteAsync(db => new MailboxStore(db).IdleWarnedAsync(kim, 1, Some.Time, Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new MailboxStore(db).IdleWarnedAsync(kim, 1, Some.Time, Some.Time, Stop), Stop));

        await UsedAsync(test, kim, Some.Time + Duration.FromMinutes(5));
        Assert.Equal((Some.Time, 1L), await UseOf(test, kim)); // the same hour
        await UsedAsync(test, kim, Some.Time + Duration.FromMinutes(65));
        Assert.Equal((Instant.FromUtc(2026, 3, 2, 11, 0), 0L), await UseOf(test, kim));
        await UsedAsync(test, kim, Some.Time);
        Assert.Equal((Instant.FromUtc(2026, 3, 2, 11, 0), 0L), await UseOf(test, kim));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_unused_mailbox_is_a_candidate_when_something_is_due(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        var tick = Duration.FromMilliseconds(1);
        async Task<int> CountAsync(IdleDue due) => (await test.Database.ReadAsync(db => new MailboxStore(db).IdleAsync(due, 10, Stop), Stop)).Count;
        var before = Some.Time - tick;

        Assert.Equal(0, await CountAsync(new IdleDue(before, before, before, before)));
        Assert.Equal(1, await CountAsync(new IdleDue(Some.Time, before, before, before)));
        await test.Database.WriteAsync(db => new MailboxStore(db).IdleWarnedAsync(kim, 1, Some.Time, Some.Time, Stop), Stop);
        Assert.Equal(0, await CountAsync(new IdleDue(Some.Time, before, before, before)));
        Assert.Equal(1, await CountAsync(new IdleDue(Some.Time, Some.Time, before, before)));
        await test.Database.WriteAsync(db => new MailboxStore(db).IdleWarnedAsync(kim, 2, Some.Time, Some.Time, Stop), Stop);
        Assert.Equal(0, await CountAsync(new IdleDue(Some.Time, Some.Time, Some.Time, before)));
        Assert.Equal(1, await CountAsync(new IdleDue(Some.Time, Some.Time, Some.Time, Some.Time)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Credentials_are_the_own_password_and_app_passwords_in_force(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        var (first, second) = await test.Database.WriteAsync(async db =>
        {
            var store = new AppPasswordStore(db);
            return (await store.AddAsync(kim, "Telephone", "one", Some.Time, Stop), await store.AddAsync(kim, "Desk", "two", Some.Time, Stop));
        }, Stop);

        Assert.True(await test.Database.WriteAsync(db => new AppPasswordStore(db).RevokeAsync(kim, first, Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new AppPasswordStore(db).RevokeAsync(kim, first, Some.Time, Stop), Stop));
        Assert.False(await test.Database.WriteAsync(db => new AppPasswordStore(db).RevokeAsync(new MailboxId(99), second, Some.Time, Stop), Stop));

        var credentials = await test.Database.ReadAsync(db => new MailboxStore(db).CredentialsOfAsync(kim, Stop), Stop);
        Assert.Equal(("hash", "two"), (credentials!.PasswordHash, Assert.Single(credentials.AppPasswordHashes)));
        Assert.Equal("Desk", Assert.Single(await test.Database.ReadAsync(db => new AppPasswordStore(db).OfAsync(kim, Stop), Stop)).Name);
        Assert.Null(await test.Database.ReadAsync(db => new MailboxStore(db).CredentialsOfAsync(new MailboxId(99), Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_month_is_charged_once_whoever_tries(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        var charge = new NewStorageCharge
        {
            Mailbox = kim,
            Customer = Some.Customer.Id,
            Month = new YearMonth(2026, 3),
            Steps = 2,
            Amount = new Money(10_00, "USD"),
            Clause = new ClauseId("C9"),
            PolicyRevision = Some.Revision,
            ChargedAt = Some.Time,
        };

        var other = test.OpenAnother();
        var written = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? test.Database : other).WriteAsync(
            db => new StorageChargeStore(db).ChargeAsync([charge with { Steps = i + 1 }], Stop), Stop)));

        Assert.Equal(1, written.Sum());
        var row = Assert.Single(await test.Database.ReadAsync(db => new StorageChargeStore(db).OfCustomerAsync(Some.Customer.Id, 10, Stop), Stop));
        Assert.Equal(("2026-03", "kim@provider.example", new Money(10_00, "USD")), (row.Month, row.Address, row.Amount));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_first_month_to_charge_is_the_one_in_which_a_step_was_bought(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        Task SetAsync(long steps, Instant now) => test.Database.WriteAsync(
            db => new StorageChargeStore(db).SetStepsAsync(kim, steps, Actor.Customer(Some.Customer.RegNumber), now, Stop), Stop);
        Task ChargedAsync(int month) => test.Database.WriteAsync(
            db => new StorageChargeStore(db).ChargedThroughAsync(kim, new YearMonth(2026, month), Stop), Stop);
        async Task<string?> FromAsync() => (await FindAsync(test, kim)).ChargeFrom;

        await SetAsync(1, Some.Time);
        await SetAsync(2, Some.Time + Duration.FromDays(40));
        Assert.Equal("2026-03", await FromAsync());
        await ChargedAsync(3);
        Assert.Equal("2026-04", await FromAsync());
        await SetAsync(0, Instant.FromUtc(2026, 5, 3, 0, 0));
        await ChargedAsync(4);
        Assert.Equal("2026-05", await FromAsync()); // there were steps in May
        await ChargedAsync(5);
        Assert.Null(await FromAsync());
        await SetAsync(1, Instant.FromUtc(2026, 8, 1, 0, 0));
        Assert.Equal("2026-08", await FromAsync());
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_accounts_file_finds_all_mailboxes_or_those_of_a_customer(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = (await AddAsync(test, Kim))!.Value;
        await AliasAsync(test, kim, "k@alder.example");
        await test.Database.WriteAsync(async db =>
        {
            await new MailDomainStore(db).AddAsync("alder.example", Some.Customer.Id, Some.Time, Stop);
            await new MailDomainStore(db).SetCatchAllAsync("alder.example", kim, Stop);
        }, Stop);
        Task<MailAccounts> ReadAsync(CustomerId? customer) => test.Database.ReadAsync(db => new MailAccountsStore(db).ReadAsync(customer, Stop), Stop);

        foreach (var customer in new CustomerId?[] { null, Some.Customer.Id })
        {
            var found = await ReadAsync(customer);
            var mailbox = Assert.Single(found.Mailboxes);
            Assert.Equal(("kim@provider.example", MailboxState.Active, 0L), (mailbox.Address, mailbox.State, mailbox.Steps));
            Assert.Equal("k@alder.example", Assert.Single(mailbox.Aliases));
            Assert.Equal("alder.example", Assert.Single(mailbox.CatchAllOf));
            Assert.Equal(new MailDomainAccount(Some.Customer.Id, "alder.example"), Assert.Single(found.Domains));
        }

        Assert.Empty((await ReadAsync(new CustomerId(99))).Mailboxes);
    }

    private static Task<MailboxId?> AddAsync(TestDatabase test, NewMailbox mailbox) =>
        test.Database.WriteAsync(db => new MailboxStore(db).AddAsync(mailbox, Stop), Stop);

    private static Task<bool> AliasAsync(TestDatabase test, MailboxId id, string address) =>
        test.Database.WriteAsync(db => new MailboxStore(db).AddAliasAsync(id, address, Stop), Stop);

    private static Task UsedAsync(TestDatabase test, MailboxId id, Instant at) =>
        test.Database.WriteAsync(db => new MailboxStore(db).UsedAsync(id, at, Stop), Stop);

    private static async Task<MailboxRow> FindAsync(TestDatabase test, MailboxId id) =>
        (await test.Database.ReadAsync(db => new MailboxStore(db).FindAsync(id, Stop), Stop))!;

    private static async Task<(Instant, long)> UseOf(TestDatabase test, MailboxId id) =>
        await FindAsync(test, id) is var mailbox ? (mailbox.LastUsedAt, mailbox.IdleWarnings) : default;

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        return test;
    }

    private sealed record FolderSeen
    {
        public required string Name { get; init; }

        public string? SpecialUse { get; init; }

        public required long Subscribed { get; init; }

        public required long UidValidity { get; init; }

        public required long UidNext { get; init; }

        public required long HighestModSeq { get; init; }
    }
}
