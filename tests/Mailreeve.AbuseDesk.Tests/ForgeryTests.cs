using System.Text;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>
/// Ways to frame a customer. Each goes through the real intake, to the end of the clock and past it: none leads to a block or a charge
/// without a person. The word beside each says how far it comes.
/// </summary>
public sealed class ForgeryTests
{
    private const string Accused = "192.0.2.7";
    private const string OurServer = "192.0.2.200";
    private const string Foreign = "203.0.113.25";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Name, how far it comes, and what the forger does. "nothing": no customer hears of it; "notice": they are told, and an operator is asked before a block.</summary>
    private static readonly (string Name, string Verdict, Func<TestDesk, Task> Forge)[] Table =
    [
        ("a forged ARF report of a stranger", "nothing", d => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now))),
        ("forged Received lines that name the customer", "nothing", d => d.ReceiveFromAsync(null, Reports.Arf(null, d.Now, original: $"Received: from mail ({Accused}) by mx.reporter.example; Mon, 2 Mar 2026 09:00:00 +0000\n{Reports.Evidence("1@x.example")}"))),
        ("a spoofed reporter: the name of one who is trusted, and no proof", "nothing", async d =>
        {
            await TrustAsync(d, "trusted.example", ReporterStanding.Trusted);
            await d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now, reporter: "soc@trusted.example"));
        }),
        ("a reporter spoofed in the report's own fields, by somebody else who is proved", "notice", async d =>
        {
            await d.ReceiveFromAsync("evil.example", XarfMail("soc@trusted.example", Accused, d.Now));
            await d.ReceiveFromAsync("evil.example", XarfMail("soc@other.example", Accused, d.Now));
        }),
        ("XARF by the API without a key", "nothing", d => d.ReceiveAsync(Encoding.UTF8.GetBytes(Xarf("soc@trusted.example", Accused, d.Now)), r => Nobody(r) with { Channel = ReportChannel.Api })),
        ("the web form", "nothing", d => d.ReceiveAsync(XarfMail("me@freemail.example", Accused, d.Now), r => Nobody(r) with { Channel = ReportChannel.Form })),
        ("a forged original, attached to a letter", "nothing", d => d.ReceiveFromAsync(null, Forwarded(Reports.Evidence("2@x.example"), Accused))),
        ("a forwarded forward of a forgery", "nothing", d => d.ReceiveFromAsync(null, Forwarded(Forwarded(Reports.Evidence("3@x.example"), Accused), Accused))),
        ("a forged click of a feedback loop", "nothing", d => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0"))),
        ("a hundred forged clicks of feedback loops", "nothing", d => ManyAsync(100, _ => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0")))),
        ("a hundred clicks of real loops", "notice", async d =>
        {
            await ManyAsync(50, _ => d.ReceiveFromAsync("loop-a.example", Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0")));
            await ManyAsync(50, _ => d.ReceiveFromAsync("loop-b.example", Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0")));
        }),
        ("a few clicks of real loops", "nothing", async d =>
        {
            await ManyAsync(2, _ => d.ReceiveFromAsync("loop-a.example", Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0")));
            await ManyAsync(2, _ => d.ReceiveFromAsync("loop-b.example", Reports.Arf(Accused, d.Now, agent: "ReturnPathFBL/1.0")));
        }),
        ("a forged trace", "nothing", async d =>
        {
            var sent = await d.HandInAsync(TestDesk.Alder, Accused);
            var line = sent.TraceField.Replace(sent.TraceField[^6], sent.TraceField[^6] == 'a' ? 'b' : 'a');
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Foreign, d.Now, original: line + Reports.Evidence("4@x.example")));
        }),
        ("another customer's genuine trace on one's own message, by two who are proved", "nothing", async d =>
        {
            var sent = await d.HandInAsync(TestDesk.Alder, Accused, body: LongText);
            foreach (var domain in new[] { "evil.example", "worse.example" })
                await d.ReceiveFromAsync(domain, Reports.Arf(OurServer, d.Now, original: sent.Header + "\nBuy pills. They are cheap, they are blue, and nobody needs a prescription at all for them, wherever they live.\n"));
        }),
        ("a genuine trace in a header without a body, by one who is proved", "notice", async d =>
        {
            var sent = await d.HandInAsync(TestDesk.Alder, Accused);
            await d.ReceiveFromAsync("evil.example", Reports.Arf(OurServer, d.Now, original: sent.Header).Replace("message/rfc822", "text/rfc822-headers", StringComparison.Ordinal));
        }),
        ("altered evidence: a line put into a genuine message", "notice", async d =>
        {
            var sent = await d.HandInAsync(TestDesk.Alder, Accused, body: LongText);
            await d.ReceiveFromAsync("evil.example", Reports.Arf(OurServer, d.Now, original: sent.Text.Replace("hedge", "hemp", StringComparison.Ordinal)));
        }),
        ("a genuine message sent again to strangers from elsewhere, who complain in good faith", "notice", async d =>
        {
            var sent = await d.HandInAsync(TestDesk.Alder, Accused);
            await d.ReceiveFromAsync("honest-a.example", Reports.Arf(Foreign, d.Now, original: sent.Text));
            await d.ReceiveFromAsync("honest-b.example", Reports.Arf("198.51.100.9", d.Now, original: sent.Text));
        }),
        ("a stranger who got a genuine message, once and again", "notice", async d =>
        {
            for (var i = 0; i < 5; i++)
                await d.ReceiveFromAsync(null, Reports.Arf(OurServer, d.Now, original: (await d.HandInAsync(TestDesk.Alder, Accused)).Text));
        }),
        ("a real report, replayed", "notice", async d =>
        {
            var report = Reports.Arf(Accused, d.Now, messageId: "real@alder.example");
            await d.ReceiveFromAsync("honest.example", report);
            await ManyAsync(10, i => d.ReceiveFromAsync("honest.example", $"X-Again: {i}\n{report}"));
        }),
        ("a real report without evidence, replayed with another line in front", "notice", async d =>
        {
            var report = XarfMail("soc@honest.example", Accused, d.Now);
            await ManyAsync(10, i => d.ReceiveFromAsync("honest.example", $"X-Again: {i}\n{report}"));
        }),
        ("a real report sent again by somebody else who is proved", "notice", async d =>
        {
            await d.ReceiveFromAsync("honest.example", Reports.Arf(Accused, d.Now, messageId: "real@alder.example"));
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now, messageId: "real@alder.example"));
        }),
        ("an old report, sent again after its case was closed", "nothing", async d =>
        {
            var report = Reports.Arf(Accused, d.Now, messageId: "old@alder.example");
            await d.ReceiveFromAsync("honest.example", report);
            await d.WorkAsync();
            await d.DoneAsync(d.People.CloseUnfoundedAsync((await d.OnlyCaseAsync()).Case.Id, TestDesk.Olga, "Solved.", Stop));
            await d.ReceiveFromAsync("honest.example", report);
            await d.WorkAsync();
            await d.OnlyCaseAsync();
        }),
        ("what happened two months ago, by two who are proved", "nothing", async d =>
        {
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now - Duration.FromDays(60)));
            await d.ReceiveFromAsync("worse.example", Reports.Arf(Accused, d.Now - Duration.FromDays(60)));
        }),
        ("two mailboxes in one domain", "notice", async d =>
        {
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now, reporter: "a@evil.example"));
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now, reporter: "b@evil.example"));
        }),
        ("sub-addresses of one mailbox", "notice", d => ManyAsync(9, i => d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now, reporter: $"a+{i}@evil.example")))),
        ("subdomains of one organisation", "notice", d => ManyAsync(9, i => d.ReceiveFromAsync($"d{i}.evil.example", Reports.Arf(Accused, d.Now, reporter: $"a@d{i}.evil.example"), "evil.example"))),
        ("two mailboxes at one free-mail provider", "notice", async d =>
        {
            await d.ReceiveFromAsync("freemail.example", Reports.Arf(Accused, d.Now, reporter: "a@freemail.example"));
            await d.ReceiveFromAsync("freemail.example", Reports.Arf(Accused, d.Now, reporter: "b@freemail.example"));
        }),
        ("mailboxes at two free-mail providers", "notice", async d =>
        {
            await d.ReceiveFromAsync("freemail.example", Reports.Arf(Accused, d.Now, reporter: "a@freemail.example"));
            await d.ReceiveFromAsync("mailboxes.example", Reports.Arf(Accused, d.Now, reporter: "b@mailboxes.example"));
        }),
        ("a domain that looks like a trusted one", "notice", async d =>
        {
            await TrustAsync(d, "trusted.example", ReporterStanding.Trusted);
            await d.ReceiveFromAsync("trustecl.example", Reports.Arf(Accused, d.Now, reporter: "soc@trustecl.example"));
        }),
        ("a trusted reporter that was taken over", "notice", async d =>
        {
            await TrustAsync(d, "trusted.example", ReporterStanding.Trusted);
            await ManyAsync(9, _ => d.ReceiveFromAsync("trusted.example", Reports.Arf(Accused, d.Now)));
        }),
        ("one that is ignored and one more", "notice", async d =>
        {
            await TrustAsync(d, "ignored.example", ReporterStanding.Ignored);
            await d.ReceiveFromAsync("ignored.example", Reports.Arf(Accused, d.Now));
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now));
        }),
        ("one that was wrong before and one more", "notice", async d =>
        {
            await TrustAsync(d, "wrong.example", ReporterStanding.Unknown);
            await d.Db.WriteAsync(db => db.ExecuteAsync("UPDATE reporter_organisation SET invalid = 5 WHERE domain = 'wrong.example'", null, Stop), Stop);
            await d.ReceiveFromAsync("wrong.example", Reports.Arf(Accused, d.Now));
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now));
        }),
        ("a joe job: our customer in From, sent from elsewhere", "nothing", d => d.ReceiveFromAsync("honest.example", Reports.Arf(Foreign, d.Now))),
        ("a joe job that many complain about", "nothing", d => ManyAsync(9, i => d.ReceiveFromAsync($"honest-{i}.example", Reports.Arf(Foreign, d.Now)))),
        ("a time moved into another's lease", "notice", d => d.ReceiveFromAsync("evil.example", Reports.Arf("192.0.2.40", TestDesk.HandedOver - Duration.FromHours(1)))),
        ("a time without a zone around a change of lease", "nothing", d => ManyAsync(2, i => d.ReceiveFromAsync($"evil-{i}.example", Reports.Arf("192.0.2.40", time: "2026-03-01 13:00:00")))),
        ("a time that has not come yet, by two who are proved", "notice", d => ManyAsync(2, i => d.ReceiveFromAsync($"evil-{i}.example", Reports.Arf(Accused, d.Now + Duration.FromDays(3))))),
        ("no time at all, by two who are proved", "notice", d => ManyAsync(2, i => d.ReceiveFromAsync($"evil-{i}.example", Reports.Arf(Accused)))),
        ("the victim as the source, by two who are proved", "nothing", d => ManyAsync(2, i => d.ReceiveAsync(
            Encoding.UTF8.GetBytes(Xarf($"soc@evil-{i}.example", Foreign, d.Now, "connection", "login_attack", $", \"destination_ip\": \"{Accused}\"")),
            r => Proved(r, $"evil-{i}.example") with { Channel = ReportChannel.Api }))),
        ("packets with a forged source, seen by two who are proved", "notice", d => ManyAsync(2, i => d.ReceiveAsync(
            Encoding.UTF8.GetBytes(Xarf($"soc@honest-{i}.example", Accused, d.Now, "connection", "ddos")),
            r => Proved(r, $"honest-{i}.example") with { Channel = ReportChannel.Api }))),
        ("a flood of forged reports, and one who is proved", "notice", async d =>
        {
            await ManyAsync(60, i => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now, reporter: $"r{i}@reporter-{i}.example")));
            await d.ReceiveFromAsync("evil.example", Reports.Arf(Accused, d.Now));
            await ManyAsync(60, i => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now, reporter: $"s{i}@reporter-{i}.example")));
        }),
        ("a flood over all addresses of a customer", "nothing", d => ManyAsync(96, i => d.ReceiveFromAsync(null, Reports.Arf($"192.0.2.{i % 16}", d.Now, reporter: $"r{i}@reporter-{i}.example")))),
        ("a stranger again, after a person found nothing in it", "nothing", async d =>
        {
            await d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now));
            await d.WorkAsync();
            await d.DoneAsync(d.People.DecideAsync((await d.OnlyCaseAsync()).Decisions[0].Id, accept: false, TestDesk.Olga, "Nothing in it.", Stop));
            await d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now));
        }),
        ("strangers after the customer has answered", "notice", async d =>
        {
            await d.ReceiveFromAsync("honest.example", Reports.Arf(Accused, d.Now));
            await d.WorkAsync();
            await d.DeliverAsync(OutboundState.Accepted);
            await d.DoneAsync(d.AnswerAsync(await d.OnlyCaseAsync()));
            await ManyAsync(30, _ => d.ReceiveFromAsync(null, Reports.Arf(Accused, d.Now)));
            await d.WorkAsync();
            Assert.Equal((1, 0), ((await d.OnlyCaseAsync()).Case.Complaints, (await d.OnlyCaseAsync()).Case.ComplaintsSinceAnswer));
        }),
    ];

    private const string LongText = """
        Dear gardeners, spring is near, and the hedges want to be cut before the birds begin to nest in them. We have hedge trimmers for
        every hand and every hedge, at half the price of last year, and we sharpen old ones while you wait. Come and see us at the market.

        """;

    public static TheoryData<string> Forgeries => new(Table.Select(f => f.Name));

    [Fact]
    public void The_table_is_long_enough() => Assert.True(Table.Length >= 40, $"{Table.Length}");

    [Theory, MemberData(nameof(Forgeries))]
    public Task No_forgery_blocks_or_charges_anybody_by_itself(string name) => TestDesk.RunAsync(Dialect.Sqlite, async desk =>
    {
        var (_, verdict, forge) = Table.Single(f => f.Name == name);

        await forge(desk);
        await desk.WorkAsync();
        var told = await ToldAsync(desk);
        for (var day = 0; day < 3; day++)
        {
            await desk.DeliverAsync(OutboundState.Accepted);
            await desk.WaitAsync(Duration.FromHours(25));
        }

        await AssertNothingHappenedAsync(desk);
        Assert.Equal(verdict, told ? "notice" : "nothing");
        // Whatever was sent, an operator has not much to look at.
        var waiting = await desk.Db.ReadAsync(db => new DeskStore(db).AgendaAsync(1000, Stop), Stop);
        Assert.True(waiting.Decisions.Count + waiting.Reports.Count <= 3, $"{waiting.Decisions.Count} questions, {waiting.Reports.Count} reports");
        Assert.All(await desk.CasesAsync(), file => Assert.True(file.Events.Count < 220, $"{file.Events.Count} events"));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_reporters_who_are_proved_and_independent_lead_to_a_block_when_the_time_is_over_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveFromAsync("one.example", Reports.Arf(Accused, desk.Now));
        await desk.ReceiveFromAsync("two.example", Reports.Arf(Accused, desk.Now));
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);

        await desk.WaitAsync(Duration.FromHours(24) - Duration.FromMilliseconds(1));
        Assert.False(IsBlocked(desk, Accused));
        await desk.WaitAsync(Duration.FromMilliseconds(1));

        Assert.True(IsBlocked(desk, Accused));
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TrustLevel.Block, 2, false), (file.Case.Trust, file.Case.Witnesses.Count, file.Case.IsConfirmed));
        Assert.All(file.Charges, c => Assert.Equal((ChargeState.Proposed, ComplaintValidity.Valid), (c.State, c.Validity)));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task One_reporter_and_our_own_records_lead_to_a_block_and_the_charge_waits_for_a_person(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var sent = await desk.HandInAsync(TestDesk.Alder, Accused);
        await desk.ReceiveFromAsync("one.example", Reports.Arf(OurServer, desk.Now, original: sent.Text));
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);

        await desk.WaitAsync(Duration.FromHours(24));

        Assert.True(IsBlocked(desk, Accused));
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TrustLevel.Charge, true), (file.Case.Trust, file.Case.IsConfirmed));
        var charge = Assert.Single(file.Charges);
        Assert.Equal((ChargeState.Proposed, ComplaintValidity.Valid), (charge.State, charge.Validity));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Who_is_proved_makes_a_case_of_what_waited_and_a_second_one_a_block_after_the_time(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveFromAsync(null, Reports.Arf(Accused, desk.Now));
        await desk.WorkAsync();
        var waiting = await desk.OnlyCaseAsync();
        Assert.True(waiting.Case.IsDoubtful);
        Assert.Equal((0, 1), (waiting.Case.Complaints, waiting.Case.Unvouched));
        Assert.Empty(await desk.LettersAsync());
        Assert.Equal("notify?", Assert.Single(waiting.Decisions).Step);

        await desk.ReceiveFromAsync("one.example", Reports.Arf(Accused, desk.Now));
        await desk.WorkAsync();
        var told = await desk.OnlyCaseAsync();
        Assert.Equal(DecisionState.Withdrawn, Assert.Single(told.Decisions).State);
        Assert.Single(await desk.LettersAsync());
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(24));
        Assert.Equal("block-unanswered#0?", Assert.Single((await desk.OnlyCaseAsync()).Decisions, d => d.State == DecisionState.Asked).Step);
        Assert.False(IsBlocked(desk, Accused));
        await desk.ReceiveFromAsync("two.example", Reports.Arf(Accused, desk.Now));
        await desk.WorkAsync();

        Assert.True(IsBlocked(desk, Accused));
        Assert.DoesNotContain((await desk.OnlyCaseAsync()).Decisions, d => d.State == DecisionState.Asked);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_customer_is_shown_what_is_proved_and_not_the_forgery_that_came_before_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveFromAsync(null, Reports.Arf(Accused, desk.Now - Duration.FromHours(3), original: Reports.Evidence("1@x.example").Replace("hedge trimmers", "nothing at all", StringComparison.Ordinal)));
        await desk.WorkAsync();
        await desk.ReceiveFromAsync("one.example", Reports.Arf(Accused, desk.Now, original: Reports.Evidence("2@x.example")));
        await desk.WorkAsync();

        var letter = Assert.Single(await desk.LettersAsync()).Text;

        Assert.Contains("Half price hedge trimmers", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing at all", letter, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_person_can_make_a_case_of_what_nobody_vouches_for_and_is_asked_again_before_a_block(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveFromAsync(null, Reports.Arf(Accused, desk.Now));
        await desk.WorkAsync();

        await desk.DoneAsync(desk.People.DecideAsync((await desk.OnlyCaseAsync()).Decisions[0].Id, accept: true, TestDesk.Olga, "Seen it myself.", Stop));

        Assert.Single(await desk.LettersAsync());
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(24));
        var asked = Assert.Single((await desk.OnlyCaseAsync()).Decisions, d => d.State == DecisionState.Asked);
        Assert.False(IsBlocked(desk, Accused));
        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "Still going on.", Stop));
        Assert.True(IsBlocked(desk, Accused));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_an_operator_decides_makes_the_history_of_who_is_proved(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveFromAsync("one.example", Reports.Arf("192.0.2.1", desk.Now));
        await desk.ReceiveFromAsync("one.example", Reports.Arf("192.0.2.2", desk.Now));
        await desk.ReceiveFromAsync("one.example", Reports.Arf("192.0.2.3", desk.Now));
        await desk.WorkAsync();
        var cases = await desk.CasesAsync();

        await desk.DoneAsync(desk.People.ConfirmChargeAsync(cases[0].Charges[0].Id, TestDesk.Olga, "", Stop));
        await desk.DoneAsync(desk.People.VoidChargeAsync(cases[1].Charges[0].Id, TestDesk.Olga, "No.", Stop));
        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(cases[1].Case.Id, TestDesk.Olga, "No.", Stop));
        await desk.DoneAsync(desk.People.CloseUnfoundedAsync(cases[2].Case.Id, TestDesk.Olga, "No.", Stop));
        await desk.DoneAsync(desk.People.VoidChargeAsync(cases[0].Charges[0].Id, TestDesk.Olga, "After all.", Stop));

        var organisation = Assert.Single(await desk.Db.ReadAsync(db => new ReporterOrganisationStore(db).ListAsync("one", 10, Stop), Stop));
        Assert.Equal((3, 0, 3), (organisation.Reports, organisation.Valid, organisation.Invalid));
        // From now on its word starts nothing.
        await desk.ReceiveFromAsync("one.example", Reports.Arf("192.0.2.4", desk.Now));
        await desk.WorkAsync();
        Assert.True((await desk.CasesAsync())[^1].Case.IsDoubtful);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task No_sequence_of_forged_reports_ever_blocks_or_charges_anybody(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var sent = new List<SentMessage>();
        for (var i = 0; i < 4; i++)
            sent.Add(await desk.HandInAsync(TestDesk.Alder, $"192.0.2.{i}"));
        var random = new Random(20260302);
        for (var i = 0; i < 40; i++)
        {
            var (kind, address, message, hours) = (random.Next(6), random.Next(16), random.Next(4), random.Next(40));
            var source = $"192.0.2.{address}";
            await desk.ReceiveFromAsync(null, kind switch
            {
                0 => Reports.Arf(source, desk.Now),
                1 => Reports.Arf(OurServer, desk.Now, original: sent[message].Text),
                2 => Reports.Arf(source, desk.Now, agent: "ReturnPathFBL/1.0"),
                3 => XarfMail("soc@trusted.example", source, desk.Now),
                4 => Forwarded(sent[message].Text, source),
                _ => Reports.Arf(source, desk.Now - Duration.FromDays(hours), messageId: sent[message].MessageId),
            });
            await desk.WaitAsync(Duration.FromHours(hours));
            await desk.DeliverAsync(OutboundState.Accepted);
        }

        await desk.WaitAsync(Duration.FromDays(3));
        await AssertNothingHappenedAsync(desk);
    });

    private static async Task AssertNothingHappenedAsync(TestDesk desk)
    {
        foreach (var file in await desk.CasesAsync())
        {
            Assert.Empty(file.Blocks);
            Assert.DoesNotContain(file.Charges, c => c.State == ChargeState.Confirmed);
        }

        Assert.Equal(0, desk.Views.Blocks.Count);
    }

    private static async Task<bool> ToldAsync(TestDesk desk) =>
        (await desk.CasesAsync()).Any(f => f.Case is { IsTold: true, Phase: not CasePhase.Closed });

    private static bool IsBlocked(TestDesk desk, string address) => desk.Views.Blocks.TryFind(Address.Parse(address), desk.Now, out _);

    private static async Task ManyAsync(int count, Func<int, Task> one)
    {
        for (var i = 0; i < count; i++)
            await one(i);
    }

    private static IncomingReport Nobody(IncomingReport report) => report with { Proof = null, ProvedDomain = null, ProvedOrganisation = null };

    private static IncomingReport Proved(IncomingReport report, string domain) =>
        report with { Proof = ReporterProof.ApiKey, ProvedDomain = domain, ProvedOrganisation = domain };

    // Operators mark organisations that have reported before.
    private static async Task TrustAsync(TestDesk desk, string domain, ReporterStanding standing) => await desk.Db.WriteAsync(async db =>
    {
        var store = new ReporterOrganisationStore(db);
        var row = (await store.CountAsync(new Dictionary<string, long> { [domain] = 1 }, desk.Now, Stop))[domain];
        Assert.True(await store.SetStandingAsync(row.Id, standing, TestDesk.Olga, "We know them.", Stop));
    }, Stop);

    private static string Forwarded(string original, string hop) => $"""
        From: Someone <someone@freemail.example>
        To: abuse@provider.example
        Subject: Fwd: this is spam
        Message-ID: <{Guid.CreateVersion7()}@freemail.example>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="cut-{original.Length}"

        --cut-{original.Length}
        Content-Type: text/plain

        Your customer sent me this.

        --cut-{original.Length}
        Content-Type: message/rfc822

        Received: from mail ({hop}) by mx.freemail.example; Mon, 2 Mar 2026 09:00:00 +0000
        {original}
        --cut-{original.Length}--

        """;

    private static string XarfMail(string reporter, string source, Instant at) => $"""
        From: Reporter <{reporter}>
        To: abuse@provider.example
        Subject: Abuse report
        Message-ID: <x.{reporter.Replace('@', '.')}@reports.example>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="cut-here"

        --cut-here
        Content-Type: text/plain

        A report is attached.

        --cut-here
        Content-Type: application/json; name="xarf.json"

        {Xarf(reporter, source, at)}
        --cut-here--

        """;

    private static string Xarf(string reporter, string source, Instant at, string category = "messaging", string type = "spam", string more = "") => $$"""
        {
          "xarf_version": "4.2.0", "report_id": "6f0e7c1a-3b52-4d0e-9c55-2f9f3f5f0a01", "timestamp": "{{at}}",
          "reporter": { "org": "Reporter", "contact": "{{reporter}}", "domain": "reporter.example" },
          "sender": { "org": "Reporter", "contact": "{{reporter}}", "domain": "reporter.example" },
          "source_identifier": "{{source}}", "category": "{{category}}", "type": "{{type}}",
          "protocol": "smtp", "smtp_from": "offers@alder.example", "first_seen": "{{at}}"{{more}}
        }
        """;
}
