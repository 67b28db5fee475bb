using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class IntakeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_complaint_makes_a_case_tells_the_customer_and_proposes_the_charge_C3_C4(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now - Duration.FromHours(2)));

        await desk.WorkAsync();

        var report = await desk.ReportAsync(id);
        Assert.Equal((ReportState.Done, ReportOutcome.Case, "arf"), (report.State, report.Outcome, report.Format));
        var file = await desk.OnlyCaseAsync();
        Assert.Equal(TestDesk.Alder, file.Case.Customer);
        Assert.Null(file.Case.Downstream);
        Assert.Equal((CaseKind.Spam, "messaging/spam", "192.0.2.7"), (file.Case.Kind, file.Case.Type, file.Case.Resource.Name));
        Assert.Equal((CasePhase.Notifying, 1, 1), (file.Case.Phase, file.Case.Complaints, file.Case.Reporters));
        Assert.Null(file.Case.Due);
        var charge = Assert.Single(file.Charges);
        Assert.Equal(new Money(50_000, "USD"), charge.Amount);
        Assert.Equal((ChargeState.Proposed, new ClauseId("C3"), id), (charge.State, charge.Clause, charge.ReportId));
        var notice = Assert.Single(file.Notices);
        Assert.Equal((NoticeState.HandedOver, "complaint", 1), (notice.State, notice.Template, notice.Attempt));
        var letter = Assert.Single(await desk.LettersAsync());
        Assert.Equal((notice.OutboundId, OutboundPurpose.Notice, notice.Id.Value), (letter.Id, letter.Purpose, letter.SubjectId));
        Assert.Equal("abuse@alder.example", letter.Recipient);
        Assert.DoesNotContain("reporter.example", letter.Text, StringComparison.OrdinalIgnoreCase);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_upstream_answers_for_its_downstream_which_is_named_C2(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.CaseAsync("192.0.2.9");

        Assert.Equal((TestDesk.Alder, TestDesk.Birch), (file.Case.Customer, file.Case.Downstream));
        Assert.Equal("abuse@alder.example", Assert.Single(await desk.LettersAsync()).Recipient);
        Assert.Equal(TestDesk.Alder, Assert.Single(file.Charges).CustomerId);
        Assert.Equal(TestDesk.Birch, Assert.Single(file.Observations).CustomerId);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Who_had_the_address_at_the_time_answers_for_it_whoever_has_it_now(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf("192.0.2.40", at: TestDesk.HandedOver - Duration.FromMinutes(6)));
        await desk.ReceiveAsync(Reports.Arf("192.0.2.41", at: TestDesk.HandedOver + Duration.FromMinutes(6)));

        await desk.WorkAsync();

        var cases = await desk.CasesAsync();
        Assert.Equal(["192.0.2.40", "192.0.2.41"], cases.Select(c => c.Case.Resource.Name));
        Assert.Equal([TestDesk.Cedar, TestDesk.Dogwood], cases.Select(c => c.Case.Customer));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_trace_names_the_sender_whatever_address_the_report_names_and_a_forged_one_names_nobody(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var binding = new TraceBinding
        {
            Submission = 7,
            Customer = TestDesk.Birch.Value,
            Mailbox = null,
            At = desk.Now,
            EnvelopeHash = new byte[32],
            BodyHash = new byte[32],
        };
        var id = TraceMark.IdOf(new byte[16]);
        var sketch = new byte[BodySketch.Bytes];
        var genuine = new TraceMark(id, sketch, binding.MacOf(new byte[32], id, sketch));
        await desk.Db.WriteAsync(db => LogAsync(db, binding, id), Stop);

        var forged = await desk.ReceiveAsync(Traced(genuine with { Mac = new byte[16] }));
        var traced = await desk.ReceiveAsync(Traced(genuine));
        await desk.WorkAsync();

        Assert.Equal(ReportOutcome.NotOurs, (await desk.ReportAsync(forged)).Outcome);
        Assert.Equal(ReportOutcome.Case, (await desk.ReportAsync(traced)).Outcome);
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TestDesk.Alder, TestDesk.Birch, "192.0.2.9"), (file.Case.Customer, file.Case.Downstream, file.Case.Resource.Name));
        var seen = Assert.Single(file.Observations);
        Assert.Equal(("bounded", AttributionBasis.Traced, 7), (seen.Verdict, seen.Basis, seen.SubmissionId));
        Assert.Equal($"{TestDesk.Birch} {TestDesk.Alder}", seen.Chain);
    });

    private static string Traced(TraceMark mark) =>
        Reports.Arf("203.0.113.25").Replace("message/rfc822\n\n", $"text/rfc822-headers\n\n{Encoding.ASCII.GetString(mark.ToField())}", StringComparison.Ordinal);

    private static async Task LogAsync(DbSession db, TraceBinding binding, string id)
    {
        await db.ExecuteAsync("""
            INSERT INTO trace_key (id, secret, created_at)
            VALUES (1, @secret, 0)
            """, new { secret = new byte[32] }, Stop);
        await db.ExecuteAsync("""
            INSERT INTO submission (id, at, customer_id, client_address, helo, envelope_from, header_from, message_id, recipients, size,
                                    trace_id, trace_key_id, envelope_hash, body_hash, counted, counted_first, subject)
            VALUES (@submission, @at, @customer, @client, '', '', '', '', 1, 1, @id, 1, @hash, @hash, 0, 0, '')
            """,
            new { submission = binding.Submission, at = binding.At, customer = binding.Customer, client = Address.Parse("192.0.2.9"), id, hash = new byte[32] }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_time_that_fits_two_customers_goes_to_a_person(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var withoutZone = await desk.ReceiveAsync(Reports.Arf("192.0.2.40", time: "2026-03-01 13:00:00"));
        var atTheMinute = await desk.ReceiveAsync(Reports.Arf("192.0.2.40", at: TestDesk.HandedOver));
        var without = await desk.ReceiveAsync(Reports.Arf("192.0.2.40"));

        await desk.WorkAsync();

        foreach (var id in new[] { withoutZone, atTheMinute, without })
        {
            var report = await desk.ReportAsync(id);
            Assert.Equal((ReportState.NeedsPerson, ReportOutcome.NeedsPerson), (report.State, report.Outcome));
            Assert.Equal("192.0.2.40 was of 2 customers within the time in question. The reporter is asked for what is missing.", report.OutcomeDetail);
        }

        Assert.Empty(await desk.CasesAsync());
        Assert.Empty(await desk.LettersAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_not_ours_is_answered(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now));
        await desk.WorkAsync();

        var answer = Assert.Single(await desk.AnswersAsync());
        Assert.Equal((OutboundPurpose.Answer, id.Value, "", "reporter@reporter.example"),
            (answer.Purpose, answer.SubjectId, answer.EnvelopeFrom, answer.Recipient));
        Assert.Contains("203.0.113.5", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-", answer.Text, StringComparison.Ordinal);
        Assert.Equal((ReportState.Done, ReportOutcome.NotOurs), ((await desk.ReportAsync(id)).State, (await desk.ReportAsync(id)).Outcome));
        var detail = (await desk.ReportAsync(id)).OutcomeDetail;
        Assert.StartsWith("Nothing that it names is ours.", detail, StringComparison.Ordinal);
        Assert.EndsWith(" The reporter is told.", detail, StringComparison.Ordinal);
        Assert.Empty(await desk.CasesAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_machine_is_never_answered(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        foreach (var header in new[] { "Auto-Submitted: auto-generated\n", "Precedence: bulk\n", "List-Id: <fbl.reporter.example>\n" })
            await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now, header: header));
        foreach (var sender in new[] { "", "mailer-daemon@reporter.example", "no-reply@reporter.example", "owner-fbl@reporter.example", "loop@provider.example" })
            await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now), r => r with { EnvelopeFrom = sender });
        await desk.ReceiveAsync(Reports.Arf("203.0.113.5", at: desk.Now), r => r with { Channel = ReportChannel.Form });

        await desk.WorkAsync();

        Assert.Empty(await desk.AnswersAsync());
        for (var id = 1; id <= 9; id++)
            Assert.Equal(ReportOutcome.NotOurs, (await desk.ReportAsync(new ReportId(id))).Outcome);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Ours_but_nobodys_goes_to_a_person(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.100", at: desk.Now));

        await desk.WorkAsync();

        var report = await desk.ReportAsync(id);
        Assert.Equal((ReportState.NeedsPerson, ReportOutcome.NeedsPerson), (report.State, report.Outcome));
        Assert.Equal("192.0.2.100 is ours, but was assigned to no customer at that time.", report.OutcomeDetail);
        Assert.Empty(await desk.CasesAsync());
        Assert.Empty(await desk.LettersAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_victim_is_not_accused(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        const string document = """
            {
              "xarf_version": "4.2.0", "report_id": "6f0e7c1a-3b52-4d0e-9c55-2f9f3f5f0a01", "timestamp": "2026-03-02T10:00:00Z",
              "reporter": { "org": "Reporter", "contact": "soc@reporter.example", "domain": "reporter.example" },
              "sender": { "org": "Reporter", "contact": "soc@reporter.example", "domain": "reporter.example" },
              "source_identifier": "203.0.113.9", "category": "connection", "type": "login_attack",
              "destination_ip": "192.0.2.7", "protocol": "tcp", "first_seen": "2026-03-02T10:00:00Z"
            }
            """;
        var attack = await desk.ReceiveAsync(Encoding.UTF8.GetBytes(document), r => r with { Channel = ReportChannel.Api });
        var takenOver = await desk.ReceiveAsync("""
            From: soc@reporter.example
            To: abuse@provider.example
            Subject: compromised account
            MIME-Version: 1.0
            X-XARF: PLAIN
            Content-Type: multipart/mixed; boundary="cut-here"

            --cut-here
            Content-Type: text/plain; charset=utf-8

            An account was taken over.
            --cut-here
            Content-Type: text/plain; charset=utf-8; name="report.txt"

            Reported-From: soc@reporter.example
            Category: abuse
            Report-Type: compromised-account
            Report-ID: 1@reporter.example
            Date: Mon, 2 Mar 2026 10:00:00 +0000
            Source: 192.0.2.7
            Source-Type: ipv4
            User-Agent: Loop/1.0
            Schema-URL: http://reporter.example/schema
            --cut-here--

            """);

        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        Assert.Equal(ReportOutcome.NotOurs, (await desk.ReportAsync(attack)).Outcome);
        Assert.NotEqual(ReportOutcome.Case, (await desk.ReportAsync(takenOver)).Outcome);
        var observed = await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(takenOver, default, 2_000, Stop), Stop);
        Assert.Equal("victim", Assert.Single(observed).Role);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_reports_of_one_batch_are_two_complaints_in_one_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, reporter: "other@reporter.example"));

        Assert.Equal(2, await desk.Intake.WorkAsync(Stop));

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((2, 2), (file.Case.Complaints, file.Case.Reporters));
        Assert.Equal(2, file.Charges.Count);
        Assert.Single(file.Notices);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_nodes_that_work_at_the_same_time_make_one_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        const int reports = 12;
        var other = await desk.AnotherIntakeAsync();
        for (var i = 0; i < reports; i++)
        {
            await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, reporter: $"r{i}@reporter.example"));
            await Task.WhenAll(desk.Intake.WorkAsync(Stop), other.WorkAsync(Stop));
        }

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((reports, reports), (file.Case.Complaints, file.Case.Reporters));
        Assert.Equal(reports, file.Charges.Count);
        Assert.Equal(reports, file.Observations.Count);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Two_nodes_that_each_have_a_report_open_one_case_between_them(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var other = await desk.AnotherIntakeAsync();
        // Several addresses, and the batches overlap: whoever comes second finds the case that the first has opened.
        foreach (var address in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3" })
        {
            await desk.ReceiveAsync(Reports.Arf(address, at: desk.Now));
            var first = desk.Intake.WorkAsync(Stop);
            await desk.ReceiveAsync(Reports.Arf(address, at: desk.Now, reporter: "other@reporter.example"));
            await Task.WhenAll(first, other.WorkAsync(Stop));
            await desk.WorkAsync();
        }

        var cases = await desk.CasesAsync();
        Assert.Equal(3, cases.Count);
        Assert.All(cases, file => Assert.Equal(2, file.Case.Complaints));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task The_same_evidence_from_the_same_reporter_is_no_further_complaint(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, messageId: "same@alder.example"));
        await desk.WorkAsync();
        var again = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, messageId: "same@alder.example"));
        await desk.WorkAsync();
        var another = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, messageId: "same@alder.example", reporter: "other@reporter.example"));
        await desk.WorkAsync();

        Assert.Equal((ReportState.Done, ReportOutcome.Repeat), ((await desk.ReportAsync(again)).State, (await desk.ReportAsync(again)).Outcome));
        Assert.Equal(ReportOutcome.Case, (await desk.ReportAsync(another)).Outcome);
        var file = await desk.OnlyCaseAsync();
        Assert.Equal((2, 2), (file.Case.Complaints, file.Case.Reporters));
        // Two people got the same message: that is one message to charge for.
        Assert.Single(file.Charges);
        Assert.Equal(3, file.Observations.Count);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_report_of_a_thousand_observations_is_one_complaint_in_each_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var addresses = Enumerable.Range(0, 7).Select(i => $"192.0.2.{i}")
            .Concat(Enumerable.Range(0, 993).Select(i => $"2001:db8:ffff::{i + 1:x}"))
            .ToList();
        var id = await desk.ReceiveAsync(Reports.Arf(addresses, "Mon, 2 Mar 2026 10:00:00 +0000"));

        await desk.WorkAsync();

        var report = await desk.ReportAsync(id);
        Assert.Equal((ReportState.Done, ReportOutcome.Case), (report.State, report.Outcome));
        var cases = await desk.CasesAsync();
        Assert.Equal(7, cases.Count);
        Assert.All(cases, file => Assert.Equal((1, 1), (file.Case.Complaints, file.Charges.Count)));
        // The addresses of strangers are of no use to anyone; some are kept to show what it was about.
        Assert.EndsWith("942 further observation(s) about strangers were not kept.", report.OutcomeDetail, StringComparison.Ordinal);
        Assert.Equal(58, (await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, default, 2_000, Stop), Stop)).Count);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Text_that_no_database_can_hold_is_a_complaint_like_any_other(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        // U+0000 is refused by PostgreSQL, half a surrogate pair cannot be written as UTF-8 at all.
        const string document = """
            {
              "xarf_version": "4.2.0", "report_id": "6f0e7c1a-3b52-4d0e-9c55-2f9f3f5f0a02", "timestamp": "2026-03-02T10:00:00Z",
              "reporter": { "org": "Reporter", "contact": "soc\u0000@reporter.example", "domain": "reporter.example" },
              "sender": { "org": "Reporter", "contact": "soc@reporter.example", "domain": "reporter.example" },
              "source_identifier": "192.0.2.7", "source_port": 25, "category": "messaging", "type": "spam", "protocol": "smtp",
              "smtp_from": "off\u0000ers@alder.example", "smtp_to": "wanda@reporter.example"
            }
            """;
        var json = await desk.ReceiveAsync(Encoding.UTF8.GetBytes(document), r => r with { Channel = ReportChannel.Api });
        var mail = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, reporter: "f\0bl@reporter.example"), r => r with { EnvelopeFrom = "f\0b\ud800l@reporter.example" });
        var good = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));

        await desk.WorkAsync();

        foreach (var id in new[] { json, mail, good })
            Assert.Equal((id, ReportOutcome.Case), (id, (await desk.ReportAsync(id)).Outcome));
        Assert.Equal(3, (await desk.OnlyCaseAsync()).Case.Complaints);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_report_that_fails_goes_to_a_person_and_stops_no_other(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var before = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now));
        var poison = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, reporter: "poison@reporter.example"));
        var after = await desk.ReceiveAsync(Reports.Arf("192.0.2.6", at: desk.Now));
        // A row that the database refuses, whatever the reason may be.
        await desk.Db.WriteAsync(db => db.ExecuteAsync(
            dialect == Dialect.PostgreSql
                ? "ALTER TABLE reporter ADD CHECK (mailbox <> 'poison@reporter.example')"
                : """
                  CREATE TRIGGER poison BEFORE INSERT ON reporter WHEN NEW.mailbox = 'poison@reporter.example'
                  BEGIN SELECT RAISE(ABORT, 'poison'); END
                  """, null, Stop), Stop);

        await desk.WorkAsync();

        Assert.Equal(ReportOutcome.Case, (await desk.ReportAsync(before)).Outcome);
        Assert.Equal(ReportOutcome.Case, (await desk.ReportAsync(after)).Outcome);
        var report = await desk.ReportAsync(poison);
        Assert.Equal((ReportState.NeedsPerson, ReportOutcome.NeedsPerson), (report.State, report.Outcome));
        Assert.Equal(2, (await desk.CasesAsync()).Count);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Mail_for_another_desk_goes_to_a_person(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now), r => r with { Queue = ReportQueue.Billing });

        await desk.WorkAsync();

        Assert.Equal(ReportOutcome.NeedsPerson, (await desk.ReportAsync(id)).Outcome);
        Assert.Empty(await desk.CasesAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Not_spam_is_noted_and_makes_no_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.ReceiveAsync(Reports.Arf("192.0.2.7", at: desk.Now, kind: "not-spam"));

        await desk.WorkAsync();

        Assert.Equal((ReportState.Done, ReportOutcome.Noted), ((await desk.ReportAsync(id)).State, (await desk.ReportAsync(id)).Outcome));
        Assert.Empty(await desk.CasesAsync());
    });
}
