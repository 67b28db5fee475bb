using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using MimeKit;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>C7: what relay tests mean for cases.</summary>
public sealed class RelayCaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly Address Host = Address.Parse("192.0.2.7");

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_open_relay_has_48_hours_then_port_25_of_all_hosts_is_blocked_until_a_whole_run_finds_it_closed_C7(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Open);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((CaseKind.OpenRelay, "192.0.2.7", TestDesk.Alder, null), (file.Case.Kind, file.Case.Resource.Name, file.Case.Customer, file.Case.Downstream));
        var letter = Text(Assert.Single(await desk.LettersAsync()));
        Assert.Contains("a test of our own", letter, StringComparison.Ordinal);
        Assert.Contains("> RCPT TO:<r1-1-aa@collector.example>", letter, StringComparison.Ordinal);
        Assert.Contains("handed over by 192.0.2.9", letter, StringComparison.Ordinal);
        await desk.DeliverAsync(OutboundState.Accepted);
        file = await desk.OnlyCaseAsync();
        Assert.Equal(desk.Now + Duration.FromHours(48), file.Case.Due);

        // Another proof belongs to the same case.
        desk.Clock.AdvanceHours(1);
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Open);
        await desk.WorkAsync();
        Assert.Equal(2, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.RelayProven));

        // Before the time is over it is tested once more, by itself and once.
        desk.Clock.Reset(file.Case.Due!.Value - Duration.FromHours(3) - Duration.FromMilliseconds(1));
        await desk.WorkAsync();
        Assert.DoesNotContain(await RunsAsync(desk), r => r.Occasion == RelayOccasion.Case);
        await desk.WaitAsync(Duration.FromMilliseconds(1));
        await desk.WaitAsync(Duration.FromMinutes(5));
        var asked = Assert.Single(await RunsAsync(desk), r => r.Occasion == RelayOccasion.Case);
        await EndAsync(desk, asked, RelayRunVerdict.Unreachable);
        await desk.WorkAsync();
        Assert.Single(await RunsAsync(desk), r => r.Occasion == RelayOccasion.Case);

        desk.Clock.Reset(file.Case.Due!.Value);
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        var block = Assert.Single(file.Blocks);
        Assert.Equal((Prefix.Parse("192.0.2.0/28"), BlockScope.Port25, BlockState.InForce, new ClauseId("C7")), (block.Prefix, block.Scope, block.State, block.Clause));

        await desk.WaitAsync(Duration.FromHours(2));
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Closed);
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Closed, CaseDisposition.Resolved), (file.Case.Phase, file.Case.Disposition));
        Assert.Equal(BlockState.Lifted, Assert.Single(file.Blocks).State);
        Assert.False(desk.Views.Blocks.TryFind(Host, desk.Now, out _));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_run_from_before_the_proof_closes_nothing_and_nothing_but_a_whole_run_does(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var before = await AskAsync(desk, Host, TestDesk.Alder);
        await TakeAsync(desk);
        await EndAsync(desk, before, RelayRunVerdict.Pending, RelayRunState.Pending);
        desk.Clock.AdvanceHours(2);
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Open);
        await desk.WorkAsync();

        await EndAsync(desk, before, RelayRunVerdict.Closed);
        foreach (var nothing in new[] { RelayRunVerdict.Unreachable, RelayRunVerdict.RefusesTester, RelayRunVerdict.Incomplete, RelayRunVerdict.Unclear, RelayRunVerdict.NotAllowed })
            await TestAsync(desk, Host, TestDesk.Alder, nothing);
        await desk.WorkAsync();

        Assert.Equal(CasePhase.Notifying, (await desk.OnlyCaseAsync()).Case.Phase);
        desk.Clock.AdvanceHours(1);
        await TestAsync(desk, Address.Parse("192.0.2.6"), TestDesk.Alder, RelayRunVerdict.Closed);
        await desk.WorkAsync();
        Assert.Equal(CasePhase.Notifying, (await desk.OnlyCaseAsync()).Case.Phase);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task For_a_customers_customer_the_direct_one_answers_and_an_answer_in_review_is_settled_by_proof(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var host = Address.Parse("192.0.2.9");
        await TestAsync(desk, host, TestDesk.Birch, RelayRunVerdict.Open);
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TestDesk.Alder, (CustomerId?)TestDesk.Birch), (file.Case.Customer, file.Case.Downstream));
        await desk.DoneAsync(desk.AnswerAsync(file));

        desk.Clock.AdvanceHours(1);
        await TestAsync(desk, host, TestDesk.Birch, RelayRunVerdict.Closed);
        await desk.WorkAsync();

        file = await desk.OnlyCaseAsync();
        Assert.Equal(CasePhase.Closed, file.Case.Phase);
        Assert.Equal((ResponseState.Accepted, Actor.Policy), (file.Responses[0].State, file.Responses[0].DecidedBy));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Proof_that_comes_late_opens_nothing_when_the_host_was_found_closed_meanwhile(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var before = await AskAsync(desk, Host, TestDesk.Alder);
        await TakeAsync(desk);
        await EndAsync(desk, before, RelayRunVerdict.Pending, RelayRunState.Pending);
        desk.Clock.AdvanceHours(2);
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Closed);
        await desk.WorkAsync();

        await EndAsync(desk, before, RelayRunVerdict.Open);
        await desk.WorkAsync();

        Assert.Empty(await desk.Db.ReadAsync(db => new DeskStore(db).CasesAsync("", null, null, 10, Stop), Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_letter_shows_the_test_of_its_own_case_and_not_one_of_whoever_else_has_had_the_address(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await TestAsync(desk, Host, TestDesk.Alder, RelayRunVerdict.Open);
        await desk.Relays.WorkAsync(Stop);
        // Whoever has the address next.
        await TestAsync(desk, Host, TestDesk.Cedar, RelayRunVerdict.Open);

        await desk.WorkAsync();

        var letters = (await desk.LettersAsync()).Select(Text).ToList();
        Assert.Contains("<r1-1-aa@collector.example>", Assert.Single(letters, l => l.Contains("Run 1, test", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Single(letters, l => l.Contains("Run 2, test", StringComparison.Ordinal));
    });

    private static string Text(Letter letter) => MimeMessage.Load(new MemoryStream(letter.Message)).TextBody!;

    private static async Task<IReadOnlyList<RelayRunRow>> RunsAsync(TestDesk desk) =>
        await desk.Db.ReadAsync(db => new RelayRunStore(db).ListAsync(100, Stop), Stop);

    private static async Task<RelayRunRow> AskAsync(TestDesk desk, Address host, CustomerId customer)
    {
        var id = await desk.Db.WriteAsync(
            db => new RelayRunStore(db).AskAsync(new NewRelayRun(customer, host, RelayOccasion.Operator, TestDesk.Olga, desk.Now), Stop), Stop);
        return (await desk.Db.ReadAsync(db => new RelayRunStore(db).FindAsync(id!.Value, Stop), Stop))!;
    }

    private static Task<RelayRunRow?> TakeAsync(TestDesk desk) =>
        desk.Db.WriteAsync(db => new RelayRunStore(db).TakeAsync(desk.Now, desk.Now + Duration.FromMinutes(30), Stop), Stop);

    // As the network slice leaves it.
    private static Task EndAsync(TestDesk desk, RelayRunRow run, RelayRunVerdict verdict, RelayRunState state = RelayRunState.Done) => desk.Db.WriteAsync(async db =>
    {
        var runs = new RelayRunStore(db);
        if (verdict == RelayRunVerdict.Open)
        {
            await runs.AddAsync([new RelayAttemptRow { RunId = run.Id, Number = 1, Port = 25, Test = "other-domain", Verdict = RelayVerdict.Waiting, Transcript = "" }], Stop);
            await runs.RecordAsync(
                new RelayAttemptRow
                {
                    RunId = run.Id, Number = 1, Port = 25, Test = "other-domain", Verdict = RelayVerdict.TookMessage, MadeAt = desk.Now,
                    Transcript = $"> RCPT TO:<r{run.Id}-1-aa@collector.example>\n< 250 Ok\n",
                }, Stop);
            await runs.ArrivedAsync(run.Id, 1, RelayVerdict.Proven, Address.Parse("192.0.2.9"), desk.Now, Stop);
        }

        await runs.RecordAsync(run with { State = state, Verdict = verdict, Dialogue = RelayDialogue.Complete, EndedAt = desk.Now }, Stop);
    }, Stop);

    private static async Task TestAsync(TestDesk desk, Address host, CustomerId customer, RelayRunVerdict verdict)
    {
        await AskAsync(desk, host, customer);
        await EndAsync(desk, (await TakeAsync(desk))!, verdict);
    }
}
