using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class DeadlineTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Nothing_happens_a_millisecond_before_the_deadline_and_at_it_the_address_is_blocked_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        desk.Clock.Reset(file.Case.Due!.Value - Duration.FromMilliseconds(1));
        Assert.Equal(0, await desk.Deadlines.WorkAsync(Stop));
        Assert.Equal(file.Events.Count, (await desk.OnlyCaseAsync()).Events.Count);
        Assert.False(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
        desk.Clock.AdvanceMilliseconds(1);

        Assert.Equal(1, await desk.Deadlines.WorkAsync(Stop));

        Assert.True(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out var entry));
        Assert.False(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.6"), desk.Now, out _));
        Assert.Equal((file.Case.Id, new ClauseId("C4"), desk.Now, desk.Now + Duration.FromDays(30)), (entry.Case, entry.Clause, entry.StartsAt, entry.ExpiresAt));
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        Assert.Equal((BlockState.InForce, "192.0.2.7"), (Assert.Single(file.Blocks).State, file.Blocks[0].Prefix.ToString()));
        var letter = Assert.Single(await desk.LettersAsync());
        Assert.Equal(("blocked", letter.Id), (file.Notices[^1].Template, file.Notices[^1].OutboundId));
        Assert.Equal(CasePhase.AwaitingAnswer, file.Case.Phase);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_answer_in_time_stops_the_clock(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        desk.Clock.Reset(file.Case.Due!.Value - Duration.FromMilliseconds(1));
        await desk.DoneAsync(desk.AnswerAsync(file));

        await desk.WaitAsync(Duration.FromDays(9));

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.InReview, null), (file.Case.Phase, file.Case.Due));
        Assert.Empty(file.Blocks);
        Assert.Equal(ResponseState.InReview, Assert.Single(file.Responses).State);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_refused_answer_sets_a_new_deadline_and_an_accepted_one_ends_it_all(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.DoneAsync(desk.AnswerAsync(file));
        var due = desk.Now + Duration.FromHours(6);
        await desk.DoneAsync(desk.People.RefuseAnswerAsync(file.Case.Id, TestDesk.Olga, "What prevents it?", due, Stop));
        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.AwaitingAnswer, due), (file.Case.Phase, file.Case.Due));
        Assert.Equal(("refused", ResponseState.Refused), (file.Notices[^1].Template, file.Responses[0].State));
        Assert.Contains("What prevents it?", Assert.Single(await desk.LettersAsync()).Text, StringComparison.Ordinal);
        // The refusal arrives later; it does not move the deadline that it names.
        await desk.WaitAsync(Duration.FromHours(1));
        await desk.DeliverAsync(OutboundState.Accepted);
        Assert.Equal(due, (await desk.OnlyCaseAsync()).Case.Due);

        desk.Clock.Reset(due);
        await desk.WorkAsync();
        Assert.True(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
        await desk.DoneAsync(desk.AnswerAsync(file));
        await desk.DoneAsync(desk.People.AcceptAnswerAsync(file.Case.Id, TestDesk.Olga, "Convincing.", Stop));

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Closed, CaseDisposition.Resolved), (file.Case.Phase, file.Case.Disposition));
        Assert.Equal(BlockState.Lifted, Assert.Single(file.Blocks).State);
        Assert.False(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
        Assert.Equal("accepted", file.Notices[^1].Template);
        Assert.Equal([ResponseState.Refused, ResponseState.Accepted], file.Responses.Select(r => r.State));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_never_blocked_is_asked_about_and_not_even_an_operator_blocks_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.NotifiedCaseAsync("192.0.2.65");
        await desk.WaitAsync(Duration.FromHours(24));
        var file = await desk.OnlyCaseAsync();
        var asked = Assert.Single(file.Decisions);
        Assert.Equal("192.0.2.65 is on the never-block list: our own name server.", asked.Why);
        Assert.Empty(file.Blocks);

        var result = await desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "Block it.", Stop);

        Assert.Equal(new Desk.DeskResult.Refused("192.0.2.65 is on the never-block list: our own name server."), result);
        Assert.Equal(DecisionState.Asked, Assert.Single((await desk.OnlyCaseAsync()).Decisions).State);
        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: false, TestDesk.Olga, "Of course not.", Stop));
        Assert.Empty((await desk.OnlyCaseAsync()).Blocks);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task D5_An_address_with_sites_of_other_customers_is_blocked_only_when_an_operator_says_so(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.Db.WriteAsync(async db =>
        {
            var hosts = new HostStore(db);
            string[] names = ["a.alder.example", "b.alder.example", "c.alder.example", "d.alder.example", "pills.example"];
            await hosts.WantAsync(names, [], desk.Now, desk.Now, Stop);
            foreach (var host in await hosts.FindAsync(names, Stop))
                await hosts.AnsweredAsync(host, [Address.Parse("192.0.2.66")], desk.Now, Stop);
        }, Stop);
        await desk.NotifiedCaseAsync("192.0.2.66");
        await desk.WaitAsync(Duration.FromHours(24));

        var file = await desk.OnlyCaseAsync();
        var asked = Assert.Single(file.Decisions);
        Assert.StartsWith("It would also hit 4 sites of others", asked.Why, StringComparison.Ordinal);
        Assert.Empty(file.Blocks);

        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "They were told.", Stop));
        Assert.Equal("192.0.2.66", $"{Assert.Single((await desk.OnlyCaseAsync()).Blocks).Prefix}");
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_block_that_runs_out_is_asked_about_and_renewed_when_the_operator_says_so(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.NotifiedCaseAsync();
        await desk.WaitAsync(Duration.FromHours(24));
        for (var renewals = 1; renewals <= 3; renewals++)
        {
            desk.Clock.Advance(Duration.FromDays(30));
            Assert.False(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
            await desk.ExpireBlocksAsync();

            var file = await desk.OnlyCaseAsync();
            Assert.Equal(BlockState.Expired, file.Blocks[^1].State);
            var asked = file.Decisions[^1];
            Assert.Equal((DecisionState.Asked, "Block 192.0.2.7 again?", renewals), (asked.State, asked.Question, file.Decisions.Count));
            await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "Still nothing.", Stop));

            Assert.True(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out var entry));
            Assert.Equal(desk.Now + Duration.FromDays(30), entry.ExpiresAt);
            file = await desk.OnlyCaseAsync();
            Assert.Equal((renewals + 1, "blocked"), (file.Blocks.Count, file.Notices[^1].Template));
        }
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Complaints_after_an_answer_ask_for_a_block_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.DoneAsync(desk.AnswerAsync(file));
        await desk.WaitAsync(Duration.FromHours(1));

        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.WorkAsync();

        file = await desk.OnlyCaseAsync();
        var asked = Assert.Single(file.Decisions);
        Assert.Equal("block-repeated#1", asked.Step);
        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "It goes on.", Stop));
        Assert.True(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_an_operator_was_asked_is_withdrawn_with_the_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync("192.0.2.65");
        await desk.WaitAsync(Duration.FromHours(24));
        await desk.DoneAsync(desk.AnswerAsync(file));

        await desk.DoneAsync(desk.People.AcceptAnswerAsync(file.Case.Id, TestDesk.Olga, "Convincing.", Stop));

        file = await desk.OnlyCaseAsync();
        Assert.Equal(DecisionState.Withdrawn, Assert.Single(file.Decisions).State);
        Assert.Empty(file.Case.OpenDecisions);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_unfounded_case_ends_without_charges_and_blocks(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync();
        await desk.WaitAsync(Duration.FromHours(24));
        await desk.DoneAsync(desk.People.ConfirmChargeAsync(file.Charges[0].Id, TestDesk.Olga, "", Stop));

        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(file.Case.Id, TestDesk.Olga, "The reporter had asked for it.", Stop));

        file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Closed, CaseDisposition.Unfounded), (file.Case.Phase, file.Case.Disposition));
        Assert.Equal(ChargeState.Voided, Assert.Single(file.Charges).State);
        Assert.Equal(BlockState.Lifted, Assert.Single(file.Blocks).State);
        Assert.Equal("unfounded", file.Notices[^1].Template);
        Assert.False(desk.Views.Blocks.TryFind(Address.Parse("192.0.2.7"), desk.Now, out _));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Many_deadlines_at_once_are_all_kept(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        for (var i = 0; i < 16; i++)
            await desk.ReceiveAsync(Reports.Arf($"192.0.2.{i}", at: desk.Now));
        await desk.WorkAsync();
        await desk.VouchAsync();
        await desk.DeliverAsync(OutboundState.Accepted);

        await desk.WaitAsync(Duration.FromHours(24));

        Assert.Equal(16, desk.Views.Blocks.Count);
        Assert.All(await desk.CasesAsync(), file => Assert.Single(file.Blocks));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_case_that_fails_stops_no_other_and_is_tried_again(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var poison = (await desk.NotifiedCaseAsync("192.0.2.1")).Case.Id;
        var good = (await desk.NotifiedCaseAsync("192.0.2.2")).Case.Id;
        await ExecuteAsync(desk, dialect == Dialect.PostgreSql
            ? $"ALTER TABLE block ADD CONSTRAINT poison CHECK (case_id <> {poison.Value})"
            : $"CREATE TRIGGER poison BEFORE INSERT ON block WHEN NEW.case_id = {poison.Value} BEGIN SELECT RAISE(ABORT, 'poison'); END");
        desk.Clock.Advance(Duration.FromHours(24));

        await Assert.ThrowsAsync<AggregateException>(() => desk.Deadlines.WorkAsync(Stop));

        Assert.Single((await desk.FileAsync(good)).Blocks);
        Assert.Empty((await desk.FileAsync(poison)).Blocks);
        await ExecuteAsync(desk, dialect == Dialect.PostgreSql ? "ALTER TABLE block DROP CONSTRAINT poison" : "DROP TRIGGER poison");
        await desk.WorkAsync();
        Assert.Single((await desk.FileAsync(poison)).Blocks);
    });

    private static Task<int> ExecuteAsync(TestDesk desk, string sql) => desk.Db.WriteAsync(db => db.ExecuteAsync(sql, null, Stop), Stop);
}
