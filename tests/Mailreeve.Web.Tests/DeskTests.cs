using System.Net;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Web.Tests;

public sealed class DeskTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_accepted_with_one_click_and_the_case_closes()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        await Cases.AnswerAsync(host, id);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var before = await desk.OpenAsync("/desk");
        using var answer = await desk.SendAsync("/desk", $"/desk/cases/{id}/accept", ("reason", ""));

        Assert.Contains("Deleted &lt;b&gt;the list", before, StringComparison.Ordinal);
        Assert.Equal("/desk", answer.Headers.Location!.ToString());
        Assert.Equal(CasePhase.Closed, (await Cases.FindAsync(host, id)).Phase);
    }

    [Fact]
    public async Task A_refusal_needs_a_reason_and_sets_the_clock_anew()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        await Cases.AnswerAsync(host, id);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        using var silent = await desk.SendAsync($"/desk/cases/{id}", $"/desk/cases/{id}/refuse", ("reason", ""), ("hours", "12"));
        using var said = await desk.SendAsync($"/desk/cases/{id}", $"/desk/cases/{id}/refuse", ("reason", "Which list?"), ("hours", "12"));

        Assert.Equal(HttpStatusCode.Conflict, silent.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, said.StatusCode);
        Assert.Equal(host.Clock.GetCurrentInstant() + Duration.FromHours(12), (await Cases.FindAsync(host, id)).Due);
    }

    [Fact]
    public async Task What_nobody_vouches_for_is_one_item_for_operators_and_nothing_for_the_customer()
    {
        await using var host = await WebHost.StartAsync();
        for (var i = 1; i <= 3; i++)
        {
            await host.Stranger().Http.PostAsync(
                "/api/reports", new StringContent(Reports.Xarf($"192.0.2.{i}", host.Clock.GetCurrentInstant()), System.Text.Encoding.UTF8, "application/json"), Stop);
        }

        await host.ReadReportsAsync();
        var customer = await host.SignedInAsync(WebHost.Alder);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        Assert.DoesNotContain("192.0.2.1", await customer.OpenAsync("/portal"), StringComparison.Ordinal);
        using (var hidden = await customer.Http.GetAsync("/portal/cases/1", Stop))
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Contains("3 cases that nobody vouches for", await desk.OpenAsync("/desk"), StringComparison.Ordinal);
        using var closed = await desk.SendAsync("/desk/doubtful", "/desk/doubtful/close", ("reason", "A flood."));
        Assert.Contains("Nothing waits here", await desk.OpenAsync("/desk/doubtful"), StringComparison.Ordinal);
        Assert.DoesNotContain("nobody vouches", await desk.OpenAsync("/desk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_says_what_to_think_of_a_reporter_and_makes_keys()
    {
        await using var host = await WebHost.StartAsync();
        await Cases.OpenAsync(host, "192.0.2.3");
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        using var saved = await desk.SendAsync("/desk/reporters", "/desk/reporters/1", ("standing", "ignored"), ("reason", "Makes things up."));
        using var made = await desk.SendAsync("/desk/reporters", "/desk/reporters/keys", ("domain", "Soc.Partner.example"));
        var key = await made.Content.ReadAsStringAsync(Stop);
        var page = await desk.OpenAsync("/desk/reporters");

        Assert.Contains("Makes things up.", page, StringComparison.Ordinal);
        Assert.Contains("soc.partner.example", page, StringComparison.Ordinal);
        Assert.Contains("mrk_", key, StringComparison.Ordinal);
        Assert.DoesNotContain("mrk_", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C3_A_charge_is_confirmed_or_voided_by_a_person()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        var desk = await host.SignedInAsync(OperatorRole.Billing);
        var charge = Assert.Single(await host.Database.ReadAsync(db => new ChargeStore(db).OfCaseAsync(id, Stop), Stop));

        using var answer = await desk.SendAsync("/desk", $"/desk/charges/{charge.Id.Value}", ("verdict", "confirm"), ("reason", ""));

        var decided = await host.Database.ReadAsync(db => new ChargeStore(db).FindAsync(charge.Id, Stop), Stop);
        Assert.Equal((ChargeState.Confirmed, Actor.Operator("billing")), (decided!.State, decided.DecidedBy!.Value));
    }

    [Fact]
    public async Task A_report_that_needs_a_person_is_shown_as_text_and_settled_with_a_note()
    {
        await using var host = await WebHost.StartAsync();
        var report = Some.Report with { Raw = "Subject: <img src=x onerror=alert(1)>\u202e\r\n\r\nhelp\x1b[2J"u8.ToArray() };
        var id = await host.Database.WriteAsync(db => new ReportStore(db).AddAsync(report, Stop), Stop);
        await host.ReadReportsAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var page = await desk.OpenAsync($"/desk/reports/{id.Value}");
        using var raw = await desk.Http.GetAsync($"/desk/reports/{id.Value}/report.eml", Stop);
        using var silent = await desk.SendAsync($"/desk/reports/{id.Value}", $"/desk/reports/{id.Value}/settle", ("reason", ""));
        using var settled = await desk.SendAsync($"/desk/reports/{id.Value}", $"/desk/reports/{id.Value}/settle", ("reason", "Answered by hand."));

        Assert.Contains("&lt;img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', page);
        Assert.DoesNotContain('\x1b', page);
        Assert.Equal(report.Raw, await raw.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal("attachment", raw.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, settled.StatusCode);
        Assert.Equal(ReportState.Done, (await host.Database.ReadAsync(db => new ReportStore(db).FindAsync(id, Stop), Stop))!.State);
    }

    [Fact]
    public async Task A_block_is_lifted_with_a_reason()
    {
        await using var host = await WebHost.StartAsync();
        await PlaceAsync(host, 1);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        using var answer = await desk.SendAsync("/desk/blocks", "/desk/blocks/1/lift", ("reason", "By mistake."));

        var block = await host.Database.ReadAsync(db => new BlockStore(db).FindAsync(new BlockId(1), Stop), Stop);
        Assert.Equal((BlockState.Lifted, "By mistake."), (block!.State, block.EndReason));
    }

    [Fact]
    public async Task A_blocked_name_is_shown_and_lifted_with_a_reason()
    {
        await using var host = await WebHost.StartAsync();
        await host.Database.WriteAsync(
            db => new NameBlockStore(db).PlaceAsync(
                new NewNameBlock
                {
                    Name = "bad.example", Clause = new ClauseId("C6"), PolicyRevision = Some.Revision, Reason = "It sells lists.", PlacedBy = Actor.Policy,
                    StartsAt = Some.Time, ExpiresAt = Some.Time + Duration.FromDays(30),
                }, Stop), Stop);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        var page = await desk.OpenAsync("/desk/blocks");
        using var unexplained = await desk.SendAsync("/desk/blocks", "/desk/blocks/names/lift", ("reason", ""));
        using var answer = await desk.SendAsync("/desk/blocks", "/desk/blocks/names/lift", ("reason", "They stopped."));

        Assert.Contains("bad.example", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.SeeOther), (unexplained.StatusCode, answer.StatusCode));
        Assert.Empty(await host.Database.ReadAsync(db => new NameBlockStore(db).InForceAsync(Stop), Stop));
    }

    [Fact]
    public async Task Everything_is_lifted_only_by_an_administrator_who_typed_the_words()
    {
        await using var host = await WebHost.StartAsync();
        await PlaceAsync(host, 1, 2);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        var deskPage = await desk.OpenAsync("/desk/blocks");
        using var wrong = await admin.SendAsync("/desk/blocks", "/desk/blocks/lift-all", ("words", "lift"), ("reason", "Wrong rule."));
        var stillThere = await host.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop);
        using var right = await admin.SendAsync("/desk/blocks", "/desk/blocks/lift-all", ("words", "Lift everything"), ("reason", "Wrong rule."));

        Assert.DoesNotContain("lift-all", deskPage, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(2, stillThere.Count);
        Assert.Empty(await host.Database.ReadAsync(db => new BlockStore(db).ListInForceAsync(10, Stop), Stop));
    }

    [Fact]
    public async Task While_only_a_list_of_others_blocks_the_page_says_so_and_all_of_it_can_be_lifted()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);
        var before = await admin.OpenAsync("/desk/blocks");
        await host.Database.WriteAsync(db => new BlockStore(db).PlaceAsync([Some.Block with { List = "drop" }], Stop), Stop);

        var page = await admin.OpenAsync("/desk/blocks");

        Assert.Contains("Nothing is blocked.", before, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is blocked.", page, StringComparison.Ordinal);
        Assert.Contains("Entries of lists of others</a> besides: 1.", page, StringComparison.Ordinal);
        Assert.Contains("/desk/blocks/lift-all", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_learns_that_something_new_waits()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var before = await desk.OpenAsync("/desk/agenda");
        await Cases.OpenAsync(host, "192.0.2.3");
        var after = await desk.OpenAsync("/desk/agenda");

        Assert.NotEqual(before, after);
        Assert.Contains(after[10..26], await desk.OpenAsync("/desk"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.3", true)]
    [InlineData("alder", true)]
    [InlineData("%", false)]
    [InlineData("birch", false)]
    public async Task Cases_are_found_by_address_and_customer(string search, bool found)
    {
        await using var host = await WebHost.StartAsync();
        await Cases.OpenAsync(host, "192.0.2.3");
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var page = await desk.OpenAsync($"/desk/cases?q={Uri.EscapeDataString(search)}");

        Assert.Equal(found, page.Contains("/desk/cases/1\"", StringComparison.Ordinal));
    }

    private static Task PlaceAsync(WebHost host, params long[] ids) =>
        host.Database.WriteAsync(
            db => new BlockStore(db).PlaceAsync(
                [.. ids.Select(id => Some.Block with { Id = new BlockId(id), Prefix = Prefix.Single(new Address(Some.Address.Bits + (UInt128)id)) })], Stop),
            Stop);
}
