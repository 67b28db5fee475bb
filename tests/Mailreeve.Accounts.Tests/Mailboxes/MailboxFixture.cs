using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Notices;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime.Testing;

namespace Mailreeve.Accounts.Tests.Mailboxes;

/// <summary>One customer with a contact, one mailbox with a password, and everything that looks after mailboxes.</summary>
internal sealed class MailboxFixture : IAsyncDisposable
{
    public const string Address = "kim@provider.example";
    public const string Password = "correct horse battery";

    private readonly TestDatabase test;
    private readonly PasswordHashing hashing = new(iterations: 1000);

    private MailboxFixture(TestDatabase test, LiveViews views, Provider provider)
    {
        (this.test, Views) = (test, views);
        Throttle = new AttemptThrottle(Clock);
        Uses = new LastUse(Clock);
        SignIn = new MailboxSignIn(test.Database, views, hashing, Throttle, Uses, provider.Domains, Clock);
        Notices = new MailboxNotices(ShippedPolicy.Policy, provider, new NoticeTemplates(ShippedPolicy.Notices));
        Desk = new MailboxDesk(test.Database, hashing, ShippedPolicy.Policy, provider, Clock);
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Database Database => test.Database;

    public LiveViews Views { get; }

    public FakeClock Clock { get; } = new(Some.Time);

    public AttemptThrottle Throttle { get; }

    public LastUse Uses { get; }

    public MailboxSignIn SignIn { get; }

    public MailboxNotices Notices { get; }

    public MailboxDesk Desk { get; }

    public MailboxId Kim { get; private set; }

    public static async Task<MailboxFixture> OpenAsync(Dialect dialect = Dialect.Sqlite)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            await new CustomerStore(db).PutContactsAsync([Some.Contact with { Role = ContactRole.Owner }], Stop);
        }, Stop);
        var provider = new Provider
        {
            Name = "Example Internet",
            Domains = ["provider.example", "mail.example"],
            HostName = "mx.provider.example",
            BaseUrl = "https://mail.provider.example",
            SupportTelephone = "+1 555 0100",
            Networks = [],
            NeverBlock = [],
        };
        var it = new MailboxFixture(test, await LiveViews.LoadAsync(test.Database, Stop), provider);
        it.Kim = await it.AddAsync(Address);
        return it;
    }

    public async Task<MailboxId> AddAsync(string address) =>
        Assert.IsType<MailboxResult.Done>(await Desk.AddAsync(address, Some.Customer.Id, Password, Stop)).Id;

    public async Task<MailboxSignInResult> VerifyAsync(string user, string password, Protocols.Net.Address? client = null) =>
        await SignIn.VerifyAsync(user, password, client ?? AccountsFixture.Here, Stop);

    public async Task<MailboxRow> RowAsync() => (await Database.ReadAsync(db => new MailboxStore(db).FindAsync(Kim, Stop), Stop))!;

    public Task<IReadOnlyList<StorageChargeRow>> ChargesAsync() =>
        Database.ReadAsync(db => new StorageChargeStore(db).OfCustomerAsync(Some.Customer.Id, 1000, Stop), Stop);

    /// <summary>Messages handed over for sending since the last look.</summary>
    public async Task<IReadOnlyList<DueOutbound>> SentAsync() =>
        await Database.WriteAsync(db => db.TakeOutboundAsync(Clock.GetCurrentInstant()), Stop);

    /// <summary>Lets a clerk work until it has nothing left to do, twice, as after a restart.</summary>
    public static async Task WorkAsync(Func<IClerk> make)
    {
        for (var run = 0; run < 2; run++)
        {
            var clerk = make();
            while (await clerk.WorkAsync(Stop) > 0)
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Views.Dispose();
        hashing.Dispose();
        await test.DisposeAsync();
    }
}
