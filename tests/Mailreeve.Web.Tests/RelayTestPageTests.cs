using System.Net;
using System.Text.RegularExpressions;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Tests;

/// <summary>C7: relay tests on the desk, and the customer's button.</summary>
public sealed class RelayTestPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly Address Mx = Address.Parse("192.0.2.3");

    [Fact]
    public async Task An_operator_asks_for_a_test_and_sees_what_each_has_shown()
    {
        await using var host = await WebHost.StartAsync();
        await AllowAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        using var wrong = await desk.SendAsync("/desk/relay-tests", "/desk/relay-tests", ("address", "192.0.2.17"));
        using var asked = await desk.SendAsync("/desk/relay-tests", "/desk/relay-tests", ("address", " 192.0.2.3 "));

        Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        Assert.Contains("no active service", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal("/desk/relay-tests/1", asked.Headers.Location!.ToString());
        await ProveAsync(host, 1);
        var page = await desk.OpenAsync("/desk/relay-tests/1");
        Assert.Contains("open: it relays", page, StringComparison.Ordinal);
        Assert.Contains("&lt;r1-1-aa@collector.example&gt;", page, StringComparison.Ordinal);
        Assert.Contains("came out at <span class=\"mono\">192.0.2.3</span>", page, StringComparison.Ordinal);
        Assert.Contains("192.0.2.3", await desk.OpenAsync("/desk/relay-tests"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await desk.StatusOfAsync("/desk/relay-tests/99"));
        Assert.NotEqual(HttpStatusCode.OK, await host.Stranger().StatusOfAsync("/desk/relay-tests/1"));
    }

    [Fact]
    public async Task A_customer_with_a_case_has_the_host_tested_again_once_an_hour()
    {
        await using var host = await WebHost.StartAsync();
        await AllowAsync(host);
        var id = await OpenAsync(host);
        var alder = await host.SignedInAsync(WebHost.Alder);
        var path = $"/portal/cases/{id}";

        Assert.Contains("Test me again", await alder.OpenAsync(path), StringComparison.Ordinal);
        using var early = await alder.SendAsync(path, $"{path}/relay-test");
        host.Clock.AdvanceHours(1);
        using var asked = await alder.SendAsync(path, $"{path}/relay-test");
        using var twice = await alder.SendAsync(path, $"{path}/relay-test");

        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.SeeOther, HttpStatusCode.Conflict], [early.StatusCode, asked.StatusCode, twice.StatusCode]);
        var run = (await host.Database.ReadAsync(db => new RelayRunStore(db).LastAsync(Mx, Stop), Stop))!;
        Assert.Equal((2, RelayOccasion.Customer, RelayRunState.Waiting), (run.Id, run.Occasion, run.State));

        // Nobody else's case, and no other kind of case.
        var birch = await host.SignedInAsync(WebHost.Birch);
        var spam = await Cases.OpenAsync(host, "192.0.2.19");
        var token = Regex.Match(await birch.OpenAsync($"/portal/cases/{spam}"), "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var foreign = await birch.PostAsync($"{path}/relay-test", ("form-token", token));
        using var other = await birch.PostAsync($"/portal/cases/{spam}/relay-test", ("form-token", token));
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], [foreign.StatusCode, other.StatusCode]);
    }

    [Fact]
    public async Task The_evidence_file_has_the_test_of_ours_before_what_others_complain_of()
    {
        await using var host = await WebHost.StartAsync();
        await AllowAsync(host);
        var id = await OpenAsync(host);
        var alder = await host.SignedInAsync(WebHost.Alder);

        Assert.Contains("> RCPT TO:<r1-1-aa@collector.example>", await alder.OpenAsync($"/portal/cases/{id}/evidence"), StringComparison.Ordinal);

        // Somebody else has found it, too.
        host.Clock.AdvanceHours(1);
        var complaint = await Cases.OpenAsync(host, "192.0.2.4");
        await host.Database.WriteAsync(db => db.ExecuteAsync("UPDATE event SET case_id = @id WHERE case_id = @complaint", new { id, complaint }, Stop), Stop);
        var file = await alder.OpenAsync($"/portal/cases/{id}/evidence");
        Assert.Matches("(?s)> RCPT TO:<r1-1-aa@collector\\.example>.*--- Complaint 1", file);
    }

    [Fact]
    public async Task Whoever_has_had_the_address_sees_their_own_tests_and_has_no_host_of_the_next_one_tested()
    {
        await using var host = await WebHost.StartAsync();
        await AllowAsync(host);
        var path = $"/portal/cases/{await OpenAsync(host)}";
        var alder = await host.SignedInAsync(WebHost.Alder);
        Assert.Contains("<p>Open: it relays</p>", await alder.OpenAsync(path), StringComparison.Ordinal);

        // A test of whoever else has had it.
        host.Clock.AdvanceHours(2);
        var now = host.Clock.GetCurrentInstant();
        await host.Database.WriteAsync(async db =>
        {
            var runs = new RelayRunStore(db);
            var run = (await runs.AskAsync(new NewRelayRun(WebHost.Birch.Id, Mx, RelayOccasion.Operator, Policy.Actor.Policy, now), Stop))!.Value;
            await runs.RecordAsync((await runs.FindAsync(run, Stop))! with { State = RelayRunState.Done, Verdict = RelayRunVerdict.Closed, EndedAt = now }, Stop);
        }, Stop);
        Assert.DoesNotContain("<p>Closed</p>", await alder.OpenAsync(path), StringComparison.Ordinal);

        await host.Database.WriteAsync(db => new CustomerStore(db).AssignAsync(
            [new Assignment { Id = 0, Customer = WebHost.Birch.Id, Prefix = Prefix.Single(Mx), ValidFrom = now }], now, Stop), Stop);
        Assert.DoesNotContain("Test me again", await alder.OpenAsync(path), StringComparison.Ordinal);
    }

    private static Task AllowAsync(WebHost host) => host.Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync(
        [new Service { Id = 0, Customer = WebHost.Alder.Id, Kind = ServiceKind.MailServer, Name = "mx", State = ServiceState.Active }], Stop), Stop);

    // A test has proved that the host relays.
    private static async Task<Policy.CaseId> OpenAsync(WebHost host)
    {
        await host.Database.WriteAsync(db => new RelayRunStore(db).AskAsync(
            new NewRelayRun(WebHost.Alder.Id, Mx, RelayOccasion.Operator, Policy.Actor.Policy, host.Clock.GetCurrentInstant()), Stop), Stop);
        await ProveAsync(host, 1);
        await new RelayCaseClerk(host.Database, host.Get<CaseBooks>(), host.Get<LiveViews>(), host.Clock).WorkAsync(Stop);
        return (await host.Database.ReadAsync(db => new DeskStore(db).CasesAsync("192.0.2.3", null, null, 1, Stop), Stop))[0].Id;
    }

    // As the network slice leaves it.
    private static Task ProveAsync(WebHost host, long id) => host.Database.WriteAsync(async db =>
    {
        var runs = new RelayRunStore(db);
        var now = host.Clock.GetCurrentInstant();
        var run = (await runs.TakeAsync(now, now + Duration.FromMinutes(30), Stop))!;
        await runs.AddAsync(
        [
            new RelayAttemptRow
            {
                RunId = id, Number = 1, Port = 25, Test = "other-domain", Verdict = RelayVerdict.TookMessage, Transcript = "> RCPT TO:<r1-1-aa@collector.example>\n< 250 Ok\n",
            },
        ], Stop);
        await runs.ArrivedAsync(id, 1, RelayVerdict.Proven, Mx, now, Stop);
        await runs.RecordAsync(run with { State = RelayRunState.Done, Verdict = RelayRunVerdict.Open, Dialogue = RelayDialogue.Complete, EndedAt = now }, Stop);
    }, Stop);
}
