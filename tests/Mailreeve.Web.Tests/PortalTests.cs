using System.Net;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class PortalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_sees_own_cases_and_those_downstream_and_nobody_elses()
    {
        await using var host = await WebHost.StartAsync();
        var own = await Cases.OpenAsync(host, "192.0.2.3");
        var downstreams = await Cases.OpenAsync(host, "192.0.2.9");
        var others = await Cases.OpenAsync(host, "192.0.2.17");

        var alder = await host.SignedInAsync(WebHost.Alder);
        var birch = await host.SignedInAsync(WebHost.Birch);
        var cedar = await host.SignedInAsync(WebHost.Cedar);

        Assert.Equal(HttpStatusCode.OK, await alder.StatusOfAsync($"/portal/cases/{own}"));
        Assert.Equal(HttpStatusCode.OK, await alder.StatusOfAsync($"/portal/cases/{downstreams}"));
        Assert.Equal(HttpStatusCode.NotFound, await alder.StatusOfAsync($"/portal/cases/{others}"));
        Assert.Equal(HttpStatusCode.NotFound, await birch.StatusOfAsync($"/portal/cases/{own}"));
        Assert.Equal(HttpStatusCode.OK, await cedar.StatusOfAsync($"/portal/cases/{downstreams}"));
        Assert.Equal(HttpStatusCode.NotFound, await cedar.StatusOfAsync($"/portal/cases/{own}"));
        Assert.DoesNotContain("192.0.2.17", await alder.OpenAsync("/portal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_of_a_customer_shows_who_reported()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        var visitor = await host.SignedInAsync(WebHost.Alder);

        var page = await visitor.OpenAsync($"/portal/cases/{id}");

        Assert.DoesNotContain("canary", page + await visitor.OpenAsync("/portal"), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("reporter.example", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Cheap watches", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_is_text_and_never_markup()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        var visitor = await host.SignedInAsync(WebHost.Alder);

        var page = await visitor.OpenAsync($"/portal/cases/{id}");

        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C4_An_answer_needs_resolution_and_prevention()
    {
        await using var host = await WebHost.StartAsync();
        var id = await Cases.OpenAsync(host, "192.0.2.3");
        var visitor = await host.SignedInAsync(WebHost.Alder);

        using var half = await visitor.SendAsync($"/portal/cases/{id}", $"/portal/cases/{id}/answer", ("resolution", "Cleaned it."), ("prevention", " "));
        var page = await half.Content.ReadAsStringAsync(Stop);
        using var whole = await visitor.SendAsync($"/portal/cases/{id}", $"/portal/cases/{id}/answer", ("resolution", "Cleaned it."), ("prevention", "Second factor."));

        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Contains("Cleaned it.", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, whole.StatusCode);
        Assert.Contains("Answer in review", await visitor.OpenAsync($"/portal/cases/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_answers_for_somebody_else()
    {
        await using var host = await WebHost.StartAsync();
        var own = await Cases.OpenAsync(host, "192.0.2.17");
        var others = await Cases.OpenAsync(host, "192.0.2.3");
        var birch = await host.SignedInAsync(WebHost.Birch);
        var html = await birch.OpenAsync($"/portal/cases/{own}");
        const string field = "name=\"form-token\" value=\"";
        var at = html.IndexOf(field, StringComparison.Ordinal) + field.Length;

        using var answer = await birch.PostAsync(
            $"/portal/cases/{others}/answer", ("form-token", html[at..html.IndexOf('"', at)]), ("resolution", "x"), ("prevention", "y"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(CasePhase.Notifying, (await Cases.FindAsync(host, others)).Phase);
    }

    [Fact]
    public async Task D2_A_revision_is_acknowledged_once_it_was_shown()
    {
        await using var host = await WebHost.StartAsync();
        var visitor = await host.SignedInAsync(WebHost.Alder);

        using var answer = await visitor.SendAsync("/portal", "/portal/acknowledge");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("You acknowledged", await visitor.OpenAsync("/portal"), StringComparison.Ordinal);
        Assert.Equal(
            ShippedPolicy.Policy.Revision,
            (await host.Database.ReadAsync(db => new AcknowledgementStore(db).OfCustomerAsync(WebHost.Alder.Id, Stop), Stop))[0].Revision);
    }

    [Fact]
    public async Task A_customer_whose_account_was_closed_is_out_at_the_next_click()
    {
        await using var host = await WebHost.StartAsync();
        var visitor = await host.SignedInAsync(WebHost.Alder);

        await host.Database.WriteAsync(
            db => new CustomerStore(db).UpdateAsync([WebHost.Alder with { State = CustomerState.Closed }], Stop), Stop);

        Assert.Equal(HttpStatusCode.Redirect, await visitor.StatusOfAsync("/portal"));
    }
}

/// <summary>Cases made the way they are made: by a report.</summary>
internal static class Cases
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<CaseId> OpenAsync(WebHost host, string source)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/reports");
        request.Content = new StringContent(Reports.Xarf(source, host.Clock.GetCurrentInstant()), Encoding.UTF8, "application/json");
        request.Headers.Authorization = new("Bearer", WebHost.ReportCodeKey);
        using var answer = await host.Stranger().Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await host.ReadReportsAsync();
        return (await host.Database.ReadAsync(db => new DeskStore(db).CasesAsync(source, null, null, 1, Stop), Stop))[0].Id;
    }

    public static async Task AnswerAsync(WebHost host, CaseId id) =>
        await host.Get<AbuseDesk.Desk.CaseDesk>().AnswerAsync(id, Actor.Customer(WebHost.Alder.RegNumber), "Deleted <b>the list</b>.", "Confirmed opt-in.", Stop);

    public static async Task<AbuseCase> FindAsync(WebHost host, CaseId id) =>
        (await host.Database.ReadAsync(db => new CaseStore(db).FindAsync(id, Stop), Stop))!;
}
