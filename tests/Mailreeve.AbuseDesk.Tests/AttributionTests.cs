using System.Text;
using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>Whose it was, through the real intake: what counts before what, and what counts for nothing (C2).</summary>
public sealed class AttributionTests
{
    private const string Elsewhere = "203.0.113.25";

    private static readonly Instant Sent = Some.Time - Duration.FromHours(2);

    private static readonly SentMail Mail = new() { Id = 101, Customer = TestDesk.Birch, At = Sent };

    private static readonly SentMail Kims = new() { Id = 102, Customer = TestDesk.Cedar, At = Sent, From = "kim@provider.example", Client = Address.Parse("198.51.100.20") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="Name">What is reported.</param>
    /// <param name="Report">The report as it arrives.</param>
    /// <param name="Verdict">The verdict's word.</param>
    /// <param name="Basis">What names the customer.</param>
    /// <param name="Customer">Whose it was.</param>
    /// <param name="Outcome">What becomes of the report.</param>
    private sealed record Row(string Name, string Report, string Verdict, AttributionBasis Basis, CustomerId? Customer, ReportOutcome Outcome)
    {
        public string Why { get; init; } = "";
    }

    private static Row Named(string name, string report, string verdict, AttributionBasis basis, CustomerId customer) =>
        new(name, report, verdict, basis, customer, ReportOutcome.Case);

    private static Row Person(string name, string report, string verdict = "ambiguous") =>
        new(name, report, verdict, AttributionBasis.None, null, ReportOutcome.NeedsPerson);

    private static Row NotOurs(string name, string report, string verdict = "forged-sender") =>
        new(name, report, verdict, AttributionBasis.None, null, ReportOutcome.NotOurs);

    private static IReadOnlyList<Row> Rows()
    {
        var noId = Mail.Text(messageId: "");
        var noIdBody = noId[(noId.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var other = "Cheap watches, only this week, wholly unlike what anybody ever sold in a garden shop before.\r\n";
        var unsigned = "From: Garden Offers <nobody@reporter.example>\r\nSubject: x\r\n\r\nText of a stranger.\r\n";
        string Results(string value) => $"Authentication-Results: mx.reporter.example; {value}\r\nReceived: from x ([{Elsewhere}]) by mx.reporter.example; {Mail.Date}\r\n";
        return
        [
            // Our own records of the message.
            Named("trace, whole message", Arf(Mail.Text(Mail.Trace())), "certain", AttributionBasis.Traced, TestDesk.Birch),
            Named("trace, header alone", Arf(Mail.Text(Mail.Trace()), headerOnly: true), "bounded", AttributionBasis.Traced, TestDesk.Birch),
            Named("trace, body cut by the reporter", Arf(Mail.Text(Mail.Trace(), body: Mail.Body[..^38] + "\r\n")), "certain", AttributionBasis.Traced, TestDesk.Birch),
            Named("trace, and the address of another customer", Arf(Mail.Text(Mail.Trace()), "192.0.2.70"), "certain", AttributionBasis.Traced, TestDesk.Birch),
            Named("trace, and the address of our own server", Arf(Mail.Text(Mail.Trace()), "192.0.2.90"), "certain", AttributionBasis.Traced, TestDesk.Birch),
            NotOurs("trace with another code", Arf(Mail.Text(Mail.Trace(Mail.Mark with { Mac = new byte[16] }), messageId: ""))),
            NotOurs("trace with an id that we never gave", Arf((Mail with { Id = 999 }).Text((Mail with { Id = 999 }).Trace()))),
            Person("trace of one message on another", Arf(Mail.Text(Mail.Trace(), body: other))),
            Person("trace of one message on another, header shown too", Arf(Mail.Text(Mail.Trace() + Mail.Received, body: other))),
            Named("queue id, same text", Arf(Mail.Text(Mail.Received, messageId: "")), "certain", AttributionBasis.QueueId, TestDesk.Birch),
            Named("queue id, header alone", Arf(Mail.Text(Mail.Received), headerOnly: true), "bounded", AttributionBasis.QueueId, TestDesk.Birch),
            Named("queue id, and our own server's address", Arf(Mail.Text(Mail.Received), "192.0.2.90"), "certain", AttributionBasis.QueueId, TestDesk.Birch),
            Person("queue id, another text", Arf(Mail.Text(Mail.Received, body: other))),
            Person("queue id, another client", Arf(Mail.Text(Mail.ReceivedBy("mx.provider.example", "192.0.2.70")), headerOnly: true)),
            NotOurs("queue id in a line of somebody else's server", Arf(Mail.Text(Mail.ReceivedBy("mx.elsewhere.example"), messageId: ""))),
            NotOurs("queue id that we never gave", Arf((Mail with { Id = 998 }).Text((Mail with { Id = 998 }).Received))),
            Named("Message-ID, same text", Arf(Mail.Text()), "certain", AttributionBasis.QueueId, TestDesk.Birch),
            Named("Message-ID, header alone, same author and time", Arf(Mail.Text(), headerOnly: true), "bounded", AttributionBasis.QueueId, TestDesk.Birch),
            Person("Message-ID, another author", Arf(Mail.Text(from: "ceo@dogwood.example"), headerOnly: true)),
            Person("Message-ID, another text", Arf(Mail.Text(body: other))),
            Named("Message-ID of a mailbox of ours", Arf(Kims.Text()), "certain", AttributionBasis.QueueId, TestDesk.Cedar) with { Why = "message 102" },

            // A signature of ours.
            Named("signature with the key in use", Arf(Mail.Signature(SentMail.NewKey) + noId), "certain", AttributionBasis.Dkim, TestDesk.Alder),
            Named("signature with a retired key", Arf(Mail.Signature(SentMail.OldKey) + noId), "certain", AttributionBasis.Dkim, TestDesk.Alder) with { Why = "retired" },
            Named("signature, and our own server's address", Arf(Mail.Signature(SentMail.NewKey) + noId, "192.0.2.90"), "certain", AttributionBasis.Dkim, TestDesk.Alder),
            NotOurs("signature, another text", Arf(Mail.Signature(SentMail.NewKey) + noId.Replace(noIdBody, other, StringComparison.Ordinal))),
            NotOurs("signature, another subject", Arf(Mail.Signature(SentMail.NewKey) + noId.Replace("hedge", "chain", StringComparison.Ordinal))),
            NotOurs("signature with a key that is not ours", Arf(Mail.Signature(SentMail.AlienKey) + noId)),
            NotOurs("signature, header alone", Arf(Mail.Signature(SentMail.NewKey) + noId, headerOnly: true)),

            // Who had the address.
            Named("address and time", Arf(unsigned, "192.0.2.7"), "certain", AttributionBasis.Address, TestDesk.Alder),
            Named("address, time and port", Arf(unsigned, "192.0.2.7", fields: "Source-Port: 51234\r\n"), "certain", AttributionBasis.Address, TestDesk.Alder) with { Why = "port 51234" },
            Named("address of a customer's customer", Arf(unsigned, "192.0.2.10"), "certain", AttributionBasis.Address, TestDesk.Birch),
            Named("address before it changed hands", Arf(unsigned, "192.0.2.40", at: TestDesk.HandedOver - Duration.FromHours(1)), "certain", AttributionBasis.Address, TestDesk.Cedar),
            Named("address after it changed hands", Arf(unsigned, "192.0.2.40", at: TestDesk.HandedOver + Duration.FromHours(1)), "certain", AttributionBasis.Address, TestDesk.Dogwood),
            Person("address when it changed hands", Arf(unsigned, "192.0.2.40", at: TestDesk.HandedOver)),
            Person("address, time without zone, near the change", Arf(unsigned, "192.0.2.40", time: "2026-03-01 13:00:00")),
            Named("address, time without zone, nobody else had it", Arf(unsigned, "192.0.2.11", time: "2026-03-01 13:00:00"), "certain", AttributionBasis.Address, TestDesk.Birch),
            Named("address, no time, nobody else had it", Arf(unsigned, "192.0.2.12", time: ""), "certain", AttributionBasis.Address, TestDesk.Birch),
            Person("address, no time, it changed hands this week", Arf(unsigned, "192.0.2.41", time: "")),
            Person("address of ours that is nobody's", Arf(unsigned, "192.0.2.100"), "unassigned"),
            Person("address of our own server", Arf(unsigned, "192.0.2.90")),
            Person("address of our own server within what a customer has", Arf(unsigned, "192.0.2.79")) with { Why = "own mail server" },
            NotOurs("address of a stranger", Arf(unsigned, Elsewhere), "not-ours"),
            Person("no address, and a hand-over of ours that is not in the log", Arf(
                $"Received: from mx.provider.example ([192.0.2.90]) by mx.reporter.example; {Mail.Date}\r\nReceived: from pc ([192.0.2.7]) by mx.provider.example with ESMTP id zzz; {Mail.Date}\r\n{unsigned}", "")),

            // Who had it for a while, as the access network says.
            Named("address with a session then", Arf(unsigned, "192.0.2.110"), "certain", AttributionBasis.Address, TestDesk.Birch) with { Why = "session" },
            Named("address of a delegated prefix", Arf(unsigned, "2001:db8:1:7::5"), "certain", AttributionBasis.Address, TestDesk.Cedar) with { Why = "2001:db8:1:7::/64" },
            Person("address when one session followed another", Arf(unsigned, "192.0.2.111")),
            Person("address after the session", Arf(unsigned, "192.0.2.110", at: Sent + Duration.FromMinutes(90)), "unassigned"),
            Person("address that several share, without a port", Arf(unsigned, "192.0.2.112")) with { Why = "source port" },
            Named("address that several share, with a port", Arf(unsigned, "192.0.2.112", fields: "Source-Port: 2050\r\n"), "certain", AttributionBasis.Address, TestDesk.Dogwood) with { Why = "port block" },

            // A name is nothing alone.
            NotOurs("customer's domain on a stranger's address", Arf(noId)),
            NotOurs("our own domain on a stranger's address", Arf(unsigned.Replace("nobody@reporter.example", "ceo@provider.example", StringComparison.Ordinal))),
            Named("customer's domain, SPF passed at the reporter's", Arf(Results("spf=pass smtp.mailfrom=offers@alder.example") + noId), "bounded", AttributionBasis.Name, TestDesk.Alder),
            Named("customer's domain, DKIM passed at the reporter's", Arf(Results("dkim=pass (2048 bit) header.d=alder.example header.s=x") + noId), "bounded", AttributionBasis.Name, TestDesk.Alder),
            Named("mailbox of ours, DKIM passed at the reporter's", Arf(Results("dkim=pass header.d=provider.example") + Kims.Text(messageId: "", body: other)), "bounded", AttributionBasis.Name, TestDesk.Cedar),
            NotOurs("customer's domain, SPF of another one passed", Arf(Results("spf=pass smtp.mailfrom=bounce@press.example") + noId)),
            NotOurs("customer's domain, SPF failed", Arf(Results("spf=fail smtp.mailfrom=offers@alder.example") + noId)),
            NotOurs("customer's domain in the greeting alone", Arf(Results("spf=pass smtp.helo=alder.example") + noId)),
            NotOurs("a result that came with the message", Arf(
                $"Received: from x ([{Elsewhere}]) by mx.reporter.example; {Mail.Date}\r\nReceived: from y by x; {Mail.Date}\r\nAuthentication-Results: mx.reporter.example; spf=pass smtp.mailfrom=a@alder.example\r\n{noId}")),
        ];
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Who_answers_for_a_message_is_found_in_order_C2(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.Db.WriteAsync(async db =>
        {
            var kim = await new MailboxStore(db).AddAsync(new NewMailbox(TestDesk.Cedar, "kim@provider.example", null, Some.Time), Stop);
            await Mail.LogAsync(db);
            await Kims.LogAsync(db, kim);
            await SentMail.AddKeysAsync(db, Some.Time);
            await SessionsAsync(db);
        }, Stop);
        var rows = Rows();
        var ids = new List<ReportId>();
        foreach (var row in rows)
            ids.Add(await desk.ReceiveAsync(Encoding.UTF8.GetBytes(row.Report)));

        await desk.WorkAsync();

        Assert.True(rows.Count >= 50, $"{rows.Count}");
        var wrong = new List<string>();
        foreach (var (row, id) in rows.Zip(ids))
        {
            var seen = (await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, default, 100, Stop), Stop)).Single(e => e.Role == "source");
            var report = await desk.ReportAsync(id);
            // The same message from the same reporter is a repeat in a case that it made before.
            var outcome = report.Outcome == ReportOutcome.Repeat ? ReportOutcome.Case : report.Outcome;
            if ((seen.Verdict, seen.Basis, seen.CustomerId, outcome) != (row.Verdict, row.Basis, row.Customer, row.Outcome)
                || !seen.VerdictDetail.Contains(row.Why, StringComparison.Ordinal))
            {
                wrong.Add($"{row.Name}: {seen.Verdict} by {seen.Basis}, customer {seen.CustomerId}, {report.Outcome}: {seen.VerdictDetail} ({report.OutcomeDetail})");
            }
        }

        Assert.Empty(wrong);
    });

    private static Task SessionsAsync(DbSession db)
    {
        var hour = Duration.FromHours(1);
        AddressSession Of(CustomerId customer, string prefix, Instant from, Instant to) => new()
        {
            Source = SessionSource.Radius,
            Nas = "bras1",
            Session = $"{prefix} {from}",
            Login = "a line",
            Customer = customer,
            Prefix = Prefix.Parse(prefix),
            StartedAt = from,
            SeenAt = to,
            EndedAt = to,
            End = SessionEnd.Stopped,
            RecordedAt = from,
            EndRecordedAt = to,
        };

        return new SessionStore(db).SaveAsync(
            [
                Of(TestDesk.Birch, "192.0.2.110", Sent - hour, Sent + hour),
                Of(TestDesk.Birch, "192.0.2.111", Sent - hour, Sent),
                Of(TestDesk.Cedar, "192.0.2.111", Sent, Sent + hour),
                Of(TestDesk.Cedar, "2001:db8:1:7::/64", Sent - hour, Sent + hour),
                Of(TestDesk.Cedar, "192.0.2.112", Sent - hour, Sent + hour) with { Source = SessionSource.Nat, FirstPort = 1024, LastPort = 2047 },
                Of(TestDesk.Dogwood, "192.0.2.112", Sent - hour, Sent + hour) with { Source = SessionSource.Nat, FirstPort = 2048, LastPort = 3071 },
            ],
            Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Who_reports_an_address_that_several_share_is_asked_for_the_port_and_a_case_names_the_session(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await desk.Db.WriteAsync(SessionsAsync, Stop);

        await desk.ReceiveAsync(Reports.Arf("192.0.2.112", at: Sent));
        await desk.WorkAsync();
        Assert.Contains("source port", Assert.Single(await desk.AnswersAsync()).Text, StringComparison.Ordinal);
        await desk.ReceiveAsync(Reports.Arf("192.0.2.110", at: Sent));
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal((TestDesk.Alder, TestDesk.Birch), (file.Case.Customer, file.Case.Downstream));
        var explained = string.Join('\n', await CaseExplanation.LinesAsync(desk.Db, TestDesk.Policy, file.Case.Id, Stop));
        Assert.Contains("of bras1): 192.0.2.110 to 'a line' from", explained, StringComparison.Ordinal);
    });

    private static string Arf(string original, string address = Elsewhere, Instant? at = null, string? time = null, bool headerOnly = false, string fields = "")
    {
        var arrival = time ?? SentMail.Rfc5322(at ?? Sent);
        return "From: Loop <fbl@reporter.example>\r\nTo: abuse@provider.example\r\nSubject: Complaint\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/report; report-type=feedback-report; boundary=\"cut-here\"\r\n\r\n--cut-here\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
            + "--cut-here\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n"
            + (address.Length == 0 ? "" : $"Source-IP: {address}\r\n") + fields + (arrival.Length == 0 ? "" : $"Arrival-Date: {arrival}\r\n")
            + $"\r\n--cut-here\r\nContent-Type: {(headerOnly ? "text/rfc822-headers" : "message/rfc822")}\r\n\r\n"
            + (headerOnly ? original[..(original.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)] : original) + "\r\n--cut-here--\r\n";
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_site_is_whose_domain_it_is_or_whose_address_it_led_to(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        desk.HostAddresses["shop.elsewhere.example"] = "192.0.2.7";
        desk.HostAddresses["both.elsewhere.example"] = "192.0.2.7 192.0.2.70";
        desk.HostAddresses["half.elsewhere.example"] = "192.0.2.7 203.0.113.9";
        desk.HostAddresses["far.elsewhere.example"] = "203.0.113.9";
        desk.HostAddresses["free.elsewhere.example"] = "192.0.2.100";
        (string Host, string Verdict, AttributionBasis Basis, CustomerId? Customer, ReportOutcome Outcome)[] rows =
        [
            ("www.alder.example", "certain", AttributionBasis.Url, TestDesk.Alder, ReportOutcome.Case),
            ("shop.elsewhere.example", "bounded", AttributionBasis.UrlAddress, TestDesk.Alder, ReportOutcome.Case),
            ("half.elsewhere.example", "bounded", AttributionBasis.UrlAddress, TestDesk.Alder, ReportOutcome.Case),
            ("both.elsewhere.example", "ambiguous", AttributionBasis.None, null, ReportOutcome.NeedsPerson),
            ("free.elsewhere.example", "unassigned", AttributionBasis.None, null, ReportOutcome.NeedsPerson),
            ("far.elsewhere.example", "not-ours", AttributionBasis.None, null, ReportOutcome.NotOurs),
            ("none.elsewhere.example", "not-ours", AttributionBasis.None, null, ReportOutcome.NotOurs),
        ];
        var ids = new List<ReportId>();
        foreach (var row in rows)
            ids.Add(await ReportSiteAsync(desk, row.Host));

        await desk.WorkAsync();

        foreach (var (row, id) in rows.Zip(ids))
        {
            var seen = Assert.Single(await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, default, 100, Stop), Stop));
            Assert.Equal((row.Host, row.Verdict, row.Basis, row.Customer, row.Outcome), (row.Host, seen.Verdict, seen.Basis, seen.CustomerId, (await desk.ReportAsync(id)).Outcome));
        }

        // Two questions for each host that is nobody's by name, and none a second time within the hour.
        Assert.Equal(12, desk.Questions);
        await ReportSiteAsync(desk, "far.elsewhere.example");
        await desk.WorkAsync();
        Assert.Equal(12, desk.Questions);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_site_that_has_moved_is_whose_it_was_then(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        const string host = "shop.elsewhere.example";
        desk.HostAddresses[host] = "192.0.2.7";
        await ReportSiteAsync(desk, host);
        await desk.WorkAsync();
        var seenThere = desk.Now;
        await desk.WaitAsync(Duration.FromHours(10));
        await ReportSiteAsync(desk, host);
        await desk.WorkAsync();
        await desk.WaitAsync(Duration.FromHours(60));
        desk.HostAddresses[host] = "192.0.2.70";

        var between = await ReportSiteAsync(desk, host, seenThere + Duration.FromHours(5));
        var since = await ReportSiteAsync(desk, host, desk.Now - Duration.FromHours(1));
        var long_ago = await ReportSiteAsync(desk, host, seenThere - Duration.FromDays(10));
        await desk.WorkAsync();

        var (then, now, before) = (await SiteAsync(desk, between), await SiteAsync(desk, since), await SiteAsync(desk, long_ago));
        Assert.Equal(("bounded", TestDesk.Alder), (then.Verdict, then.CustomerId!.Value));
        Assert.Contains("it has moved since", then.VerdictDetail, StringComparison.Ordinal);
        Assert.Equal(("bounded", TestDesk.Dogwood), (now.Verdict, now.CustomerId!.Value));
        Assert.Equal(("ambiguous", null), (before.Verdict, before.CustomerId));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_report_does_not_wait_for_a_name_server_that_is_down(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        desk.DnsIsDown = true;
        var id = await ReportSiteAsync(desk, "shop.elsewhere.example");

        await desk.WorkAsync();

        Assert.Equal(ReportOutcome.NotOurs, (await desk.ReportAsync(id)).Outcome);
        Assert.Contains("the DNS did not say", (await SiteAsync(desk, id)).VerdictDetail, StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_report_goes_on_after_some_minutes_even_if_nobody_looks_anything_up(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await ReportSiteAsync(desk, "shop.elsewhere.example");

        await desk.Intake.WorkAsync(Stop);
        Assert.Equal(0, await desk.Intake.WorkAsync(Stop));
        Assert.Equal(ReportState.Received, (await desk.ReportAsync(id)).State);
        desk.Clock.Advance(Duration.FromMinutes(2));
        await desk.Intake.WorkAsync(Stop);

        Assert.Equal(ReportOutcome.NotOurs, (await desk.ReportAsync(id)).Outcome);
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_host_that_no_report_names_for_half_a_year_is_forgotten(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        desk.HostAddresses["old.elsewhere.example"] = "192.0.2.7";
        await ReportSiteAsync(desk, "old.elsewhere.example");
        await desk.WorkAsync();
        await desk.WaitAsync(Duration.FromDays(179));
        await ReportSiteAsync(desk, "second.elsewhere.example");
        await desk.WorkAsync();
        Assert.Equal(["old.elsewhere.example", "second.elsewhere.example"], await KnownAsync());
        await desk.WaitAsync(Duration.FromDays(2));

        await ReportSiteAsync(desk, "third.elsewhere.example");
        await desk.WorkAsync();

        Assert.Equal(["second.elsewhere.example", "third.elsewhere.example"], await KnownAsync());
        Assert.Empty(await desk.Db.ReadAsync(db => new HostStore(db).AddressesAsync(["old.elsewhere.example"], Stop), Stop));

        async Task<IEnumerable<string>> KnownAsync() =>
            (await desk.Db.ReadAsync(
                db => new HostStore(db).FindAsync(["old.elsewhere.example", "second.elsewhere.example", "third.elsewhere.example"], Stop), Stop))
            .Select(h => h.Host).Order(StringComparer.Ordinal);
    });

    private static Task<ReportId> ReportSiteAsync(TestDesk desk, string host, Instant? at = null)
    {
        var document = $$"""
            {
              "xarf_version": "4.2.0", "report_id": "{{Guid.NewGuid()}}", "timestamp": "{{at ?? desk.Now}}",
              "reporter": { "org": "Reporter", "contact": "soc@reporter.example", "domain": "reporter.example" },
              "sender": { "org": "Reporter", "contact": "soc@reporter.example", "domain": "reporter.example" },
              "source_identifier": "{{host}}", "category": "content", "type": "phishing", "url": "https://{{host}}/login"
            }
            """;
        return desk.ReceiveAsync(Encoding.UTF8.GetBytes(document), r => r with { Channel = ReportChannel.Api });
    }

    private static async Task<EventRow> SiteAsync(TestDesk desk, ReportId id) =>
        Assert.Single(await desk.Db.ReadAsync(db => new EventStore(db).OfReportAsync(id, default, 100, Stop), Stop));
}
