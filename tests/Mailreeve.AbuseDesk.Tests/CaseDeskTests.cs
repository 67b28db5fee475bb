using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class CaseDeskTests
{
    private static readonly Actor Customer = Actor.Customer(Some.Customer.RegNumber);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_answer_says_both_what_was_resolved_and_what_prevents_it_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = (await desk.NotifiedCaseAsync()).Case.Id;
        var before = await desk.DumpAsync();

        Assert.IsType<DeskResult.Refused>(await desk.People.AnswerAsync(id, Customer, " ", "It will not.", Stop));
        Assert.IsType<DeskResult.Refused>(await desk.People.AnswerAsync(id, Customer, "It is off.", "\t\n", Stop));
        Assert.IsType<DeskResult.Refused>(await desk.People.AnswerAsync(id, Customer, new string('a', CaseDesk.TextLengthMax + 1), "It will not.", Stop));

        Assert.Equal(before, await desk.DumpAsync());
        await desk.DoneAsync(desk.People.AnswerAsync(id, Customer, new string('a', CaseDesk.TextLengthMax), "It will not.", Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_does_not_fit_the_case_is_refused_and_changes_nothing(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        var (id, due) = (file.Case.Id, file.Case.Due!.Value);
        var before = await desk.DumpAsync();

        foreach (var act in new Func<Task<DeskResult>>[]
        {
            () => desk.People.AcceptAnswerAsync(id, TestDesk.Olga, "Fine.", Stop),
            () => desk.People.RefuseAnswerAsync(id, TestDesk.Olga, "No.", due, Stop),
            () => desk.People.ExtendAsync(id, TestDesk.Olga, due, "The same time is not more time.", Stop),
            () => desk.People.ExtendAsync(id, TestDesk.Olga, desk.Now, "The past.", Stop),
            () => desk.People.LiftAsync(id, new BlockId(1), TestDesk.Olga, "There is none.", Stop),
            () => desk.People.DecideAsync(new DecisionId(1), accept: true, TestDesk.Olga, "Nobody asked.", Stop),
            () => desk.People.ConfirmChargeAsync(new ChargeId(99), TestDesk.Olga, "", Stop),
            () => desk.People.VoidChargeAsync(file.Charges[0].Id, TestDesk.Olga, "", Stop),
            () => desk.People.CloseUnfoundedAsync(id, TestDesk.Olga, "", Stop),
            () => desk.People.AcceptAnswerAsync(new CaseId(99), TestDesk.Olga, "There is no such case.", Stop),
        })
        {
            Assert.IsType<DeskResult.Refused>(await act());
        }

        Assert.Equal(before, await desk.DumpAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Nothing_is_done_to_a_closed_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        var id = file.Case.Id;
        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(id, TestDesk.Olga, "A mistake.", Stop));
        var before = await desk.DumpAsync();

        foreach (var act in new Func<Task<DeskResult>>[]
        {
            () => desk.AnswerAsync(file),
            () => desk.People.AcceptAnswerAsync(id, TestDesk.Olga, "Fine.", Stop),
            () => desk.People.RefuseAnswerAsync(id, TestDesk.Olga, "No.", desk.Now + Duration.FromHours(1), Stop),
            () => desk.People.ExtendAsync(id, TestDesk.Olga, desk.Now + Duration.FromDays(3), "More.", Stop),
            () => desk.People.CloseUnfoundedAsync(id, TestDesk.Olga, "Again.", Stop),
        })
        {
            Assert.Equal(new DeskResult.Refused("The case is closed."), await act());
        }

        Assert.Equal(before, await desk.DumpAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_charge_and_a_question_are_decided_once(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync("192.0.2.65");
        await desk.WaitAsync(Duration.FromHours(24));
        var (charge, decision) = (file.Charges[0].Id, (await desk.OnlyCaseAsync()).Decisions[0].Id);
        await desk.DoneAsync(desk.People.ConfirmChargeAsync(charge, TestDesk.Olga, "", Stop));
        await desk.DoneAsync(desk.People.DecideAsync(decision, accept: false, TestDesk.Olga, "No.", Stop));

        Assert.IsType<DeskResult.Refused>(await desk.People.ConfirmChargeAsync(charge, TestDesk.Olga, "", Stop));
        Assert.IsType<DeskResult.Refused>(await desk.People.DecideAsync(decision, accept: true, TestDesk.Olga, "Yes.", Stop));

        Assert.Equal(ChargeState.Confirmed, (await desk.OnlyCaseAsync()).Charges[0].State);
        await desk.DoneAsync(desk.People.VoidChargeAsync(charge, TestDesk.Olga, "Goodwill.", Stop));
        Assert.IsType<DeskResult.Refused>(await desk.People.VoidChargeAsync(charge, TestDesk.Olga, "Again.", Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_newer_answer_takes_the_place_of_one_that_waits(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.DoneAsync(desk.AnswerAsync(file));
        await desk.DoneAsync(desk.AnswerAsync(file));

        file = await desk.OnlyCaseAsync();
        Assert.Equal([ResponseState.Superseded, ResponseState.InReview], file.Responses.Select(r => r.State));
        Assert.Equal(file.Responses[1].Id, file.Case.Response);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task More_time_moves_the_deadline(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        var due = file.Case.Due!.Value + Duration.FromHours(1);
        await desk.DoneAsync(desk.People.ExtendAsync(file.Case.Id, TestDesk.Olga, due, "They asked.", Stop));

        desk.Clock.Reset(due - Duration.FromMilliseconds(1));
        await desk.WorkAsync();
        Assert.Empty((await desk.OnlyCaseAsync()).Blocks);
        await desk.WaitAsync(Duration.FromMilliseconds(1));

        Assert.Single((await desk.OnlyCaseAsync()).Blocks);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_question_about_a_contact_starts_no_clock_once_the_customer_has_answered(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.CaseAsync();
        await desk.DeliverAsync(Storage.Mail.OutboundState.Failed);
        await desk.DeliverAsync(Storage.Mail.OutboundState.Failed);
        var asked = Assert.Single((await desk.OnlyCaseAsync()).Decisions);
        await desk.DoneAsync(desk.AnswerAsync(file));

        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "By telephone.", Stop));

        Assert.Equal((CasePhase.InReview, null), ((await desk.OnlyCaseAsync()).Case.Phase, (await desk.OnlyCaseAsync()).Case.Due));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_people_who_act_at_once_both_leave_their_mark(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();

        var results = await Task.WhenAll(
            Task.Run(() => desk.AnswerAsync(file), Stop),
            Task.Run(() => desk.People.ConfirmChargeAsync(file.Charges[0].Id, TestDesk.Olga, "", Stop), Stop),
            Task.Run(() => desk.AnswerAsync(file), Stop));

        Assert.All(results, r => Assert.IsType<DeskResult.Done>(r));
        file = await desk.OnlyCaseAsync();
        Assert.Equal(2, file.Case.Answers);
        Assert.Single(file.Events, e => e.Happened is CaseEvent.ChargeDecided);
    });
}
