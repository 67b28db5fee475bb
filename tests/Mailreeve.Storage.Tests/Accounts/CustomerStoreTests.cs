using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Storage.Tests.Accounts;

public sealed class CustomerStoreTests
{
    private static readonly CustomerFact Downstream = Some.Customer with
    {
        Id = new CustomerId(2),
        RegNumber = RegNumber.From(2).ToString(),
        Name = "Birch Shop",
        Upstream = Some.Customer.Id,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Customers_come_back_as_they_were_whatever_order_they_came_in(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);

        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Downstream, Some.Customer], Some.Time, Stop), Stop);

        Assert.Equal([Some.Customer, Downstream], await test.Database.ReadAsync(db => new CustomerStore(db).ListAsync(Stop), Stop));
        Assert.Equal(Downstream, await test.Database.ReadAsync(db => new CustomerStore(db).FindAsync(Downstream.Id, Stop), Stop));
        Assert.Equal(
            Downstream, await test.Database.ReadAsync(db => new CustomerStore(db).FindByRegNumberAsync(RegNumber.From(2), Stop), Stop));
        Assert.Null(await test.Database.ReadAsync(db => new CustomerStore(db).FindAsync(new CustomerId(3), Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_change_of_a_customer_is_kept_and_a_registration_number_belongs_to_one(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var changed = Some.Customer with { Name = "Alder & Sons", State = CustomerState.Closed, TimeZone = "UTC" };

        await test.Database.WriteAsync(db => new CustomerStore(db).UpdateAsync([changed], Stop), Stop);

        Assert.Equal(changed, await test.Database.ReadAsync(db => new CustomerStore(db).FindAsync(changed.Id, Stop), Stop));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => test.Database.WriteAsync(
            db => new CustomerStore(db).AddAsync([Some.Customer with { Id = new CustomerId(9) }], Some.Time, Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_next_registration_number_is_one_that_nobody_has(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);

        var next = await test.Database.WriteAsync(db => new CustomerStore(db).NextRegNumberAsync(Stop), Stop);

        Assert.Equal(RegNumber.From(3), next);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Contacts_come_in_the_order_in_which_they_are_tried_and_by_role_and_channel(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var second = Some.Contact with { Address = "noc@alder.example", Position = 2 };
        var pager = Some.Contact with { Address = "+1 555 0100", Channel = ContactChannel.Pager, Role = ContactRole.Technical, Position = 3 };
        await test.Database.WriteAsync(db => new CustomerStore(db).PutContactsAsync([pager, second, Some.Contact], Stop), Stop);

        Task<IReadOnlyList<Contact>> ContactsAsync(ContactRole? role, ContactChannel? channel) =>
            test.Database.ReadAsync(db => new CustomerStore(db).ContactsOfAsync(Some.Customer.Id, role, channel, Stop), Stop);

        Assert.Equal(
            [Some.Contact.Address, second.Address, pager.Address], (await ContactsAsync(null, null)).Select(c => c.Address));
        Assert.Equal([pager.Address], (await ContactsAsync(ContactRole.Technical, null)).Select(c => c.Address));
        Assert.Equal(2, (await ContactsAsync(null, ContactChannel.Email)).Count);
        Assert.Empty(await ContactsAsync(ContactRole.Technical, ContactChannel.Email));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_contact_that_was_taken_out_is_gone_and_comes_back_with_its_number(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).PutContactsAsync([Some.Contact], Stop), Stop);
        var stored = Assert.Single(await test.Database.ReadAsync(db => new CustomerStore(db).AllContactsAsync(Stop), Stop));

        await test.Database.WriteAsync(db => new CustomerStore(db).EndContactsAsync([stored], Some.Time, Stop), Stop);
        Assert.Empty(await test.Database.ReadAsync(db => new CustomerStore(db).AllContactsAsync(Stop), Stop));
        Assert.Empty(await test.Database.ReadAsync(db => new CustomerStore(db).WithEmailAsync(Some.Contact.Address, Stop), Stop));
        await test.Database.WriteAsync(db => new CustomerStore(db).PutContactsAsync([Some.Contact], Stop), Stop);

        Assert.Equal([stored], await test.Database.ReadAsync(db => new CustomerStore(db).AllContactsAsync(Stop), Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_mail_address_finds_its_customer_in_any_case_of_letters(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        await test.Database.WriteAsync(
            db => new CustomerStore(db).PutContactsAsync([Some.Contact with { Address = "Admin@Alder.example" }], Stop), Stop);

        var found = await test.Database.ReadAsync(db => new CustomerStore(db).WithEmailAsync("aDMIN@alder.EXAMPLE", Stop), Stop);

        Assert.Equal([Some.Customer], found);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Services_come_back_and_are_written_anew_by_name(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var service = new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.WebHosting, Name = "www", State = ServiceState.Active };
        await test.Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], Stop), Stop);

        await test.Database.WriteAsync(
            db => new CustomerStore(db).PutServicesAsync([service with { State = ServiceState.Suspended }], Stop), Stop);

        var stored = Assert.Single(await test.Database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(Some.Customer.Id, Stop), Stop));
        Assert.Equal((ServiceKind.WebHosting, "www", ServiceState.Suspended), (stored.Kind, stored.Name, stored.State));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Assignments_come_back_until_they_are_superseded(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var six = Some.Assignment with { Prefix = Prefix.Parse("2001:db8:7::/48"), ValidTo = Some.Time };
        var domain = Some.Assignment with { Prefix = null, Domain = "alder.example" };
        await test.Database.WriteAsync(db => new CustomerStore(db).AssignAsync([Some.Assignment, six, domain], Some.Time, Stop), Stop);
        var stored = await test.Database.ReadAsync(db => new CustomerStore(db).AssignmentsOfAsync(Some.Customer.Id, Stop), Stop);
        Assert.Equal(
            [Some.Assignment, six with { Id = 2 }, domain with { Id = 3 }],
            stored);

        await test.Database.WriteAsync(db => new CustomerStore(db).SupersedeAsync([stored[1]], Some.Time, Stop), Stop);

        var left = await test.Database.ReadAsync(db => new CustomerStore(db).AllAssignmentsAsync(Stop), Stop);
        Assert.Equal([stored[0], stored[2]], left);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_rehash_gives_way_to_a_password_that_was_changed_meanwhile(Dialect dialect)
    {
        await using var test = await OpenAsync(dialect);
        var id = Some.Customer.Id;
        await test.Database.WriteAsync(db => new CustomerStore(db).SetPasswordHashAsync(id, "new", Stop), Stop);

        await test.Database.WriteAsync(db => new CustomerStore(db).RehashAsync(id, "old", "old again", Stop), Stop);

        Assert.Equal("new", await test.Database.ReadAsync(db => new CustomerStore(db).PasswordHashOfAsync(id, Stop), Stop));
    }

    private static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer, Downstream], Some.Time, Stop), Stop);
        return test;
    }
}
