using CsCheck;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Notices;

public class NoticeTemplateTests
{
    private static readonly NoticeFacts.OfCase Facts = new()
    {
        Case = new CaseId(4711),
        Customer = "Orchard Web Hosting",
        RegistrationNumber = "10023-7",
        Resource = "192.0.2.7",
        Types = ["messaging/spam", "content/phishing"],
        HappenedAt = Instant.FromUtc(2026, 3, 1, 9, 30),
        Deadline = Instant.FromUtc(2026, 3, 2, 12, 0),
        TimeToAnswer = Duration.FromHours(24),
        CaseUrl = "https://isp.example/cases/4711",
        Clause = new ClauseId("C4"),
        Evidence = "Received: from [192.0.2.7]\nSubject: buy",
        Reason = "You wrote what you removed,\nbut not what prevents it.",
        WhatIsBlocked = "all traffic to and from 192.0.2.7",
    };

    private static readonly NoticeFacts.OfHold HoldFacts = new()
    {
        Customer = "Alder Hosting",
        RegistrationNumber = "104-2237-2",
        Sender = "kim@isp.example",
        HeldAt = Some.Time,
        Figures = "101 messages within an hour; 100 are allowed.",
        HoldUrl = "https://isp.example/portal/mailboxes/7",
        Clause = new ClauseId("C1"),
    };

    private static readonly NoticeFacts.OfMailbox MailboxFacts = new()
    {
        Customer = "Orchard Web Hosting",
        RegistrationNumber = "10023-7",
        Mailbox = "kim@isp.example",
        LastUsedAt = Instant.FromUtc(2026, 1, 1, 9, 0),
        ClosesAt = Instant.FromUtc(2026, 3, 2, 9, 0),
        Percent = 92,
        UsedBytes = 23_000_000,
        CapacityBytes = 25_000_000,
        MailboxUrl = "https://isp.example/portal/mailboxes/7",
        Clause = new ClauseId("C9"),
    };

    private static readonly NoticeFacts.OfPostmaster PostmasterFacts = new()
    {
        Domain = "alder.example",
        Deadline = Instant.FromUtc(2026, 3, 9, 12, 0),
        AnswerUrl = "https://isp.example/postmaster#abcdefghijklmnopqrstuvwx",
        Code = "abcdefghijklmnopqrstuvwx",
        Clause = new ClauseId("C7"),
    };

