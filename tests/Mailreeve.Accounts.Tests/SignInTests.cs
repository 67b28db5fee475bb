using System.Text;
using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;
using NodaTime;
using OtpNet;

namespace Mailreeve.Accounts.Tests;

public sealed class SignInTests : IAsyncDisposable
{
    private const string Number = "100-0000-4";
    private const string Password = "correct horse battery";

    private readonly AccountsFixture it = new();
    private readonly PasswordHashing hashing = new(iterations: 1000);
    private readonly AttemptThrottle throttle;

    public SignInTests() => throttle = new AttemptThrottle(it.Clock);

    [Fact]
    public async Task A_customer_signs_in_with_number_and_password()
    {
        await AddCustomerAsync();
        var signIn = new CustomerSignIn(it.Database, hashing, throttle);

        Assert.IsType<CustomerSignInResult.Accepted>(await signIn.VerifyAsync("100 00004", Password, AccountsFixture.Here, AccountsFixture.Stop));
        Assert.IsType<CustomerSignInResult.Refused>(await signIn.VerifyAsync(Number, Password + "!", AccountsFixture.Here, AccountsFixture.Stop));
        Assert.IsType<CustomerSignInResult.Refused>(await signIn.VerifyAsync("100-0001-2", Password, AccountsFixture.Here, AccountsFixture.Stop));
        Assert.IsType<CustomerSignInResult.Mistyped>(await signIn.VerifyAsync("100-0000-5", Password, AccountsFixture.Here, AccountsFixture.Stop));
    }

    [Fact]
    public async Task A_stranger_is_slowed_down_and_the_customer_still_gets_in_from_elsewhere()
    {
        await AddCustomerAsync();
        var signIn = new CustomerSignIn(it.Database, hashing, throttle);
        for (var i = 0; i < AttemptThrottle.FreePerAccount; i++)
            await signIn.VerifyAsync(Number, "guess", AccountsFixture.Here, AccountsFixture.Stop);

        var stranger = await signIn.VerifyAsync(Number, Password, AccountsFixture.Here, AccountsFixture.Stop);
        var customer = await signIn.VerifyAsync(Number, Password, AccountsFixture.Elsewhere, AccountsFixture.Stop);

        Assert.IsType<CustomerSignInResult.Accepted>(customer);
        it.Clock.Advance(Assert.IsType<CustomerSignInResult.TooManyAttempts>(stranger).Wait);
        Assert.IsType<CustomerSignInResult.Accepted>(await signIn.VerifyAsync(Number, Password, AccountsFixture.Here, AccountsFixture.Stop));
    }

    [Fact]
    public async Task A_hash_with_old_parameters_is_made_anew_at_sign_in()
    {
        var id = await AddCustomerAsync();
        using var stronger = new PasswordHashing(iterations: 2000);
        var signIn = new CustomerSignIn(it.Database, stronger, throttle);

        await signIn.VerifyAsync(Number, Password, AccountsFixture.Here, AccountsFixture.Stop);

        var hash = await it.Database.ReadAsync(db => new CustomerStore(db).PasswordHashOfAsync(id, AccountsFixture.Stop), AccountsFixture.Stop);
        Assert.StartsWith("pbkdf2-sha256$2000$", hash, StringComparison.Ordinal);
        Assert.Equal(PasswordCheck.Right, await stronger.CheckAsync(Password, hash, AccountsFixture.Stop));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("md5$1$AA==$AA==")]
    [InlineData("pbkdf2-sha256$1000$AAAAAAAAAAAAAAAAAAAAAA==$AAAA")]
    public async Task What_is_no_hash_lets_nobody_in(string? hash) =>
        Assert.Equal(PasswordCheck.Wrong, await hashing.CheckAsync("", hash, AccountsFixture.Stop));

    [Fact]
    public void The_throttle_keeps_a_bounded_number_of_entries()
    {
        for (var i = 0; i < AttemptThrottle.EntriesMax + 100; i++)
            throttle.Begin(new Mailreeve.Protocols.Net.Address(((UInt128)0x20010db8 << 96) + ((UInt128)(uint)i << 64)), "customer 100-0000-4");

        Assert.Equal(2 * AttemptThrottle.EntriesMax, throttle.Count);
    }

    [Fact]
    public void A_good_account_does_not_wash_away_what_the_network_tried_on_others()
    {
        var refused = 0;
        for (var i = 0; i < 200; i++)
        {
            if (throttle.Begin(AccountsFixture.Here, $"victim {i}") > Duration.Zero)
                refused++;
            if (throttle.Begin(AccountsFixture.Here, "mine") == Duration.Zero)
                throttle.Succeeded(AccountsFixture.Here, "mine");
        }

        Assert.InRange(refused, 165, 199);
    }

