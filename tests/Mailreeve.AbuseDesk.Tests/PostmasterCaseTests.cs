using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using MimeKit;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>C7: what checks of postmaster@ mean for cases.</summary>
public sealed class PostmasterCaseTests
{
    private const string Domain = "alder.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_postmaster_that_refuses_mail_opens_a_case_and_after_seven_days_a_person_is_asked_and_nothing_is_blocked_C7(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Refuses, "192.0.2.3: <postmaster@alder.example> from <> 550", "> RCPT TO:<postmaster@alder.example>\n< 550 5.1.1 No such user\n");
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal(
            (CaseKind.Postmaster, new Resource(ResourceKind.Domain, Domain), TestDesk.Alder, null),
            (file.Case.Kind, file.Case.Resource, file.Case.Customer, file.Case.Downstream));
        var letter = Text(Assert.Single(await desk.LettersAsync()));
        Assert.Contains("a check of our own", letter, StringComparison.Ordinal);
        Assert.Contains("< 550 5.1.1 No such user", letter, StringComparison.Ordinal);
        Assert.Contains("within 7 days", letter, StringComparison.Ordinal);
        await desk.DeliverAsync(OutboundState.Accepted);
        file = await desk.OnlyCaseAsync();
        Assert.Equal(desk.Now + Duration.FromDays(7), file.Case.Due);

        desk.Clock.Reset(file.Case.Due!.Value);
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        var asked = Assert.Single(file.Decisions);
        Assert.Equal(("Have you spoken with the customer about alder.example?", new ClauseId("C7")), (asked.Question, asked.Clause));
        Assert.Empty(file.Blocks);

        // A person reads it after all.
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Read, "A person has answered by mail.");
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Closed, CaseDisposition.Resolved), (file.Case.Phase, file.Case.Disposition));
        Assert.Equal(DecisionState.Withdrawn, Assert.Single(file.Decisions).State);
        Assert.True(Assert.Single(file.Events.Select(e => e.Happened).OfType<CaseEvent.PostmasterSettled>()).IsRead);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_answer_in_review_is_settled_when_a_person_reads_it_and_mail_that_is_merely_taken_settles_nothing(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Overdue, "No person has answered in time.");
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.DoneAsync(desk.AnswerAsync(await desk.OnlyCaseAsync()));

        foreach (var state in new[] { PostmasterState.Waiting, PostmasterState.PutOff, PostmasterState.Asked })
        {
            await StandsAsync(desk, TestDesk.Alder, state, "");
            await desk.WorkAsync();
            Assert.Equal(CasePhase.InReview, (await desk.OnlyCaseAsync()).Case.Phase);
        }

        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Read, "A person has pressed the button.");
        await desk.WorkAsync();
        var file = await desk.OnlyCaseAsync();
        Assert.Equal(CasePhase.Closed, file.Case.Phase);
        Assert.Equal((ResponseState.Accepted, Actor.Policy, "A person has pressed the button."), (file.Responses[0].State, file.Responses[0].DecidedBy, file.Responses[0].Reason));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_was_found_again_belongs_to_the_same_case_and_what_a_person_has_closed_comes_again_after_a_while_only(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Refuses, "one");
        await desk.WorkAsync();
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Waiting, "");
        await desk.WorkAsync();
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Refuses, "two");
        await desk.WorkAsync();
        var file = await desk.OnlyCaseAsync();
        Assert.Equal(["one", "two"], file.Events.Select(e => e.Happened).OfType<CaseEvent.PostmasterUnread>().Select(e => e.Facts));

        // The same each day: cases know it.
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Refuses, "three");
        await desk.WaitAsync(Duration.FromDays(30));
        Assert.Equal(2, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.PostmasterUnread));

        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(file.Case.Id, TestDesk.Olga, "They have another one.", Stop));
        await desk.WaitAsync(Duration.FromDays(29));
        Assert.Single(await desk.CasesAsync());
        await desk.WaitAsync(Duration.FromDays(1));
        Assert.Equal([CasePhase.Closed, CasePhase.Notifying], (await desk.CasesAsync()).Select(c => c.Case.Phase));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_domain_that_is_not_checked_any_more_ends_its_case_and_is_forgotten(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await StandsAsync(desk, TestDesk.Birch, PostmasterState.Refuses, "refused");
        await desk.WorkAsync();
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TestDesk.Alder, (CustomerId?)TestDesk.Birch), (file.Case.Customer, file.Case.Downstream));

        await desk.Db.WriteAsync(db => new PostmasterStore(db).LeaveAsync(Domain, Stop), Stop);
        await desk.WorkAsync();

        Assert.Equal(CasePhase.Closed, (await desk.OnlyCaseAsync()).Case.Phase);
        Assert.Null(await desk.Db.ReadAsync(db => new PostmasterStore(db).FindAsync(Domain, Stop), Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Whoever_has_the_domain_next_answers_for_it_and_the_one_before_does_not(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await StandsAsync(desk, TestDesk.Birch, PostmasterState.Refuses, "refused");
        await desk.WorkAsync();

        // The same customer answers for both: one open case about a thing.
        await StandsAsync(desk, TestDesk.Alder, PostmasterState.Refuses, "refused");
        await desk.WorkAsync();
        await StandsAsync(desk, TestDesk.Cedar, PostmasterState.Waiting, "");
        await desk.WorkAsync();

        Assert.Equal(
            [(TestDesk.Alder, (CustomerId?)TestDesk.Birch, CasePhase.Closed), (TestDesk.Alder, (CustomerId?)null, CasePhase.Closed)],
            (await desk.CasesAsync()).Select(c => (c.Case.Customer, c.Case.Downstream, c.Case.Phase)));
        await StandsAsync(desk, TestDesk.Cedar, PostmasterState.NoMail, "Its mail comes to us.");
        await desk.WorkAsync();
        Assert.Equal(2, (await desk.CasesAsync()).Count);
    });

    private static string Text(Letter letter) => MimeMessage.Load(new MemoryStream(letter.Message)).TextBody!;

    // As the network slice leaves it.
    private static Task StandsAsync(TestDesk desk, CustomerId customer, PostmasterState state, string detail, string transcript = "") => desk.Db.WriteAsync(async db =>
    {
        var store = new PostmasterStore(db);
        await store.PutAsync([(Domain, customer)], desk.Now, Stop);
        var row = (await store.FindAsync(Domain, Stop))!;
        var after = row.At(new PostmasterStanding(state, desk.Now + Duration.FromDays(1))) with { CheckedAt = desk.Now, Detail = detail, Transcript = transcript };
        Assert.True(await store.RecordAsync(row, after, Stop));
    }, Stop);
}
