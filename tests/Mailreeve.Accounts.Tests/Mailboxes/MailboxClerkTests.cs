using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Accounts.Tests.Mailboxes;

/// <summary>Clause C9 as time goes by: warnings, closing, charges; each once, also when the program ends in the middle and starts again.</summary>
public sealed class MailboxClerkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_unused_mailbox_is_warned_of_at_two_dates_and_closed_after_sixty_days(Dialect dialect)
    {
        await using var it = await MailboxFixture.OpenAsync(dialect);
        await it.Desk.SetStepsAsync(it.Kim, 2, Actor.Policy, Stop);
        var told = new List<(int Day, string Subject)>();

        for (var day = 1; day <= 70; day++)
        {
            it.Clock.AdvanceDays(1);
            await MailboxFixture.WorkAsync(() => new InactivityClerk(it.Database, it.Notices, it.Uses, it.Clock));
            told.AddRange((await it.SentAsync()).Select(m => (day, SubjectOf(m))));
            Assert.Equal(day < 60 ? MailboxState.Active : MailboxState.Inactive, it.Views.Mailboxes.Find(it.Kim)!.State);
        }

        Assert.Equal([46, 57, 60], told.Select(t => t.Day));
        Assert.Equal("The mailbox kim@provider.example is closed", told[2].Subject);
        Assert.All(told.Take(2), t => Assert.Equal("Nobody uses the mailbox kim@provider.example: it will be closed on 2026-05-01 10:15 UTC", t.Subject));
        Assert.Equal(0, (await it.RowAsync()).ExtraSteps);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Nobody_is_closed_out_without_a_warning_when_the_program_did_not_run(Dialect dialect)
    {
        await using var it = await MailboxFixture.OpenAsync(dialect);
        InactivityClerk Clerk() => new(it.Database, it.Notices, it.Uses, it.Clock);
        it.Clock.AdvanceDays(60);

        await MailboxFixture.WorkAsync(Clerk);
        Assert.Contains("2026-05-04", SubjectOf(Assert.Single(await it.SentAsync())), StringComparison.Ordinal);
        Assert.Equal(MailboxState.Active, (await it.RowAsync()).State);
        it.Clock.AdvanceDays(3);
        await MailboxFixture.WorkAsync(Clerk);
        Assert.Equal(MailboxState.Inactive, (await it.RowAsync()).State);
    }

    [Fact]
    public async Task Who_signs_in_after_a_warning_begins_anew()
    {
        await using var it = await MailboxFixture.OpenAsync();
        InactivityClerk Clerk() => new(it.Database, it.Notices, it.Uses, it.Clock);
        it.Clock.AdvanceDays(58);
        await MailboxFixture.WorkAsync(Clerk);
        Assert.Equal(2, (await it.RowAsync()).IdleWarnings);

        await it.VerifyAsync("kim", MailboxFixture.Password);
        it.Clock.AdvanceDays(5);
        await MailboxFixture.WorkAsync(Clerk); // before the use is written
        Assert.Equal(MailboxState.Active, (await it.RowAsync()).State);
        await new LastUseClerk(it.Database, it.Uses).WorkAsync(Stop);
        await MailboxFixture.WorkAsync(Clerk);

        var row = await it.RowAsync();
        Assert.Equal((MailboxState.Active, 0L, (Instant?)null), (row.State, row.IdleWarnings, row.IdleWarnedAt));
    }

    [Fact]
    public async Task A_warning_goes_to_the_owner_and_names_the_clause()
    {
        await using var it = await MailboxFixture.OpenAsync();
        it.Clock.AdvanceDays(46);

        await MailboxFixture.WorkAsync(() => new InactivityClerk(it.Database, it.Notices, it.Uses, it.Clock));

        var message = Assert.Single(await it.SentAsync());
        Assert.Equal((OutboundPurpose.Mailbox, it.Kim.Value, "admin@alder.example", ""), (message.Purpose, message.SubjectId, message.Recipient, message.EnvelopeFrom));
        var text = Read(message).TextBody!.ReplaceLineEndings(" ");
        Assert.Contains("Clause C9 of our policy, \"Mailboxes\"", text, StringComparison.Ordinal);
        Assert.Contains($"https://mail.provider.example/portal/mailboxes/{it.Kim}", text, StringComparison.Ordinal);
        Assert.Contains("since 2 March 2026", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Storage_is_charged_once_for_each_month_when_the_month_is_over(Dialect dialect)
    {
        await using var it = await MailboxFixture.OpenAsync(dialect);
        StorageChargeClerk Clerk() => new(it.Database, ShippedPolicy.Policy, it.Clock);
        await it.Desk.SetStepsAsync(it.Kim, 2, Actor.Customer(Some.Customer.RegNumber), Stop); // 2 March

        it.Clock.AdvanceDays(28); // 30 March
        await MailboxFixture.WorkAsync(Clerk);
        Assert.Empty(await it.ChargesAsync());

        it.Clock.AdvanceDays(2); // 1 April: thirty days later
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MailboxFixture.WorkAsync(Clerk)));
        var march = Assert.Single(await it.ChargesAsync());
        Assert.Equal(("2026-03", 2L, new Money(10_00, "USD"), new ClauseId("C9"), "20020201"), (march.Month, march.Steps, march.Amount, march.Clause, march.PolicyRevision));

        await it.Desk.SetStepsAsync(it.Kim, 5, Actor.Policy, Stop);
        await it.Desk.SetStepsAsync(it.Kim, 0, Actor.Policy, Stop); // the same day: April counts with five
        it.Clock.AdvanceDays(30); // 1 May: sixty days later
        await MailboxFixture.WorkAsync(Clerk);
        it.Clock.AdvanceDays(60);
        await MailboxFixture.WorkAsync(Clerk);

        Assert.Equal([("2026-04", 5L), ("2026-03", 2L)], (await it.ChargesAsync()).Select(c => (c.Month, c.Steps)));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Months_in_which_the_program_did_not_run_are_charged_after(Dialect dialect)
    {
        await using var it = await MailboxFixture.OpenAsync(dialect);
        await it.Desk.SetStepsAsync(it.Kim, 1, Actor.Policy, Stop);
        it.Clock.AdvanceDays(100); // 10 June

        // The program ends after the rows were written and before the month was noted: the transaction is undone as a whole.
        var kim = (await it.RowAsync()).Id;
        await Assert.ThrowsAsync<IOException>(() => it.Database.WriteAsync(async db =>
        {
            await new StorageChargeStore(db).ChargedThroughAsync(kim, new YearMonth(2026, 5), Stop);
            throw new IOException("The power failed.");
        }, Stop));
        await MailboxFixture.WorkAsync(() => new StorageChargeClerk(it.Database, ShippedPolicy.Policy, it.Clock));

        Assert.Equal(["2026-05", "2026-04", "2026-03"], (await it.ChargesAsync()).Select(c => c.Month));
    }

    [Fact]
    public async Task A_closed_or_ended_mailbox_costs_nothing_from_the_next_month_on()
    {
        await using var it = await MailboxFixture.OpenAsync();
        await it.Desk.SetStepsAsync(it.Kim, 1, Actor.Policy, Stop);
        it.Clock.AdvanceDays(5);
        await it.Desk.ActAsync(it.Kim, MailboxAct.End, Actor.Policy, Stop);

        it.Clock.AdvanceDays(100);
        await MailboxFixture.WorkAsync(() => new StorageChargeClerk(it.Database, ShippedPolicy.Policy, it.Clock));

        Assert.Equal("2026-03", Assert.Single(await it.ChargesAsync()).Month);
        Assert.IsType<MailboxResult.Refused>(await it.Desk.SetStepsAsync(it.Kim, 1, Actor.Policy, Stop));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task The_user_is_told_once_at_80_90_and_100_per_cent(Dialect dialect)
    {
        await using var it = await MailboxFixture.OpenAsync(dialect);
        var fill = new MailboxFill();
        var clerk = new FillClerk(it.Database, it.Views, it.Notices, fill, it.Clock);
        var told = new List<(long Megabytes, string To, string Subject)>();

        foreach (var megabytes in new long[] { 10, 19, 20, 21, 23, 25, 26, 25, 5, 20 })
        {
            fill.Note(it.Kim, megabytes * 1_000_000);
            if (megabytes == 23)
                clerk = new FillClerk(it.Database, it.Views, it.Notices, fill, it.Clock); // the program was started anew
            while (await clerk.WorkAsync(Stop) > 0)
            {
            }

            told.AddRange((await it.SentAsync()).Select(m => (megabytes, m.Recipient, SubjectOf(m))));
        }

        Assert.Equal([20, 20, 23, 23, 25, 20, 20], told.Select(t => t.Megabytes));
        Assert.Equal(["admin@alder.example", "kim@provider.example"], told.Take(2).Select(t => t.To));
        // A full mailbox could not take its own warning.
        Assert.Equal((25, "admin@alder.example", "The mailbox kim@provider.example is 100 % full"), told[4]);
    }

    private static string SubjectOf(DueOutbound message) => Read(message).Subject!;

    private static MimeKit.MimeMessage Read(DueOutbound message) => MimeKit.MimeMessage.Load(new MemoryStream(message.Message!), Stop);
}