    [Fact]
    public async Task An_operator_enrols_an_app_and_a_code_is_good_once()
    {
        var output = new StringWriter();
        Assert.Equal(0, await OperatorAddCommand.RunAsync(
            it.Database, "maria", OperatorRole.AbuseDesk, Password, hashing, it.Clock, output, AccountsFixture.Stop));
        var signIn = new OperatorSignIn(it.Database, hashing, throttle, it.Clock, "Example Net");

        var enrol = Assert.IsType<OperatorSignInResult.MustEnrol>(await VerifyAsync(signIn, ""));
        Assert.StartsWith("otpauth://totp/Example%20Net:maria?secret=", enrol.Uri, StringComparison.Ordinal);
        Assert.DoesNotContain(enrol.Secret, enrol.ToString(), StringComparison.Ordinal);
        Assert.IsType<OperatorSignInResult.Refused>(
            await signIn.EnrolAsync("maria", Password, enrol.Secret, "000000", AccountsFixture.Here, AccountsFixture.Stop));
        Assert.IsType<OperatorSignInResult.Accepted>(
            await signIn.EnrolAsync("maria", Password, enrol.Secret, Code(enrol), AccountsFixture.Here, AccountsFixture.Stop));
        Assert.IsType<OperatorSignInResult.Refused>(await VerifyAsync(signIn, Code(enrol)));

        it.Clock.AdvanceSeconds(60);
        var early = Code(enrol, -30);
        Assert.IsType<OperatorSignInResult.Accepted>(await VerifyAsync(signIn, early));
        Assert.IsType<OperatorSignInResult.Refused>(await VerifyAsync(signIn, early));
        Assert.IsType<OperatorSignInResult.Accepted>(await VerifyAsync(signIn, Code(enrol)));

        Assert.Equal(0, await OperatorDisableCommand.RunAsync(it.Database, "maria", it.Clock, output, AccountsFixture.Stop));
        it.Clock.AdvanceSeconds(60);
        Assert.IsType<OperatorSignInResult.Refused>(await VerifyAsync(signIn, Code(enrol)));
    }

    [Fact]
    public async Task A_forgotten_number_goes_to_the_contact_once_an_hour_and_the_answer_is_always_the_same()
    {
        var id = await AddCustomerAsync();
        await it.Database.WriteAsync(db => new CustomerStore(db).PutContactsAsync(
            [new Contact { Id = 0, Customer = id, Channel = ContactChannel.Email, Address = "Owner@alder.example", Role = ContactRole.Owner, Position = 0 }],
            AccountsFixture.Stop), AccountsFixture.Stop);
        var written = 0;
        var forgotten = new ForgottenNumber(it.Database, throttle, it.Clock, (_, customers) =>
        {
            written++;
            return new NumberMail("", Encoding.ASCII.GetBytes($"Your number: {customers[0].RegNumber}\r\n"));
        });

        foreach (var address in new[] { "owner@alder.example", "owner@alder.example", "stranger@elsewhere.example" })
            Assert.IsType<ForgottenNumberAnswer.Taken>(await forgotten.AskAsync(address, AccountsFixture.Here, AccountsFixture.Stop));

        Assert.Equal(3, written);
        var due = Assert.Single(await DueAsync());
        Assert.Equal((OutboundPurpose.RegistrationNumber, id.Value), (due.Purpose, due.SubjectId));
        Assert.Equal("Your number: 100-0000-4\r\n", Encoding.ASCII.GetString(due.Message!));

        it.Clock.AdvanceHours(1);
        await forgotten.AskAsync("owner@alder.example", AccountsFixture.Here, AccountsFixture.Stop);
        Assert.Single(await DueAsync());
        Assert.IsType<ForgottenNumberAnswer.NotAnAddress>(await forgotten.AskAsync("owner", AccountsFixture.Here, AccountsFixture.Stop));
    }

    public async ValueTask DisposeAsync()
    {
        hashing.Dispose();
        await it.DisposeAsync();
    }

    private static Task<OperatorSignInResult> VerifyAsync(OperatorSignIn signIn, string code) =>
        signIn.VerifyAsync("maria", Password, code, AccountsFixture.Here, AccountsFixture.Stop);

    private string Code(OperatorSignInResult.MustEnrol enrol, int offsetSeconds = 0) =>
        new Totp(Base32Encoding.ToBytes(enrol.Secret)).ComputeTotp(it.Clock.GetCurrentInstant().ToDateTimeUtc().AddSeconds(offsetSeconds));

    private Task<IReadOnlyList<DueOutbound>> DueAsync() =>
        it.Database.WriteAsync(db => db.TakeOutboundAsync(it.Clock.GetCurrentInstant()), AccountsFixture.Stop);

    private async Task<Mailreeve.Policy.CustomerId> AddCustomerAsync()
    {
        var customer = new CustomerFact
        {
            Id = new(1),
            RegNumber = Number,
            Name = "Alder",
            State = CustomerState.Suspended,
            TimeZone = "Etc/UTC",
        };
        await it.Database.WriteAsync(db => new CustomerStore(db).AddAsync([customer], it.Clock.GetCurrentInstant(), AccountsFixture.Stop), AccountsFixture.Stop);
        Assert.Equal(0, await CustomerPasswordCommand.RunAsync(it.Database, Number, Password, hashing, TextWriter.Null, AccountsFixture.Stop));
        return customer.Id;
    }
}
