using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Accounts.Tests.Mailboxes;

public sealed class MailboxSignInTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kim@provider.example")]
    [InlineData("KIM@Provider.Example")]
    [InlineData("kimberley@mail.example")] // an alias
    [InlineData("kim")] // of the provider's own domains
    [InlineData("kimberley")]
    public async Task A_user_signs_in_under_each_name_of_the_mailbox(string user)
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.Desk.AddAliasAsync(it.Kim, "kimberley@mail.example", Stop);

        Assert.Equal(new MailboxSignInResult.Accepted(it.Kim, MailboxFixture.Address), await it.VerifyAsync(user, MailboxFixture.Password));
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync(user, MailboxFixture.Password + "!"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("kim@")]
    [InlineData("lee")]
    [InlineData("kim@elsewhere.example")]
    [InlineData("sam")] // one in each of the provider's domains: nobody in particular
    public async Task Other_names_are_refused_like_a_wrong_password(string user)
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.AddAsync("sam@provider.example");
        await it.AddAsync("sam@mail.example");

        Assert.Equal(new MailboxSignInResult.Refused(), await it.VerifyAsync(user, MailboxFixture.Password));
        Assert.Equal(new MailboxSignInResult.Refused(), await it.VerifyAsync(user, ""));
        Assert.Equal(new MailboxSignInResult.Refused(), await it.VerifyAsync(user, new string('x', 100_000)));
    }

    [Fact]
    public async Task A_password_that_was_right_is_remembered_without_the_database()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.VerifyAsync("kim", MailboxFixture.Password);
        await it.Database.WriteAsync(db => db.ExecuteAsync("UPDATE mailbox SET password_hash = NULL", null, Stop), Stop); // unseen by the view

        it.Clock.AdvanceMinutes(14);
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));
        it.Clock.AdvanceMinutes(1);
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Fact]
    public async Task A_changed_password_is_the_only_one_at_once()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.VerifyAsync("kim", MailboxFixture.Password);

        await it.Desk.SetPasswordAsync(it.Kim, "a new one, longer", Stop);

        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", MailboxFixture.Password));
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", "a new one, longer"));
        // Back to the first one, which was wrong a moment ago.
        await it.Desk.SetPasswordAsync(it.Kim, MailboxFixture.Password, Stop);
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Fact]
    public async Task An_app_password_works_until_it_is_revoked_however_it_is_typed()
    {
        await using var it = await MailboxFixture.OpenAsync();
        var made = Assert.IsType<MailboxResult.Made>(await it.Desk.AddAppPasswordAsync(it.Kim, "Telephone", Stop)).Password;

        foreach (var typed in new[] { made, made.Replace('-', ' '), made.Replace("-", "", StringComparison.Ordinal), made.ToUpperInvariant() })
            Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", typed));
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", made[..^1]));
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));

        var row = Assert.Single(await it.Database.ReadAsync(db => new AppPasswordStore(db).OfAsync(it.Kim, Stop), Stop));
        Assert.IsType<MailboxResult.Done>(await it.Desk.RevokeAppPasswordAsync(it.Kim, row.Id, Stop));
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", made));
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Fact]
    public async Task An_app_password_opens_its_own_mailbox_only()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.AddAsync("lee@provider.example");
        var made = Assert.IsType<MailboxResult.Made>(await it.Desk.AddAppPasswordAsync(it.Kim, "Telephone", Stop)).Password;
        await it.VerifyAsync("kim", made);

        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("lee", made));
    }

    [Fact]
    public async Task Only_the_right_password_learns_that_a_mailbox_is_suspended()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.VerifyAsync("kim", MailboxFixture.Password);
        await it.Desk.ActAsync(it.Kim, MailboxAct.Suspend, Policy.Actor.Policy, Stop);

        Assert.IsType<MailboxSignInResult.Suspended>(await it.VerifyAsync("kim", MailboxFixture.Password)); // remembered
        Assert.IsType<MailboxSignInResult.Suspended>(await it.VerifyAsync("kim", MailboxFixture.Password, AccountsFixture.Elsewhere));
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", "something else"));
        await it.Desk.ActAsync(it.Kim, MailboxAct.End, Policy.Actor.Policy, Stop);
        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Theory]
    [InlineData(CustomerState.Suspended, typeof(MailboxSignInResult.Suspended))]
    [InlineData(CustomerState.Closed, typeof(MailboxSignInResult.Refused))]
    public async Task A_mailbox_shares_the_lot_of_its_customer(CustomerState state, Type result)
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.Database.WriteAsync(db => new CustomerStore(db).UpdateAsync([Some.Customer with { State = state }], Stop), Stop);

        Assert.IsType(result, await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Fact]
    public async Task Signing_in_opens_an_inactive_mailbox_again()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.Database.WriteAsync(db => new MailboxStore(db).CloseIdleAsync(it.Kim, Some.Time, it.Clock.GetCurrentInstant(), Stop), Stop);
        it.Clock.AdvanceDays(3);

        Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", "something else"));
        Assert.Equal(MailboxState.Inactive, it.Views.Mailboxes.Find(it.Kim)!.State);
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));

        var row = await it.RowAsync();
        Assert.Equal(MailboxState.Active, row.State);
        Assert.True(row.LastUsedAt > it.Clock.GetCurrentInstant() - Duration.FromHours(1));
        Assert.Equal(MailboxState.Active, it.Views.Mailboxes.Find(it.Kim)!.State);
    }

    [Fact]
    public async Task A_stranger_is_slowed_down_and_the_user_still_gets_in_from_elsewhere()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.VerifyAsync("kim", MailboxFixture.Password); // remembered: the stranger must not find it out by that either
        for (var i = 0; i < AttemptThrottle.FreePerAccount; i++)
            await it.VerifyAsync(i % 2 == 0 ? "kim" : "kim@provider.example", $"guess {i}");

        var stranger = await it.VerifyAsync("kim", MailboxFixture.Password);

        Assert.IsType<MailboxSignInResult.TooManyAttempts>(stranger);
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password, AccountsFixture.Elsewhere));
    }

    [Fact]
    public async Task An_old_telephone_does_not_lock_its_house_out()
    {
        await using var it = await MailboxFixture.OpenAsync();

        for (var i = 0; i < 500; i++)
        {
            Assert.IsType<MailboxSignInResult.Refused>(await it.VerifyAsync("kim", "last year's password"));
            it.Clock.AdvanceSeconds(5);
        }

        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("kim", MailboxFixture.Password));
    }

    [Fact]
    public async Task A_program_that_opens_many_connections_at_once_makes_one_attempt()
    {
        await using var it = await MailboxFixture.OpenAsync();

        var wrong = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => it.VerifyAsync("kim", "last year's password")));
        var right = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => it.VerifyAsync("kim", MailboxFixture.Password)));

        Assert.All(wrong, r => Assert.IsType<MailboxSignInResult.Refused>(r));
        Assert.All(right, r => Assert.IsType<MailboxSignInResult.Accepted>(r));
    }

    [Fact]
    public async Task Who_waits_for_an_attempt_that_is_given_up_tries_for_itself()
    {
        await using var it = await MailboxFixture.OpenAsync();
        using var hangsUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var first = it.SignIn.VerifyAsync("kim", MailboxFixture.Password, AccountsFixture.Here, hangsUp.Token).AsTask();
        var second = it.VerifyAsync("kim", MailboxFixture.Password);
        await hangsUp.CancelAsync();

        Assert.IsType<MailboxSignInResult.Accepted>(await second);
        await Task.WhenAny(first);
    }

    [Fact]
    public async Task Someone_who_tries_one_password_on_many_mailboxes_is_slowed_down()
    {
        await using var it = await MailboxFixture.OpenAsync();
        MailboxSignInResult last = new MailboxSignInResult.Refused();
        for (var i = 0; i <= AttemptThrottle.FreePerNetwork; i++)
            last = await it.VerifyAsync($"nobody{i}", "password123456");

        Assert.IsType<MailboxSignInResult.TooManyAttempts>(last);
    }

    [Fact]
    public async Task A_use_is_written_by_the_clerk_once_an_hour()
    {
        await using var it = await MailboxFixture.OpenAsync();
        var clerk = new LastUseClerk(it.Database, it.Uses);
        it.Clock.AdvanceDays(2);

        await it.VerifyAsync("kim", MailboxFixture.Password);
        Assert.Equal(Some.Time, (await it.RowAsync()).LastUsedAt);
        Assert.Equal(1, await clerk.WorkAsync(Stop));
        Assert.Equal(Instant.FromUtc(2026, 3, 4, 10, 0), (await it.RowAsync()).LastUsedAt);
        it.Clock.AdvanceMinutes(20);
        await it.VerifyAsync("kim", MailboxFixture.Password);
        Assert.Equal(0, await clerk.WorkAsync(Stop));
        it.Clock.AdvanceMinutes(40);
        await it.VerifyAsync("kim", MailboxFixture.Password);
        Assert.Equal(1, await clerk.WorkAsync(Stop));
        Assert.Equal(Instant.FromUtc(2026, 3, 4, 11, 0), (await it.RowAsync()).LastUsedAt);
    }

    [Fact]
    public async Task A_hash_with_old_parameters_is_made_anew_at_sign_in()
    {
        await using var it = await MailboxFixture.OpenAsync();
        using var stronger = new PasswordHashing(iterations: 2000);
        var signIn = new MailboxSignIn(it.Database, it.Views, stronger, it.Throttle, it.Uses, ["provider.example"], it.Clock);

        Assert.IsType<MailboxSignInResult.Accepted>(await signIn.VerifyAsync("kim", MailboxFixture.Password, AccountsFixture.Here, Stop));

        var credentials = await it.Database.ReadAsync(db => new MailboxStore(db).CredentialsOfAsync(it.Kim, Stop), Stop);
        Assert.StartsWith("pbkdf2-sha256$2000$", credentials!.PasswordHash, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_remembered_is_bounded()
    {
        var digests = new RecentDigests(Duration.FromMinutes(15), 1000);
        for (var i = 0; i < 10_000; i++)
            digests.Add((UInt128)i, Some.Time);

        Assert.InRange(digests.Count, 500, 1000);
        Assert.True(digests.Contains(9_999, Some.Time));
        Assert.False(digests.Contains(0, Some.Time));
        await Task.CompletedTask;
    }
}
