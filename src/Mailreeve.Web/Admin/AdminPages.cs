using System.Globalization;
using Mailreeve.Accounts.Addresses;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Mailreeve.Web.Mailboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Admin;

/// <summary>Customers and operators: looked up by those who need to, changed by administrators.</summary>
internal static class AdminPages
{
    private const long RowsMax = 50;

    public static void Map(IEndpointRouteBuilder pages)
    {
        var admin = pages.MapGroup("/admin").RequireAuthorization(Schemes.Operator).AddEndpointFilter<FormGuard>();
        admin.MapGet("/customers", CustomersAsync).For(DeskAction.SeeCustomers);
        admin.MapGet("/customers/{id:long}", CustomerAsync).For(DeskAction.SeeCustomers);
        admin.MapPost("/customers/{id:long}/password", SetPasswordAsync).For(DeskAction.EditCustomers);
        admin.MapPost("/customers/{id:long}/contacts", AddContactAsync).For(DeskAction.EditCustomers);
        admin.MapPost("/customers/{id:long}/contacts/{contact:long}/end", EndContactAsync).For(DeskAction.EditCustomers);
        CustomerAssignments.Map(admin);
        MailboxPages.Map(admin);
        OperatorPages.Map(admin);
    }

    /// <summary>The customer's page again, with what was wrong; or anew after a change.</summary>
    internal static IResult After(long customer, string? problem) => problem is null
        ? Page.SeeOther(Path(customer))
        : Page.Of<Desk.RefusedPage>(new { Why = problem, Back = Path(customer) }, StatusCodes.Status400BadRequest);

    private static string Path(long customer) => string.Create(CultureInfo.InvariantCulture, $"/admin/customers/{customer}");

    private static IResult CustomersAsync(string? q, LiveViews views)
    {
        var search = (q ?? "").Trim();
        var found = views.Directory.Customers
            .Where(c => c.Name.Contains(search, StringComparison.OrdinalIgnoreCase) || c.RegNumber.Contains(search, StringComparison.OrdinalIgnoreCase))
            .OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
            .Take(500)
            .ToList();
        return Page.Of<CustomersPage>(new { Customers = (IReadOnlyList<CustomerFact>)found, Search = search, views.Directory });
    }

    private static async Task<IResult> CustomerAsync(
        long id, HttpContext http, Database database, LiveViews views, AbusePolicy policy, WebOptions options, IClock clock, CancellationToken stop)
    {
        var customer = new CustomerId(id);
        var view = await database.ReadAsync(async db =>
        {
            var store = new CustomerStore(db);
            if (await store.FindAsync(customer, stop) is not { } fact)
                return null;
            return new CustomerView
            {
                Customer = fact,
                Contacts = await store.ContactsOfAsync(customer, null, null, stop),
                Services = await store.ServicesNowAsync([customer], stop),
                Assignments = await store.AssignmentsOfAsync(customer, stop),
                Cases = await new DeskStore(db).CasesOfAsync([customer], withUntold: true, RowsMax, stop),
                Charges = await new ChargeStore(db).OfCustomerAsync(customer, RowsMax, stop),
                Mailboxes = await MailboxView.OfCustomerAsync(db, customer, policy, stop),
                StorageCharges = await new StorageChargeStore(db).OfCustomerAsync(customer, RowsMax, stop),
                Acknowledgements = await new AcknowledgementStore(db).OfCustomerAsync(customer, stop),
                HasPassword = await store.PasswordHashOfAsync(customer, stop) is not null,
                SharedAddresses = await AddressPlanDesk.FindAsync(db, views.Directory, options.Provider, customer, clock.GetCurrentInstant(), stop),
            };
        }, stop);
        if (view is null)
            return Page.NotFound();
        return Page.Of<CustomerPage>(new
        {
            View = view,
            views.Directory,
            MayEdit = SignedIn.May(http.User, DeskAction.EditCustomers),
            MayEditMailboxes = SignedIn.May(http.User, DeskAction.EditMailboxes),
            MaySeeCharges = SignedIn.May(http.User, DeskAction.SeeCharges),
            Now = clock.GetCurrentInstant(),
        });
    }

    private static async Task<IResult> SetPasswordAsync(
        long id, HttpContext http, Database database, PasswordHashing hashing, CancellationToken stop)
    {
        var password = (await http.Request.ReadFormAsync(stop))["password"].ToString();
        if (PasswordRules.Problem(password) is { } problem)
            return After(id, problem);
        var hash = await hashing.HashAsync(password, stop);
        await database.WriteAsync(db => new CustomerStore(db).SetPasswordHashAsync(new CustomerId(id), hash, stop), stop);
        return After(id, null);
    }

    private static async Task<IResult> AddContactAsync(long id, HttpContext http, Database database, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var address = form["address"].ToString().Trim();
        if (!Enum.TryParse<ContactChannel>(form["channel"], out var channel) || !Enum.TryParse<ContactRole>(form["role"], out var role)
            || !long.TryParse(form["position"], NumberStyles.None, CultureInfo.InvariantCulture, out var position) || position > 1000)
            return After(id, "Choose channel and role, and give the position as a number from 0 to 1000.");
        if (ContactRules.Problem(channel, address) is { } problem)
            return After(id, problem);
        var contact = new Contact { Id = 0, Customer = new CustomerId(id), Channel = channel, Address = address, Role = role, Position = position };
        await database.WriteAsync(db => new CustomerStore(db).PutContactsAsync([contact], stop), stop);
        return After(id, null);
    }

    private static async Task<IResult> EndContactAsync(
        long id, long contact, Database database, IClock clock, CancellationToken stop)
    {
        await database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            var contacts = await store.ContactsOfAsync(new CustomerId(id), null, null, stop);
            await store.EndContactsAsync([.. contacts.Where(c => c.Id == contact)], clock.GetCurrentInstant(), stop);
        }, stop);
        return After(id, null);
    }
}

/// <summary>All that is known about one customer.</summary>
public sealed record CustomerView
{
    /// <summary>Who.</summary>
    public required CustomerFact Customer { get; init; }

    /// <summary>Contacts, in the order in which they are tried.</summary>
    public required IReadOnlyList<Contact> Contacts { get; init; }

    /// <summary>Services.</summary>
    public required IReadOnlyList<Service> Services { get; init; }

    /// <summary>What is, was and will be theirs.</summary>
    public required IReadOnlyList<Assignment> Assignments { get; init; }

    /// <summary>Cases.</summary>
    public required IReadOnlyList<CaseSummary> Cases { get; init; }

    /// <summary>Charges, newest first.</summary>
    public required IReadOnlyList<ChargeRow> Charges { get; init; }

    /// <summary>Mailboxes, ended ones too.</summary>
    public required IReadOnlyList<MailboxView> Mailboxes { get; init; }

    /// <summary>Charges for extra storage, newest month first.</summary>
    public required IReadOnlyList<StorageChargeRow> StorageCharges { get; init; }

    /// <summary>Revisions of the policy they have acknowledged, newest first.</summary>
    public required IReadOnlyList<AcknowledgementRow> Acknowledgements { get; init; }

    /// <summary>Addresses where sites of theirs, or of those below them, share with others (D5).</summary>
    public required IReadOnlyList<SharedAddress> SharedAddresses { get; init; }

    /// <summary>Whether they can sign in.</summary>
    public required bool HasPassword { get; init; }
}
