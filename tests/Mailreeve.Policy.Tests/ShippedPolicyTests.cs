using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Page;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests;

public class ShippedPolicyTests
{
    private static readonly AbusePolicy Policy = ShippedPolicy.Policy;

    [Fact]
    public void Everything_that_is_shipped_is_in_order_and_every_scenario_holds()
    {
        var check = ShippedPolicy.Check;

        Assert.Empty(check.Problems.Select(p => p.ToString()));
        Assert.Equal(ShippedPolicy.Source.Scenarios.Count, check.ScenariosHeld);
        Assert.True(check.ScenariosHeld >= 15);
        Assert.Equal(
            $"Revision 20020201: 22 clauses, 6 ladders, {check.Notices.Count} notices, {check.ScenariosHeld} scenarios hold.",
            Assert.Single(check.Lines()));
    }

    [Fact]
    public void Every_clause_and_duty_is_there_in_order() =>
        Assert.Equal(
            "DEF C1 C2 C3 C4 C5 C6 C7 C8 C9 D1 D2 D3 D4 D5 WHY S1 S2 S3 S4 S5 S6",
            string.Join(' ', Policy.Clauses.Select(c => c.Id)));

    [Fact]
    public void The_numbers_are_those_of_the_document()
    {
        var terms = Policy.Terms;

        Assert.Equal("20020201", Policy.Revision);
        Assert.Equal(new LocalDate(2002, 2, 1), Policy.InForceFrom);
        Assert.Equal(Rests(new Money(500_00, "USD"), "C3"), terms.ComplaintCharge);
        Assert.Equal(Rests(Duration.FromHours(24), "C4"), terms.AnswerWithin);
        Assert.Equal(Rests(Duration.FromHours(2), "C6"), terms.SuspendAfterNotice);
        Assert.Equal(Rests(Duration.FromHours(48), "C7"), terms.CloseRelayWithin);
        Assert.Equal(Rests(Duration.FromDays(7), "C7"), terms.ReadPostmasterWithin);
        Assert.Equal(Rests(25_000_000L, "C9"), terms.MailboxCapacityBytes);
        Assert.Equal(Rests(Duration.FromDays(30), "C9"), terms.MessageRetention);
        Assert.Equal(Rests(Duration.FromDays(60), "C9"), terms.InactiveMailboxRetention);
        Assert.Equal(Rests(25_000_000L, "C9"), terms.ExtraStorageStepBytes);
        Assert.Equal(Rests(new Money(5_00, "USD"), "C9"), terms.ExtraStoragePrice);
        Assert.Equal(Rests(40L, "C9"), terms.ExtraStorageStepsAtMost);
        Assert.Equal(Rests(Duration.FromDays(14), "C9"), terms.InactiveWarningFirst);
        Assert.Equal(Rests(Duration.FromDays(3), "C9"), terms.InactiveWarningLast);
        Assert.Equal((Rests(80L, "C9"), Rests(90L, "C9")), (terms.FillWarningFirst, terms.FillWarningLast));
        Assert.Equal(Rests(Duration.FromDays(30), "C4"), terms.BlockAtMost);
        Assert.Equal(Rests(256L, "C4"), terms.BlockAddressesAtMost);
        Assert.Equal(Rests(3L, "D5"), terms.BlockSitesAtMost);
        Assert.Equal(Rests(1024L, "C4"), terms.BlockFourEyesAbove);
        Assert.Equal((Rests(2L, "C4"), Rests(10L, "C4"), Rests(20L, "C4")), (terms.Trust.ReportersToBlock, terms.Trust.NoticeAt, terms.Trust.BlockAt));
    }

    [Theory]
    [InlineData("C3", "500.00 USD")]
    [InlineData("C4", "24 hours")]
    [InlineData("C6", "2 hours")]
    [InlineData("C7", "48 hours")]
    [InlineData("C7", "7 days")]
    [InlineData("C9", "25 MB")]
    [InlineData("C9", "30 days")]
    [InlineData("C9", "60 days")]
    [InlineData("C9", "5.00 USD a month")]
    public void The_texts_show_the_numbers(string clause, string number) =>
        Assert.Contains(number, Policy.ClauseOf(new ClauseId(clause)).Text.ReplaceLineEndings(" "), StringComparison.Ordinal);