    public static TheoryData<string> Shipped => new(ShippedPolicy.Notices.Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Shipped))]
    public void Every_shipped_notice_renders_with_nothing_left_to_fill(string name)
    {
        var notice = Render(ShippedPolicy.Notices[name], FactsOf(name));

        Assert.NotEmpty(notice.Subject);
        foreach (var text in new[] { notice.Subject, notice.Text, notice.Markdown })
        {
            Assert.DoesNotContain('{', text);
            Assert.DoesNotContain('\r', text);
        }

        Assert.DoesNotContain('\n', notice.Subject);
        Assert.Contains("Example Internet, Inc.", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_notice_says_what_when_and_what_to_do()
    {
        var text = Render(ShippedPolicy.Notices["complaint"], Facts).Text;

        Assert.Contains("Case 4711: complaint about 192.0.2.7", Render(ShippedPolicy.Notices["complaint"], Facts).Subject, StringComparison.Ordinal);
        foreach (var said in new[]
        {
            "Dear Orchard Web Hosting", "10023-7", "unsolicited mail, a phishing page",
            "2026-03-01 09:30 UTC (Sunday, 1 March 2026, 01:30, America/Los_Angeles)",
            "2026-03-02 12:00 UTC (Monday, 2 March 2026, 04:00, America/Los_Angeles)",
            "within 24 hours", "\nhttps://isp.example/cases/4711\n", "    Received: from [192.0.2.7]\n    Subject: buy\n",
            "\"Complaint, answer and block\"", "> A complaint is forwarded to you", "500.00 USD", "+1 555 0100",
        })
        {
            Assert.Contains(said, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_notice_about_a_mailbox_says_when_it_closes_and_how_full_it_is()
    {
        var unused = Render(ShippedPolicy.Notices["mailbox-unused"], MailboxFacts);
        var filling = Render(ShippedPolicy.Notices["mailbox-filling"], MailboxFacts);

        Assert.Equal("Nobody uses the mailbox kim@isp.example: it will be closed on 2026-03-02 09:00 UTC", unused.Subject);
        Assert.Contains("since 1 January 2026", unused.Text, StringComparison.Ordinal);
        Assert.Equal("The mailbox kim@isp.example is 92 % full", filling.Subject);
        Assert.Contains("there are 23 MB in it, and it holds 25 MB.", filling.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("\nhttps://isp.example/portal/mailboxes/7\n", filling.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postmaster-asked", "Does somebody read postmaster@alder.example?")]
    [InlineData("postmaster-reminder", "Reminder: Does somebody read postmaster@alder.example?")]
    public void A_postmaster_is_told_until_when_and_how_to_answer(string name, string subject)
    {
        var notice = Render(ShippedPolicy.Notices[name], PostmasterFacts);

        Assert.Equal(subject, notice.Subject);
        foreach (var said in new[] { "2026-03-09 12:00 UTC", "\nhttps://isp.example/postmaster#abcdefghijklmnopqrstuvwx\n", "this is it:\n\nabcdefghijklmnopqrstuvwx\n", "Clause C7" })
            Assert.Contains(said, notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_clock_there_is_no_deadline() =>
        Assert.Contains("no deadline", Render(ShippedPolicy.Notices["repeat"], Facts with { Deadline = null }).Text, StringComparison.Ordinal);

    [Fact]
    public void Links_are_links_and_nothing_else_is()
    {
        var template = Good("x", "Subject: s\n\n{case-url} {resource} {support-address}\n");

        var safe = Render(template, Facts with { Resource = "www.shop.example" }).Markdown;
        var hostile = Render(template, Facts with { CaseUrl = "javascript:alert(1)" }).Markdown;

        Assert.Equal("<https://isp.example/cases/4711> www\\.shop\\.example <support@isp.example>\n", safe);
        Assert.StartsWith(@"javascript\:alert\(1\) ", hostile, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_cannot_put_a_header_into_the_message()
    {
        var template = Good("x", "Subject: For {customer}\n\n{customer}\n");

        var notice = Render(template, Facts with { Customer = "A\r\nBcc: x@y.example\r\n\r\n<b>B</b>\u2028# C" });

        Assert.Equal("For A  Bcc: x@y.example    <b>B</b> # C", notice.Subject);
        Assert.Equal(@"A  Bcc\: x\@y\.example    \<b\>B\<\/b\> \# C" + "\n", notice.Markdown);
    }

    [Fact]
    public void A_value_is_never_searched_for_placeholders()
    {
        var notice = Render(Good("x", "Subject: {customer}\n\n{evidence}\n"), Facts with { Customer = "{reason}", Evidence = "{case}" });

        Assert.Equal("{reason}", notice.Subject);
        Assert.Contains("{case}", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_cannot_end_its_block()
    {
        var notice = Render(Good("x", "Subject: s\n\n{evidence}\n"), Facts with { Evidence = "a\n```\n# Heading\n`````\n\u202eb\u0007" });

        Assert.Equal("``````text\na\n```\n# Heading\n`````\n b\n``````\n", notice.Markdown);
    }

    [Fact]
    public void What_an_operator_wrote_stays_a_quotation()
    {
        var notice = Render(Good("x", "Subject: s\n\n{reason}\n"), Facts with { Reason = "one\r\n\r\n# two <i>" });

        Assert.Equal("> one\n>\n> \\# two \\<i\\>\n", notice.Markdown);
        Assert.Equal("> one\n>\n> # two <i>\n", notice.Text);
    }

    [Fact]
    public void Whatever_comes_from_outside_adds_no_line_to_a_notice() =>
        Gen.String.Sample(value =>
        {
            var template = Good("x", "Subject: {customer}\n\n{customer}|{resource}\n");
            var notice = Render(template, Facts with { Customer = value, Resource = value });
            return !notice.Subject.Any(char.IsControl) && notice.Markdown.Count(c => c == '\n') == 1
                && !notice.Markdown.Replace("\\<", "", StringComparison.Ordinal).Contains('<', StringComparison.Ordinal);
        });

    [Fact]
    public void Whatever_is_evidence_stays_between_its_fences() =>
        Gen.OneOf(Gen.String, Gen.String["`~\n\r> #ab"]).Sample(value =>
        {
            var lines = Render(Good("x", "Subject: s\n\n{evidence}\n"), Facts with { Evidence = value }).Markdown.TrimEnd('\n').Split('\n');
            var fence = lines[^1];
            return fence.All(c => c == '`') && lines[0] == fence + "text" && lines[1..^1].All(l => !l.Contains(fence, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData("complaint", "Subject: s\n\nDear {custmer}\n", 3, 6, "Nothing fills {custmer}", "'customer'")]
    [InlineData("complaint", "Subject: {cas}\n\nx\n", 1, 10, "Nothing fills {cas}", "'case'")]
    [InlineData("complaint", "Subject: s\n\na { b\n", 3, 3, "brace", "{name}")]
    [InlineData("complaint", "Subject: s\n\nlook: {evidence}\n", 3, 7, "several lines", "own")]
    [InlineData("complaint", "Subject: s\n\nlook:\n{evidence}\n", 4, 1, "several lines", "own")]
    [InlineData("complaint", "Subject: {evidence}\n\nx\n", 1, 10, "several lines", "own")]
    [InlineData("complaint", "Hello\n\nx\n", 1, 1, "first line is the subject", "Subject:")]
    [InlineData("complaint", "Subject: \n\nx\n", 1, 1, "first line is the subject", "Subject:")]
    [InlineData("complaint", "Subject: s\nx\n", 2, 1, "second line is empty", "empty line")]
    [InlineData("complaint", "Subject: s\n\n\n", 3, 1, "says nothing", "text")]
    [InlineData("not-ours", "Subject: s\n\nDear {customer}\n", 3, 6, "Nothing fills {customer} in the notice 'not-ours'", "report")]
    [InlineData("postmaster-asked", "Subject: s\n\n{customer}\n", 3, 1, "Nothing fills {customer} in the notice 'postmaster-asked'", "")]
    [InlineData("registration-number", "Subject: s\n\n{case}\n", 3, 1, "Nothing fills {case}", "")]
    public void A_mistake_is_told_with_its_place_and_what_to_write(
        string name, string text, int line, int column, string message, string remedy)
    {
        var bad = Assert.IsType<NoticeReading.Bad>(NoticeTemplate.Read(name, $"{name}.md", text));

        var problem = Assert.Single(bad.Problems);
        Assert.Equal((line, column, $"{name}.md"), (problem.Line, problem.Column, problem.File));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_can_be_read() =>
        Gen.Select(Gen.String, Gen.Bool).Sample(
            (text, subject) => NoticeTemplate.Read("complaint", "complaint.md", (subject ? "Subject: x\n\n" : "") + text) is not null);

    [Fact]
    public void A_notice_to_a_reporter_cannot_be_made_from_a_case() =>
        Assert.Throws<ArgumentException>(() => Render(ShippedPolicy.Notices["not-ours"], Facts));

    [Fact]
    public void Blocks_are_named_in_a_sentence()
    {
        Prefix[] two = [Prefix.Parse("192.0.2.7"), Prefix.Parse("2001:db8::/64")];
        var many = Enumerable.Range(1, 10).Select(i => Prefix.Parse($"192.0.2.{i}")).ToArray();

        Assert.Equal("all traffic to and from 192.0.2.7, 2001:db8::/64", BlockWords.Of(BlockScope.All, two));
        Assert.EndsWith("192.0.2.8 and 2 more", BlockWords.Of(BlockScope.Port25, many), StringComparison.Ordinal);
        Assert.StartsWith("port 25 (mail between servers) to and from", BlockWords.Of(BlockScope.Port25, many), StringComparison.Ordinal);
    }

    [Fact]
    public void Types_of_the_ladders_have_words() =>
        Assert.All(ShippedPolicy.Policy.Ladders.SelectMany(l => l.Types), t => Assert.NotEqual(t, ReportTypeWords.Of(t)));

    private static NoticeFacts FactsOf(string name) => name switch
    {
        "registration-number" => new NoticeFacts.OfAccount("Orchard Web Hosting", "10023-7"),
        "not-ours" or "report-received" or "report-needs-facts" or "report-outcome" or "report-digest" => new NoticeFacts.OfReport(new ReportId(12), "203.0.113.9"),
        "sending-held" => HoldFacts,
        "postmaster-asked" or "postmaster-reminder" => PostmasterFacts,
        "mailbox-unused" or "mailbox-closed" or "mailbox-filling" => MailboxFacts,
        _ => Facts,
    };

    private static RenderedNotice Render(NoticeTemplate template, NoticeFacts facts) =>
        template.Render(ShippedPolicy.Policy, ShippedPolicy.Provider, facts);

    private static NoticeTemplate Good(string name, string text) =>
        Assert.IsType<NoticeReading.Good>(NoticeTemplate.Read(name, $"{name}.md", text)).Template;
}
