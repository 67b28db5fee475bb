using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using MimeKit;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>C5: what detections of our own addresses mean for cases.</summary>
public sealed class DetectionCaseTests
{
    private const string Host = "192.0.2.9";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task One_sensor_that_saw_a_connection_tells_the_customer_and_a_second_lets_a_block_follow(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban mx.provider.example", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal(
            (CaseKind.NetworkAbuse, Host, TestDesk.Alder, (CustomerId?)TestDesk.Birch, DetectionTypes.LoginAttack, TrustLevel.Notice),
            (file.Case.Kind, file.Case.Resource.Name, file.Case.Customer, file.Case.Downstream, file.Case.Type, file.Case.Trust));
        var letter = MimeMessage.Load(new MemoryStream(Assert.Single(await desk.LettersAsync()).Message)).TextBody!;
        Assert.Contains("passwords were tried, 5 targets", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("fail2ban", letter, StringComparison.Ordinal);
        Assert.Contains(await RowsAsync(desk), r => r.CaseId == file.Case.Id && r.Outcome == $"Case {file.Case.Id}.");

        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        Assert.Equal(TrustLevel.Block, file.Case.Trust);
        Assert.Equal(2, file.Events.Count(e => e.Happened is CaseEvent.Detected));

        // What goes on is told again after an hour, not each time.
        for (var i = 0; i < 10; i++)
        {
            await desk.WaitAsync(Duration.FromMinutes(5));
            await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
            await desk.WorkAsync();
        }

        Assert.Equal(2, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.Detected));
        await desk.WaitAsync(Duration.FromMinutes(10));
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        Assert.Equal(3, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.Detected));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Packets_alone_ask_a_person_before_the_customer_hears_of_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "flows", DetectionTypes.PortScan, 500, isTwoWay: false);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.True(file.Case.IsDoubtful);
        Assert.Empty(await desk.LettersAsync());
        var asked = Assert.Single(file.Events.Select(e => e.Happened).OfType<CaseEvent.DecisionAsked>());
        Assert.Equal(("notify?", "Sensors of ours saw it, but not so many, or not so clearly, that it needs no person."), (asked.Step, asked.Why));

        // Somebody whose word counts saw it, too: nobody need be asked.
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        Assert.Single(await desk.LettersAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_too_little_of_a_server_of_ours_or_of_nobody_makes_no_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 3, isTwoWay: true);
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 30, isTwoWay: true, Duration.FromHours(-37));
        await SeeAsync(desk, "192.0.2.90", "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await SeeAsync(desk, "192.0.2.250", "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        Assert.Equal(
            ["Too little for a case.", "Too little for a case.", "A mail server of ours: no customer's."],
            (await RowsAsync(desk)).Where(r => r.Address != Address.Parse("192.0.2.250")).OrderBy(r => r.Id).Select(r => r.Outcome));
        Assert.Contains(await RowsAsync(desk), r => r.Outcome.StartsWith("It cannot be told whose it was.", StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_the_last_holder_did_is_not_the_next_ones(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        const string handedOver = "192.0.2.40";
        var before = TestDesk.HandedOver - Duration.FromMinutes(10) - desk.Now;
        await SeeAsync(desk, handedOver, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true, before);
        await desk.WorkAsync();
        Assert.Equal(TestDesk.Cedar, (await desk.OnlyCaseAsync()).Case.Customer);

        await SeeAsync(desk, handedOver, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        var theirs = Assert.Single(await desk.CasesAsync(), c => c.Case.Customer == TestDesk.Dogwood);
        Assert.Equal(TrustLevel.Notice, theirs.Case.Trust);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task An_attack_that_goes_on_after_the_answer_opens_the_case_again_and_one_sensor_still_blocks_nobody(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        var closed = await CloseAsync(desk);
        Assert.Equal(TrustLevel.Block, closed.Case.Trust);

        // From before the answer: known by then.
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 50, isTwoWay: true, Duration.FromMinutes(-10));
        await desk.WorkAsync();
        Assert.Equal((CasePhase.Closed, closed.Case.Version), ((await desk.OnlyCaseAsync()).Case.Phase, (await desk.OnlyCaseAsync()).Case.Version));
        Assert.Contains(await RowsAsync(desk), r => r.Outcome == $"Too little since the customer's answer in case {closed.Case.Id}.");

        await desk.WaitAsync(Duration.FromDays(2));
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 40, isTwoWay: true);
        await desk.WorkAsync();
        var open = (await desk.OnlyCaseAsync()).Case;
        Assert.Equal((closed.Case.Id, CasePhase.Notifying, 1L, TrustLevel.Notice, 1L), (open.Id, open.Phase, open.Reopenings, open.Trust, open.ComplaintsSinceAnswer));
        var letter = MimeMessage.Load(new MemoryStream((await desk.LettersAsync())[^1].Message));
        Assert.Contains("is open again", letter.Subject, StringComparison.Ordinal);
        Assert.Contains("hosts or ports were scanned, 40 targets", letter.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("5 targets", letter.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("suricata", letter.TextBody, StringComparison.Ordinal);
        await desk.DeliverAsync(OutboundState.Accepted);
        Assert.Equal(desk.Now + Duration.FromHours(4), (await desk.OnlyCaseAsync()).Case.Due);
        var why = await CaseExplanation.LinesAsync(desk.Db, TestDesk.Policy, open.Id, Stop);
        Assert.Contains(why, l => l.Contains("Sensors of ours saw it go on after the customer's answer: the case is open again.", StringComparison.Ordinal));
        Assert.Contains(why, l => l.Contains("What was seen before the answer bears no measure any more.", StringComparison.Ordinal));

        // It goes on: once an hour is often enough, and it is opened once.
        await desk.WaitAsync(Duration.FromMinutes(20));
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 40, isTwoWay: true);
        await desk.WorkAsync();
        var still = await desk.OnlyCaseAsync();
        Assert.Equal((1, 1), (still.Case.Reopenings, still.Events.Count(e => e.Happened is CaseEvent.Detected { WentOn: true })));
        await desk.EveryCaseIsTheFoldOfItsEventsAsync();
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_seen_while_an_answer_waits_overtakes_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        desk.Clock.Advance(Duration.FromHours(1));
        await desk.DoneAsync(desk.AnswerAsync(await desk.OnlyCaseAsync()));
        await desk.WaitAsync(Duration.FromHours(2));

        await SeeAsync(desk, Host, "flows", DetectionTypes.PortScan, 500, isTwoWay: false);
        await desk.WorkAsync();
        Assert.Equal((CasePhase.InReview, 0L), ((await desk.OnlyCaseAsync()).Case.Phase, (await desk.OnlyCaseAsync()).Case.ComplaintsSinceAnswer));
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Notifying, 1L, null), (file.Case.Phase, file.Case.Reopenings, file.Case.Response));
        Assert.Equal(["block-at-once", "block-repeated#1"], file.Events.Select(e => e.Happened).OfType<CaseEvent.DecisionAsked>().Select(d => d.Step).Order(StringComparer.Ordinal));
        await desk.EveryCaseIsTheFoldOfItsEventsAsync();
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_not_seen_clearly_asks_once_for_each_answer_whether_to_open_it_again(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();
        var closed = await CloseAsync(desk);
        var letters = (await desk.LettersAsync()).Count;

        for (var i = 0; i < 3; i++)
        {
            await desk.WaitAsync(Duration.FromHours(2));
            await SeeAsync(desk, Host, "flows", DetectionTypes.PortScan, 500, isTwoWay: false);
            await desk.WorkAsync();
        }

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((CasePhase.Closed, letters), (file.Case.Phase, (await desk.LettersAsync()).Count));
        var asked = Assert.Single(file.Events.Select(e => e.Happened).OfType<CaseEvent.DecisionAsked>(), d => d.Step.StartsWith("reopen", StringComparison.Ordinal));
        Assert.Equal("Sensors of ours saw it go on after the customer's answer, but not so clearly that it needs no person.", asked.Why);

        await desk.DoneAsync(desk.People.DecideAsync(asked.Decision, accept: true, TestDesk.Olga, "I saw it too.", Stop));
        Assert.Equal((closed.Case.Id, CasePhase.Notifying), ((await desk.OnlyCaseAsync()).Case.Id, (await desk.OnlyCaseAsync()).Case.Phase));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task After_the_term_and_after_a_case_that_was_unfounded_it_is_another_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();
        await CloseAsync(desk);
        await desk.WaitAsync(TestDesk.Policy.Terms.ReopenWithin.Value);

        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();
        var second = Assert.Single(await desk.CasesAsync(), c => c.Case.Phase != CasePhase.Closed);
        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(second.Case.Id, TestDesk.Olga, "A test of ours.", Stop));
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();

        Assert.Equal(3, (await desk.CasesAsync()).Count);
    });

    private static async Task<CaseFile> CloseAsync(TestDesk desk)
    {
        await desk.DeliverAsync(OutboundState.Accepted);
        desk.Clock.Advance(Duration.FromHours(1));
        var file = await desk.OnlyCaseAsync();
        await desk.DoneAsync(desk.AnswerAsync(file));
        await desk.DoneAsync(desk.People.AcceptAnswerAsync(file.Case.Id, TestDesk.Olga, "", Stop));
        await desk.DeliverAsync(OutboundState.Accepted);
        return await desk.FileAsync(file.Case.Id);
    }

    private static Task<int> SeeAsync(TestDesk desk, string address, string sensor, string type, long targets, bool isTwoWay, Duration later = default) =>
        desk.Db.WriteAsync(
            db => new DetectionStore(db).AddAsync(
                [
                    new NewDetection(
                        new Detection { Sensor = sensor, Type = type, Targets = targets, IsTwoWay = isTwoWay, FirstAt = desk.Now + later - Duration.FromMinutes(1), LastAt = desk.Now + later },
                        Address.Parse(address), null, "", IsOurs: true),
                ],
                desk.Now, Stop),
            Stop);

    private static async Task<IReadOnlyList<DetectionRow>> RowsAsync(TestDesk desk) => await desk.Db.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);
}