    [Fact]
    public void No_text_names_a_provider()
    {
        var texts = string.Join('\n', Policy.Clauses.Select(c => c.Title + c.Text));

        Assert.DoesNotContain("works", texts, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("{provider}", texts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CaseKind.Spam, 24, "C4")]
    [InlineData(CaseKind.AdvertisedSite, 24, "DEF")]
    [InlineData(CaseKind.NetworkAbuse, 24, "C5")]
    [InlineData(CaseKind.SupportService, 2, "C6")]
    [InlineData(CaseKind.OpenRelay, 48, "C7")]
    [InlineData(CaseKind.Postmaster, 168, "C7")]
    public void Each_kind_of_case_has_its_ladder_and_clock(CaseKind kind, int hours, string clause)
    {
        var ladder = Policy.LadderOf(kind);

        Assert.Equal(Duration.FromHours(hours), ladder.AnswerWithin.Value);
        Assert.Equal(new ClauseId(clause), ladder.Clause);
    }

    [Theory]
    [InlineData("messaging/spam", false, CaseKind.Spam)]
    [InlineData("messaging/bulk_messaging", false, CaseKind.Spam)]
    [InlineData("messaging/spam", true, CaseKind.AdvertisedSite)]
    [InlineData("content/phishing", true, CaseKind.AdvertisedSite)]
    [InlineData("connection/port_scan", false, CaseKind.NetworkAbuse)]
    public void Report_types_lead_to_their_kind_of_case(string type, bool isSite, CaseKind kind) =>
        Assert.Equal(kind, Policy.KindOf(type, isSite));

    [Fact]
    public void What_the_policy_has_no_clause_for_leads_nowhere() => Assert.Null(Policy.KindOf("copyright/p2p", isSite: false));

    [Fact]
    public void Only_charges_and_attacks_and_suspensions_wait_for_an_operator_by_design() =>
        Assert.Equal(
            "charge block-repeated charge block-repeated block-at-once block-unanswered block-repeated charge suspend refer-unanswered",
            string.Join(' ', Policy.Ladders.SelectMany(l => l.Rungs).Where(r => r.Mode == RungMode.Ask).Select(r => r.Name)));

    [Fact]
    public void Terms_figures_and_placeholders_have_the_same_names() =>
        Assert.Equal(TermReader.Names.Order(), Figure.Of(Policy.Terms).Select(f => f.Name).Order());

    [Fact]
    public void The_page_has_nothing_left_to_fill_and_shows_the_numbers_where_they_belong()
    {
        var page = PolicyPage.Of(Policy, ShippedPolicy.Provider);

        Assert.Equal("E-mail and anti-spam policy of Example Internet, Inc.", page.Title);
        Assert.Equal(Policy.Clauses.Count, page.Clauses.Count());
        Assert.DoesNotContain(page.Clauses, c => c.Markdown.Contains('{', StringComparison.Ordinal));
        Assert.Equal(["500.00 USD"], page.Clauses.Single(c => c.Anchor == "c3").Figures.Select(f => f.Text));
        Assert.Contains("<https://isp.example/policy>", page.Clauses.Single(c => c.Anchor == "s6").Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_cannot_change_the_formatting_of_the_page()
    {
        var page = PolicyPage.Of(Policy, ShippedPolicy.Provider with { Name = "{abuse-address} <b>*Net*" });

        Assert.Contains(page.Clauses, c => c.Markdown.Contains(@"\{abuse\-address\} \<b\>\*Net\*", StringComparison.Ordinal));
    }

    [Fact]
    public void It_can_be_shown_on_a_terminal()
    {
        var lines = PolicyShow.Lines(Policy, ShippedPolicy.Provider).ToList();

        Assert.Contains("C4   Complaint, answer and block", lines);
        Assert.Contains("open-relay (C7), 48 hours to answer", lines);
        Assert.DoesNotContain(lines, l => l.Contains('{', StringComparison.Ordinal));
    }

    private static Term<T> Rests<T>(T value, string clause) => new(value, new ClauseId(clause));
}
