using System.Globalization;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Policy.Reporters;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests.Reporters;

public sealed class AnswerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_proved_reporter_is_told_that_we_have_it_and_how_to_see_how_it_stands(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.WorkAsync();

        var answer = Assert.Single(await desk.AnswersAsync());
        var code = StatusCode.For(id, TestDesk.ReportCodeKey.Bytes);
        Assert.Equal(("", "reporter@reporter.example", id.Value), (answer.EnvelopeFrom, answer.Recipient, answer.SubjectId));
        Assert.Contains($"Subject: Your report {id}: received", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied", answer.Text, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <r-", answer.Text, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7", Words(answer), StringComparison.Ordinal);
        Assert.Contains($"https://mail.provider.example/report/status#{id}.{code}", Words(answer), StringComparison.Ordinal);
        Assert.DoesNotContain("Alder", Words(answer), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ReportStep.Forwarded, (await desk.Statuses.FindAsync($"{id}", code, Stop))!.Progress.Step);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Nobody_is_written_to_whose_address_a_stranger_may_have_put_there(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var report = Reports.Arf("203.0.113.5", at: desk.Now);
        await desk.ReceiveFromAsync(null, report);
        await desk.ReceiveFromAsync("other.example", report);
        await desk.ReceiveFromAsync("evilreporter.example", report);
        await desk.ReceiveAsync(report, r => r with { EnvelopeFrom = "" });
        await desk.ReceiveAsync(report, r => r with { EnvelopeFrom = "postmaster@reporter.example" });
        await desk.ReceiveAsync(report, r => r with { Channel = ReportChannel.Form });

        await desk.WorkAsync();

        Assert.Empty(await desk.AnswersAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task One_mail_a_day_tells_of_all_that_came_meanwhile(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        var second = await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now));
        var third = await desk.ReceiveAsync(Reports.Arf("192.0.2.3", at: desk.Now));
        await desk.WaitAsync(Duration.FromHours(24) - Duration.FromMilliseconds(1));
        Assert.Empty(await desk.AnswersAsync());

        await desk.WaitAsync(Duration.FromMilliseconds(1));

        var digest = Assert.Single(await desk.AnswersAsync());
        Assert.Contains("Subject: Your 2 reports to", digest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("In-Reply-To", digest.Text, StringComparison.Ordinal);
        Assert.Contains($"{second} (203.0.113.5): Not our network.", Words(digest), StringComparison.Ordinal);
        Assert.Contains($"{third} (192.0.2.3): Passed on.", Words(digest), StringComparison.Ordinal);
        Assert.Contains(StatusCode.For(third, TestDesk.ReportCodeKey.Bytes), Words(digest), StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task How_a_case_ended_is_told_once_and_only_to_who_wanted_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var wants = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.ReceiveAsync(
            Reports.Arf("192.0.2.7", at: desk.Now, reporter: "b@second.example"),
            r => r with { EnvelopeFrom = "b@second.example", ProvedDomain = "second.example", ProvedOrganisation = "second.example" });
        await desk.WorkAsync();
        var code = StatusCode.For(wants, TestDesk.ReportCodeKey.Bytes);
        Assert.False(await desk.Statuses.WantOutcomeAsync($"{wants}", "aaaa-aaaa-aaaa-aaaa", Stop));
        Assert.True(await desk.Statuses.WantOutcomeAsync($"{wants}", code, Stop));
        Assert.False(await desk.Statuses.WantOutcomeAsync($"{wants}", code, Stop));
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(25));
        await desk.DeliverAsync(OutboundState.Accepted);

        await desk.DoneAsync(desk.People.CloseUnfoundedAsync((await desk.OnlyCaseAsync()).Case.Id, TestDesk.Olga, "It was asked for.", Stop));
        await desk.WaitAsync(Duration.FromHours(25));

        var outcome = Assert.Single(await desk.AnswersAsync());
        Assert.Equal("reporter@reporter.example", outcome.Recipient);
        Assert.Contains($"Subject: Your report {wants}: how it ended", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("asked for", Words(outcome), StringComparison.Ordinal);
        Assert.Equal(ReportStep.Closed, (await desk.Statuses.FindAsync($"{wants}", code, Stop))!.Progress.Step);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Exactly_what_is_missing_is_asked_for_and_only_once(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.40", time: "Sun, 1 Mar 2026 10:00:00"));
        await desk.WorkAsync();

        var question = Assert.Single(await desk.AnswersAsync());
        Assert.Contains($"Subject: Your report {id}: we need more facts", question.Text, StringComparison.Ordinal);
        Assert.Contains("When did it happen?", Words(question), StringComparison.Ordinal);
        Assert.DoesNotContain("source port", Words(question), StringComparison.Ordinal);
        Assert.Equal(ReportStep.NeedsFacts, (await desk.Statuses.FindAsync($"{id}", StatusCode.For(id, TestDesk.ReportCodeKey.Bytes), Stop))!.Progress.Step);

        await desk.DeliverAsync(OutboundState.Accepted);
        var reply = await desk.ReceiveAsync(Reply(question, "It was at ten."));
        await desk.WaitAsync(Duration.FromHours(25));

        Assert.Empty(await desk.AnswersAsync());
        Assert.Equal(ReportOutcome.NeedsPerson, (await desk.ReportAsync(reply)).Outcome);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_reply_belongs_to_its_report_and_a_question_ends_on_the_desk(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now));
        await desk.WorkAsync();
        var answer = Assert.Single(await desk.AnswersAsync());

        var question = await desk.ReceiveAsync(Reply(answer, "But it says that it is yours?"));
        var machine = await desk.ReceiveAsync(Reply(answer, "I am away.", "Auto-Submitted: auto-replied\n"));
        var forged = await desk.ReceiveAsync(Reply(answer, "x").Replace("answer.", "answer.9", StringComparison.Ordinal));
        await desk.WorkAsync();

        var asked = await desk.ReportAsync(question);
        Assert.Equal((ReportState.NeedsPerson, $"An answer to what we wrote about {id}."), (asked.State, asked.OutcomeDetail));
        Assert.Equal(ReportOutcome.Noted, (await desk.ReportAsync(machine)).Outcome);
        Assert.Equal(id, await desk.Db.ReadAsync(db => new AnswerStore(db).JoinedToAsync(question, Stop), Stop));
        Assert.Null(await desk.Db.ReadAsync(db => new AnswerStore(db).JoinedToAsync(forged, Stop), Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_state_is_shown_to_who_has_the_code_until_it_is_too_old(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        var other = await desk.ReceiveAsync(Reports.Arf("192.0.2.3", at: desk.Now));
        var code = StatusCode.For(id, TestDesk.ReportCodeKey.Bytes);

        Assert.Equal(ReportStep.Received, (await desk.Statuses.FindAsync("R-1", code, Stop))!.Progress.Step);
        await desk.WorkAsync();
        var status = await desk.Statuses.FindAsync(" r1 ", code.ToUpperInvariant().Replace('-', ' '), Stop);
        Assert.Equal((id, ReportStep.Forwarded, true), (status!.Id, status.Progress.Step, status.MayAsk));
        Assert.Null(await desk.Statuses.FindAsync($"{other}", code, Stop));
        Assert.Null(await desk.Statuses.FindAsync("R-999999", StatusCode.For(new ReportId(999999), TestDesk.ReportCodeKey.Bytes), Stop));
        Assert.Null(await desk.Statuses.FindAsync("R-1", "", Stop));
        Assert.Null(await desk.Statuses.FindAsync("R-1", new string('a', 10_000), Stop));

        desk.Clock.Advance(AnswerRules.StatusShownFor + Duration.FromSeconds(1));
        Assert.Null(await desk.Statuses.FindAsync("R-1", code, Stop));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_flood_of_reports_is_two_mails_and_the_second_is_not_long(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        for (var i = 0; i < 120; i++)
            await desk.ReceiveAsync(Reports.Arf($"203.0.113.{i}", at: desk.Now));
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.ReceiveAsync(Reports.Arf("203.0.113.200", at: desk.Now));
        await desk.WaitAsync(Duration.FromHours(24));

        var only = Assert.Single(await desk.AnswersAsync());
        Assert.Contains("203.0.113.200", Words(only), StringComparison.Ordinal);
        var first = await desk.Db.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM outbound WHERE purpose = 'answer'", null, Stop), Stop);
        Assert.Equal(2, first);
    });

    private static string Words(Letter letter)
    {
        using var stream = new MemoryStream(letter.Message);
        return MimeKit.MimeMessage.Load(stream, TestContext.Current.CancellationToken).TextBody!.ReplaceLineEndings("\n");
    }

    private static string Reply(Letter to, string text, string header = "")
    {
        using var stream = new MemoryStream(to.Message);
        var id = MimeKit.MimeMessage.Load(stream, TestContext.Current.CancellationToken).MessageId;
        return string.Create(CultureInfo.InvariantCulture, $"From: Reporter <reporter@reporter.example>\nTo: abuse@provider.example\nSubject: Re: your answer\n")
            + $"Message-ID: <reply@reporter.example>\nIn-Reply-To: <{id}>\nReferences: <x@y.example> <{id}>\n{header}\n{text}\n";
    }
}
