using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;

namespace Mailreeve.Storage.Tests.Live;

public sealed class MailboxDirectoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_changes_about_a_mailbox_is_in_the_view_when_the_write_returns(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);

        var kim = await AddAsync(test, "kim@provider.example");
        Assert.Equal(kim, views.Mailboxes.Find("Kim@Provider.Example")!.Id);
        await test.Database.WriteAsync(async db =>
        {
            await new MailboxStore(db).AddAliasAsync(kim, "k@provider.example", Stop);
            await new StorageChargeStore(db).SetStepsAsync(kim, 3, Actor.Policy, Some.Time, Stop);
        }, Stop);
        Assert.Equal((kim, 3L), (views.Mailboxes.Find("k@provider.example")!.Id, views.Mailboxes.Find(kim)!.ExtraSteps));
        var version = views.Mailboxes.Find(kim)!.CredentialsVersion;
        await test.Database.WriteAsync(async db =>
        {
            await new MailboxStore(db).RemoveAliasAsync(kim, "k@provider.example", Stop);
            await new MailboxStore(db).SetStateAsync(kim, MailboxState.Active, MailboxState.Suspended, Some.Time, Stop);
            await new MailboxStore(db).SetPasswordHashAsync(kim, "other", Stop);
        }, Stop);

        Assert.Null(views.Mailboxes.Find("k@provider.example"));
        Assert.Equal(MailboxState.Suspended, views.Mailboxes.Find("kim@provider.example")!.State);
        Assert.NotEqual(version, views.Mailboxes.Find(kim)!.CredentialsVersion);
        Assert.Equal(kim, Assert.Single(views.Mailboxes.OfCustomer(Some.Customer.Id)).Id);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Mail_goes_to_the_address_then_to_what_stands_before_the_plus_then_to_the_catch_all(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var kim = await AddAsync(test, "kim@alder.example");
        var lee = await AddAsync(test, "lee@alder.example");
        await test.Database.WriteAsync(db => new MailDomainStore(db).AddAsync("Alder.example", Some.Customer.Id, Some.Time, Stop), Stop);

        Assert.Equal(kim, views.Mailboxes.FindForDelivery("KIM", "alder.example")!.Id);
        Assert.Equal(kim, views.Mailboxes.FindForDelivery("kim+lists", "ALDER.example")!.Id);
        Assert.Null(views.Mailboxes.FindForDelivery("nobody", "alder.example"));
        Assert.Null(views.Mailboxes.FindForDelivery("+kim", "alder.example"));
        await test.Database.WriteAsync(db => new MailDomainStore(db).SetCatchAllAsync("alder.example", lee, Stop), Stop);
        Assert.Equal(lee, views.Mailboxes.FindDomain("ALDER.example")!.CatchAll);
        Assert.Null(views.Mailboxes.FindDomain("provider.example"));
        await test.Database.WriteAsync(db => new MailDomainStore(db).SetCatchAllAsync("alder.example", null, Stop), Stop);
        Assert.Null(views.Mailboxes.FindDomain("alder.example")!.CatchAll);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_view_that_is_loaded_later_is_the_same(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var kim = await AddAsync(test, "kim@alder.example");
        await test.Database.WriteAsync(async db =>
        {
            await new MailboxStore(db).AddAliasAsync(kim, "k@alder.example", Stop);
            await new MailDomainStore(db).AddAsync("alder.example", Some.Customer.Id, Some.Time, Stop);
            await new MailDomainStore(db).SetCatchAllAsync("alder.example", kim, Stop);
        }, Stop);

        using var views = await LiveViews.LoadAsync(test.OpenAnother(), Stop);

        Assert.Equal(kim, views.Mailboxes.Find("k@alder.example")!.Id);
        Assert.Equal(["k@alder.example", "kim@alder.example"], views.Mailboxes.Find(kim)!.Addresses.Order());
        Assert.Equal((Some.Customer.Id, (MailboxId?)kim), (views.Mailboxes.FindDomain("alder.example")!.CustomerId, views.Mailboxes.FindDomain("alder.example")!.CatchAll));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_domain_with_mailboxes_cannot_be_given_up(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        Task<bool> RemoveAsync() => test.Database.WriteAsync(db => new MailDomainStore(db).RemoveAsync("alder.example", Stop), Stop);
        Task<bool> PutAsync() => test.Database.WriteAsync(db => new MailDomainStore(db).AddAsync("alder.example", Some.Customer.Id, Some.Time, Stop), Stop);
        Assert.Equal((true, false), (await PutAsync(), await PutAsync()));
        var kim = await AddAsync(test, "kim@alder.example");

        Assert.False(await RemoveAsync());
        await test.Database.WriteAsync(db => new MailboxStore(db).SetStateAsync(kim, MailboxState.Active, MailboxState.Ended, Some.Time, Stop), Stop);
        Assert.Equal((true, false), (await RemoveAsync(), await RemoveAsync()));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Only_ascii_letters_are_the_same_in_either_case(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        await AddAsync(test, "kiss@provider.example");

        Assert.NotNull(views.Mailboxes.Find("KISS@PROVIDER.EXAMPLE"));
        Assert.Null(views.Mailboxes.Find("\u212Aiss@provider.example")); // Kelvin sign, which Unicode folds to k
        Assert.Null(views.Mailboxes.Find("ki\u017Fs@provider.example"));
        Assert.Null(views.Mailboxes.Find(new string('k', 5000)));
    }

    private static async Task<MailboxId> AddAsync(TestDatabase test, string address) =>
        (await test.Database.WriteAsync(db => new MailboxStore(db).AddAsync(new NewMailbox(Some.Customer.Id, address, null, Some.Time), Stop), Stop))!.Value;

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        return test;
    }
}
