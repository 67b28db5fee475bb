using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class NoticeTests
{
    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_clock_starts_when_the_notice_was_accepted_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();
        await desk.WaitAsync(Duration.FromHours(5));

        await desk.DeliverAsync(OutboundState.Accepted);

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.AwaitingAnswer, desk.Now + Duration.FromHours(24)), (file.Case.Phase, file.Case.Due));
        Assert.Equal((NoticeState.Accepted, desk.Now), (file.Notices[0].State, file.Notices[0].FinishedAt));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_clock_counts_from_the_acceptance_and_not_from_when_we_hear_of_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();
        var accepted = desk.Now;
        await desk.Db.WriteAsync(async db =>
        {
            var due = Assert.Single(await db.TakeOutboundAsync(accepted), d => d.Purpose == OutboundPurpose.Notice);
            await db.EndOutboundAsync(due.Id, OutboundState.Accepted, "250 OK", accepted);
        }, TestContext.Current.CancellationToken);

        await desk.WaitAsync(Duration.FromMinutes(10));

        Assert.Equal(accepted + Duration.FromHours(24), (await desk.OnlyCaseAsync()).Case.Due);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_contact_that_fails_is_followed_by_the_next_one_D1(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();

        await desk.DeliverAsync(OutboundState.Failed);

        var file = await desk.OnlyCaseAsync();
        Assert.Equal([(NoticeState.Failed, 1), (NoticeState.HandedOver, 2)], file.Notices.Select(n => (n.State, n.Attempt)));
        Assert.Equal("owner@alder.example", Assert.Single(await desk.LettersAsync()).Recipient);
        Assert.Equal((CasePhase.Notifying, null), (file.Case.Phase, file.Case.Due));
        await desk.DeliverAsync(OutboundState.Accepted);
        Assert.Equal(desk.Now + Duration.FromHours(24), (await desk.OnlyCaseAsync()).Case.Due);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task When_nobody_can_be_reached_a_person_is_asked_and_no_clock_runs_D1(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();

        await desk.DeliverAsync(OutboundState.Failed);
        await desk.DeliverAsync(OutboundState.Failed);

        // The contact for invoices is never told of complaints.
        Assert.Empty(await desk.LettersAsync());
        var file = await desk.OnlyCaseAsync();
        Assert.Equal([NoticeState.Failed, NoticeState.Failed, NoticeState.NoContact], file.Notices.Select(n => n.State));
        Assert.Equal((CasePhase.Notifying, null), (file.Case.Phase, file.Case.Due));
        var asked = Assert.Single(file.Decisions);
        Assert.Equal(("undeliverable#notify", DecisionState.Asked), (asked.Step, asked.State));
        await desk.WaitAsync(Duration.FromDays(9));
        Assert.Empty((await desk.OnlyCaseAsync()).Blocks);

        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "Told them by telephone.", TestContext.Current.CancellationToken));

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.AwaitingAnswer, desk.Now + Duration.FromHours(24)), (file.Case.Phase, file.Case.Due));
        await desk.WaitAsync(Duration.FromHours(24));
        Assert.Single((await desk.OnlyCaseAsync()).Blocks);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_notice_that_comes_back_stops_the_clock_until_the_next_contact_has_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.WaitAsync(Duration.FromHours(20));

        await desk.BounceAsync(file.Notices[0]);

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Notifying, null), (file.Case.Phase, file.Case.Due));
        Assert.Equal([NoticeState.Returned, NoticeState.HandedOver], file.Notices.Select(n => n.State));
        Assert.Equal("owner@alder.example", Assert.Single(await desk.LettersAsync()).Recipient);
        await desk.WaitAsync(Duration.FromHours(10));
        Assert.Empty((await desk.OnlyCaseAsync()).Blocks);
        await desk.DeliverAsync(OutboundState.Accepted);
        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.AwaitingAnswer, desk.Now + Duration.FromHours(24)), (file.Case.Phase, file.Case.Due));
        await desk.WaitAsync(Duration.FromHours(24));
        Assert.Single((await desk.OnlyCaseAsync()).Blocks);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_notice_that_comes_back_after_more_time_was_given_stops_the_clock_too(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.DoneAsync(desk.People.ExtendAsync(
            file.Case.Id, TestDesk.Olga, desk.Now + Duration.FromHours(48), "Holiday.", TestContext.Current.CancellationToken));

        await desk.BounceAsync(file.Notices[0]);

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Notifying, null), (file.Case.Phase, file.Case.Due));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_clock_that_starts_anew_after_a_late_bounce_ends_anew(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        // An address that is never blocked: at the end of the time there is a question instead of a block.
        var file = await desk.NotifiedCaseAsync("192.0.2.65");
        await desk.WaitAsync(Duration.FromHours(24));
        await AddContactAsync(desk);
        await desk.BounceAsync(file.Notices[0]);
        await desk.DeliverAsync(OutboundState.Accepted);

        await desk.WaitAsync(Duration.FromHours(24));

        file = await desk.OnlyCaseAsync();
        Assert.Equal(2, file.Events.Count(e => e.Happened is CaseEvent.DeadlinePassed));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_notice_that_asks_for_nothing_may_come_back_without_stopping_the_clock(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.WaitAsync(Duration.FromHours(24));
        await desk.DoneAsync(desk.People.LiftAsync(
            file.Case.Id, (await desk.OnlyCaseAsync()).Blocks[0].Id, TestDesk.Olga, "They called.", TestContext.Current.CancellationToken));
        await desk.DeliverAsync(OutboundState.Accepted);
        var before = (await desk.OnlyCaseAsync()).Case;
        var lifted = (await desk.OnlyCaseAsync()).Notices.Single(n => n.Template == "lifted");

        await desk.BounceAsync(lifted);

        var after = (await desk.OnlyCaseAsync()).Case;
        Assert.Equal((before.Phase, before.Due), (after.Phase, after.Due));
        Assert.Equal("owner@alder.example", Assert.Single(await desk.LettersAsync()).Recipient);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_lesser_notice_that_reaches_nobody_does_not_set_the_clock(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.NotifiedCaseAsync();
        await desk.WaitAsync(Duration.FromHours(24));
        await desk.DeliverAsync(OutboundState.Failed);
        await desk.DeliverAsync(OutboundState.Failed);

        var file = await desk.OnlyCaseAsync();
        Assert.Contains(file.Events, e => e.Happened is CaseEvent.NoticeUndeliverable { Step: "block-unanswered#0/notice" });
        Assert.Empty(file.Decisions);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_notice_in_doubt_is_followed_by_one_that_says_so_and_no_step_is_told_twice(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();
        await desk.DeliverAsync(OutboundState.InDoubt);
        await desk.DeliverAsync(OutboundState.InDoubt);

        var file = await desk.OnlyCaseAsync();
        Assert.Equal(["notify", "notify/repeat", "notify/repeat/repeat"], file.Notices.Select(n => n.Step));
        Assert.Equal(["complaint", "repeat", "repeat"], file.Notices.Select(n => n.Template));
        Assert.Equal((CasePhase.Notifying, null), (file.Case.Phase, file.Case.Due));
        await desk.DeliverAsync(OutboundState.Accepted);
        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.AwaitingAnswer, desk.Now + Duration.FromHours(24)), (file.Case.Phase, file.Case.Due));
        Assert.All(file.Notices, n => Assert.Equal(1, n.Attempt));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_customer_hears_of_the_end_even_when_the_first_contact_is_dead(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(file.Case.Id, TestDesk.Olga, "A mistake of the reporter.", TestContext.Current.CancellationToken));
        await desk.DeliverAsync(OutboundState.Failed);

        var letter = Assert.Single(await desk.LettersAsync());

        Assert.Equal("owner@alder.example", letter.Recipient);
        Assert.Equal(CasePhase.Closed, (await desk.OnlyCaseAsync()).Case.Phase);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_deadline_in_the_notice_stands_in_the_customers_own_time(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.CaseAsync();

        var letter = Assert.Single(await desk.LettersAsync());

        Assert.Contains("Europe/Vienna", System.Text.RegularExpressions.Regex.Replace(letter.Text, "=\r\n", ""), StringComparison.Ordinal);
        Assert.EndsWith("@provider.example", letter.EnvelopeFrom, StringComparison.Ordinal);
    });

    private static Task AddContactAsync(TestDesk desk) => desk.Db.WriteAsync(
        db => new Storage.Accounts.CustomerStore(db).PutContactsAsync(
            [
                new Policy.Accounts.Contact
                {
                    Id = 0,
                    Customer = TestDesk.Dogwood,
                    Channel = Policy.Accounts.ContactChannel.Email,
                    Address = "owner@dogwood.example",
                    Role = Policy.Accounts.ContactRole.Owner,
                    Position = 0,
                },
            ],
            TestContext.Current.CancellationToken),
        TestContext.Current.CancellationToken);
}
