using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

public sealed class CaseExplanationTests
{
    private const string Golden = """
        Case 1: spam (messaging/spam), address 192.0.2.9
        Customer: 100-0001-2 Alder Hosting
        Whose customer has it: 100-0002-0 Birch Shop
        State: closed, resolved
        Complaints: 2 from 2 reporter(s); answers of the customer: 2
        Policy: revision 20020201

        1. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           The case was opened: spam about 192.0.2.9.
           - 100-0001-2 Alder Hosting answers for it.
           - It is 100-0002-0 Birch Shop's, whose provider answers for them.

        2. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           Report R-1 complained; its reporter had not before.
           - Observed by reporter #1: messaging/spam, source 192.0.2.9, at 2026-03-02 08:40:00 UTC (exact; as reported: Mon, 2 Mar 2026 09:40:00 +0100).
           - Whose it was: certain, Address 192.0.2.9; assignment 3: 192.0.2.8/29 to 100-0002-0 Birch Shop from 2025-11-22 10:15:30 UTC until now.

        3. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           What may follow without a person: a notice (10 points).
           - Because of report R-1: the reporter's domain is proved.
           - Independent reporters so far: 1.

        4. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           The notice 'complaint' was written for step notify; the time to answer begins with it.
           - Notice 1, attempt 1: email abuse@alder.example (abuse), failed 2026-03-02 10:25:30 UTC: 550 5.1.1 No such user
           - Notice 2, attempt 2: email owner@alder.example (owner), accepted 2026-03-02 10:35:30 UTC: 250 2.0.0 OK

        5. 2026-03-02 10:15:30 UTC, policy, C3 Charge for a complaint
           A charge of 500.00 USD was proposed for report R-1.
           - Validity: valid. The reporter is proved and the header is there; our own records do not have the message.
           - Charge 1 was confirmed at 2026-03-03 12:35:30 UTC by operator olga.

        6. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           Report R-2 brought evidence that the same reporter had sent before; it does not count again.
           - Observed by reporter #1: messaging/spam, source 192.0.2.9, at 2026-03-02 08:40:00 UTC (exact; as reported: Mon, 2 Mar 2026 09:40:00 +0100).
           - Whose it was: certain, Address 192.0.2.9; assignment 3: 192.0.2.8/29 to 100-0002-0 Birch Shop from 2025-11-22 10:15:30 UTC until now.

        7. 2026-03-02 10:15:30 UTC, policy, C4 Complaint, answer and block
           What may follow without a person: a block (20 points).
           - Because of report R-1: reporters independent of one another complain.
           - Independent reporters so far: 2.

        8. 2026-03-02 10:35:30 UTC, policy, C4 Complaint, answer and block
           The notice of step notify was accepted for delivery; the customer has until 2026-03-03 10:35:30 UTC.
           - Notice 2, attempt 2: email owner@alder.example (owner), accepted 2026-03-02 10:35:30 UTC: 250 2.0.0 OK

        9. 2026-03-03 10:35:30 UTC, policy, C4 Complaint, answer and block
           The time to answer ended at 2026-03-03 10:35:30 UTC without an answer that stands.

        10. 2026-03-03 10:35:30 UTC, policy, C4 Complaint, answer and block
           192.0.2.9 was blocked, step block-unanswered#0.
           - Block 1: all traffic of 192.0.2.9 from 2026-03-03 10:35:30 UTC until 2026-04-02 10:35:30 UTC at the latest.
           - It was lifted at 2026-03-03 12:35:30 UTC by policy.

        11. 2026-03-03 10:35:30 UTC, policy, C4 Complaint, answer and block
           The notice 'blocked' was written for step block-unanswered#0/notice.
           - Notice 3, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 10:35:30 UTC: 250 2.0.0 OK

        12. 2026-03-03 10:35:30 UTC, policy, C4 Complaint, answer and block
           The notice of step block-unanswered#0/notice was accepted for delivery.
           - Notice 3, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 10:35:30 UTC: 250 2.0.0 OK

        13. 2026-03-03 11:35:30 UTC, customer 100-0001-2, C4 Complaint, answer and block
           The customer answered; no clock runs while the answer is judged.
           - Resolved: The infected host is off.
           - Prevented: It was installed anew, port 25 is closed.
           - Now refused.

        14. 2026-03-03 11:35:30 UTC, operator olga, C4 Complaint, answer and block
           The answer was refused; the customer has until 2026-03-04 11:35:30 UTC.
           - Why: Which host?   [31mred

        15. 2026-03-03 11:35:30 UTC, operator olga, C4 Complaint, answer and block
           The notice 'refused' was written for step refused#1.
           - Notice 4, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 11:35:30 UTC: 250 2.0.0 OK

        16. 2026-03-03 11:35:30 UTC, policy, C4 Complaint, answer and block
           The notice of step refused#1 was accepted for delivery.
           - Notice 4, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 11:35:30 UTC: 250 2.0.0 OK

        17. 2026-03-03 12:35:30 UTC, policy, C4 Complaint, answer and block
           Report R-3 complained; its reporter had not before.
           - Observed by reporter #2: messaging/spam, source 192.0.2.9, at 2026-03-03 12:35:30 UTC (exact; as reported: Tue, 3 Mar 2026 12:35:30 +0000).
           - Whose it was: certain, Address 192.0.2.9; assignment 3: 192.0.2.8/29 to 100-0002-0 Birch Shop from 2025-11-22 10:15:30 UTC until now.

        18. 2026-03-03 12:35:30 UTC, policy, C3 Charge for a complaint
           A charge of 500.00 USD was proposed for report R-3.
           - Validity: valid. The reporter is proved and the header is there; our own records do not have the message.
           - Charge 2 waits for an operator.

        19. 2026-03-03 12:35:30 UTC, customer 100-0001-2, C4 Complaint, answer and block
           The customer answered; no clock runs while the answer is judged.
           - Resolved: The infected host is off.
           - Prevented: It was installed anew, port 25 is closed.
           - Now accepted.

        20. 2026-03-03 12:35:30 UTC, operator olga, C3 Charge for a complaint
           Charge 1 was confirmed.

        21. 2026-03-03 12:35:30 UTC, operator olga, C4 Complaint, answer and block
           The answer was accepted.
           - Why: Convincing.

        22. 2026-03-03 12:35:30 UTC, policy, C4 Complaint, answer and block
           Block 1 was lifted.
           - Why: The problem is resolved and will not recur.

        23. 2026-03-03 12:35:30 UTC, policy, C4 Complaint, answer and block
           The notice 'accepted' was written for step accepted.
           - Notice 5, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 12:35:30 UTC: 250 2.0.0 OK

        24. 2026-03-03 12:35:30 UTC, policy, C4 Complaint, answer and block
           The case was closed, resolved.
           - Why: The problem is resolved and will not recur.

        25. 2026-03-03 12:35:30 UTC, policy, C4 Complaint, answer and block
           The notice of step accepted was accepted for delivery.
           - Notice 5, attempt 1: email abuse@alder.example (abuse), accepted 2026-03-03 12:35:30 UTC: 250 2.0.0 OK
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_case_is_explained_from_its_first_report_to_its_end(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.ReceiveAsync(Reports.Arf(["192.0.2.9"], "Mon, 2 Mar 2026 09:40:00 +0100", messageId: "same@alder.example"));
        await desk.ReceiveAsync(Reports.Arf(["192.0.2.9"], "Mon, 2 Mar 2026 09:40:00 +0100", messageId: "same@alder.example"));
        await desk.WorkAsync();
        await desk.VouchAsync();
        await desk.WaitAsync(Duration.FromMinutes(10));
        await desk.DeliverAsync(OutboundState.Failed);
        await desk.WaitAsync(Duration.FromMinutes(10));
        await desk.DeliverAsync(OutboundState.Accepted);
        var id = (await desk.OnlyCaseAsync()).Case.Id;
        await desk.WaitAsync(Duration.FromHours(24));
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(1));
        await desk.DoneAsync(desk.AnswerAsync(await desk.OnlyCaseAsync()));
        await desk.DoneAsync(desk.People.RefuseAnswerAsync(id, TestDesk.Olga, "Which host?\r\n\e[31mred", desk.Now + Duration.FromHours(24), Stop));
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(1));
        await desk.ReceiveAsync(Reports.Arf(["192.0.2.9"], "Tue, 3 Mar 2026 12:35:30 +0000", reporter: "other@reporter.example"));
        await desk.WorkAsync();
        await desk.DoneAsync(desk.AnswerAsync(await desk.OnlyCaseAsync()));
        await desk.DoneAsync(desk.People.ConfirmChargeAsync(new ChargeId(1), TestDesk.Olga, "", Stop));
        await desk.DoneAsync(desk.People.AcceptAnswerAsync(id, TestDesk.Olga, "Convincing.", Stop));
        await desk.DeliverAsync(OutboundState.Accepted);

        var lines = await CaseExplanation.LinesAsync(desk.Db, TestDesk.Policy, id, Stop);

        var text = string.Join('\n', lines);
        Assert.Equal(Golden.ReplaceLineEndings("\n"), text);
        Assert.DoesNotContain("reporter.example", text, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Every_kind_of_event_has_words(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var file = await desk.NotifiedCaseAsync("192.0.2.65");
        await desk.DoneAsync(desk.People.ExtendAsync(file.Case.Id, TestDesk.Olga, desk.Now + Duration.FromHours(48), "Holiday.", Stop));
        await desk.BounceAsync(file.Notices[0]);
        var asked = Assert.Single((await desk.OnlyCaseAsync()).Decisions);
        await desk.DoneAsync(desk.People.DecideAsync(asked.Id, accept: true, TestDesk.Olga, "By telephone.", Stop));
        await desk.WaitAsync(Duration.FromHours(24));

        var text = string.Join('\n', await CaseExplanation.LinesAsync(desk.Db, TestDesk.Policy with { Revision = "20990101", Clauses = [] }, file.Case.Id, Stop));

        Assert.Contains("Policy: revision 20020201; in force now is 20990101", text, StringComparison.Ordinal);
        Assert.Contains("The customer was given until 2026-03-04 10:15:30 UTC.", text, StringComparison.Ordinal);
        Assert.Contains("The notice of step notify came back; the clock stops until another contact has it.", text, StringComparison.Ordinal);
        Assert.Contains("The notice of step notify reached nobody.", text, StringComparison.Ordinal);
        Assert.Contains("operator olga said yes to step undeliverable#notify.", text, StringComparison.Ordinal);
        Assert.Contains("Why: 192.0.2.65 is on the never-block list: our own name server.", text, StringComparison.Ordinal);
        Assert.Contains(", policy, C4\n", text, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task There_is_nothing_to_say_about_a_case_that_is_not_there(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        Assert.Empty(await CaseExplanation.LinesAsync(desk.Db, TestDesk.Policy, new CaseId(7), Stop));
    });
}
