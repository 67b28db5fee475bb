using System.Net;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Network;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

/// <summary>C6: mailboxes and services that are suspended by a block, on the pages of operators and of the customer.</summary>
public sealed class SuspensionPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C6_a_mailbox_is_blocked_on_the_desk_seen_by_its_customer_and_lifted()
    {
        await using var host = await WebHost.StartAsync();
        var mailbox = await AddMailboxAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(desk, "info@alder.example", "");
        Assert.Contains("mailbox info@alder.example. Mail to it and from it is refused at once.", look, StringComparison.Ordinal);
        using var placed = await desk.SubmitAsync(look, "/desk/blocks/place");

        Assert.Equal("/desk/blocks", placed.Headers.Location?.OriginalString);
        var block = Assert.Single(await BlocksAsync(host));
        Assert.Equal(("mailbox info@alder.example", "operator abuse-desk", "Serves spam."), (block.Target, block.PlacedBy.Value, block.Reason));
        var blocks = await desk.OpenAsync("/desk/blocks");
        Assert.Contains("mailbox info@alder.example", blocks, StringComparison.Ordinal);
        Assert.Contains("our mail servers: active", blocks, StringComparison.Ordinal);
        using var again = await desk.SubmitAsync(look, "/desk/blocks/place");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        var alder = await host.SignedInAsync(WebHost.Alder);
        Assert.Contains("mailbox info@alder.example", await alder.OpenAsync("/portal"), StringComparison.Ordinal);
        Assert.Contains("This mailbox is blocked", await alder.OpenAsync($"/portal/mailboxes/{mailbox}"), StringComparison.Ordinal);
        Assert.DoesNotContain("info@alder.example", await (await host.SignedInAsync(WebHost.Birch)).OpenAsync("/portal"), StringComparison.Ordinal);

        using var lifted = await desk.SendAsync("/desk/blocks", $"/desk/blocks/{block.Id.Value}/lift", ("reason", "They stopped."));
        Assert.Equal(HttpStatusCode.SeeOther, lifted.StatusCode);
        Assert.Empty(await BlocksAsync(host));
        Assert.DoesNotContain("This mailbox is blocked", await alder.OpenAsync($"/portal/mailboxes/{mailbox}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C6_a_service_that_nothing_of_ours_runs_waits_on_the_desk_for_a_person()
    {
        await using var host = await WebHost.StartAsync();
        await AddServiceAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(desk, WebHost.Alder.RegNumber, "telephony/pbx");
        Assert.Contains("until a person has suspended it by hand", look, StringComparison.Ordinal);
        using var placed = await desk.SubmitAsync(look, "/desk/blocks/place");
        Assert.Equal(HttpStatusCode.SeeOther, placed.StatusCode);
        await new HandWorkClerk(host.Database, host.Get<LiveViews>(), host.Get<SuspensionBackEnds>(), host.Clock).WorkAsync(Stop);

        var block = Assert.Single(await BlocksAsync(host));
        Assert.Contains("It is suspended", await desk.OpenAsync("/desk"), StringComparison.Ordinal);
        using var done = await desk.SendAsync("/desk", $"/desk/blocks/{block.Id.Value}/by-hand");
        Assert.Equal("/desk", done.Headers.Location?.OriginalString);
        Assert.DoesNotContain("It is suspended", await desk.OpenAsync("/desk"), StringComparison.Ordinal);
        Assert.Contains("by hand: active, operator abuse-desk said so", await desk.OpenAsync("/desk/blocks"), StringComparison.Ordinal);
        var admin = await host.SignedInAsync(OperatorRole.Admin);
        Assert.Contains("Suspended", await admin.OpenAsync($"/admin/customers/{WebHost.Alder.Id}"), StringComparison.Ordinal);
        // Who places no blocks has nothing to do with it.
        var billing = await host.SignedInAsync(OperatorRole.Billing);
        Assert.Equal(HttpStatusCode.Forbidden, (await billing.PostAsync($"/desk/blocks/{block.Id.Value}/by-hand")).StatusCode);
    }

    [Theory]
    [InlineData("nobody@alder.example", "", "is no mailbox of ours")]
    [InlineData("abuse@provider.example", "", "never blocked")]
    [InlineData("192.0.2.7", "telephony", "registration number of its customer")]
    [InlineData(null, "irc", "has no service irc")]
    [InlineData(null, "hosting", "no kind of service")]
    public async Task What_stands_in_the_way_is_said_and_nothing_can_be_placed(string? target, string service, string expected)
    {
        await using var host = await WebHost.StartAsync();
        await AddServiceAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var look = await LookAsync(desk, target ?? WebHost.Alder.RegNumber, service);

        Assert.Contains(expected, look, StringComparison.Ordinal);
        Assert.DoesNotContain("/desk/blocks/place", look, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C6_on_the_page_of_a_case_a_person_chooses_what_is_suspended()
    {
        await using var host = await WebHost.StartAsync();
        await AddMailboxAsync(host);
        var service = await AddServiceAsync(host);
        var id = await AskedAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var page = await desk.OpenAsync($"/desk/cases/{id}");
        Assert.Contains(">Choose</option>", page, StringComparison.Ordinal);
        Assert.Contains("mailbox info@alder.example</option>", page, StringComparison.Ordinal);
        using var nothing = await desk.SubmitAsync(page, "/desk/decisions/1", ("verdict", "yes"), ("reason", ""), ("target", ""));
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
        using var chosen = await desk.SubmitAsync(page, "/desk/decisions/1", ("verdict", "yes"), ("reason", ""), ("target", SuspensionPick.Of(service)));

        Assert.Equal($"/desk/cases/{id}", chosen.Headers.Location?.OriginalString);
        Assert.Equal("service telephony/pbx", Assert.Single(await BlocksAsync(host)).Target);
        Assert.Contains("service telephony/pbx suspended (step suspend#0)", await desk.OpenAsync($"/desk/cases/{id}"), StringComparison.Ordinal);
        var alder = await host.SignedInAsync(WebHost.Alder);
        var seen = await alder.OpenAsync($"/portal/cases/{id}");
        Assert.Contains("The service telephony/pbx was suspended.", seen, StringComparison.Ordinal);
        Assert.Contains("It comes back as soon as we are convinced", seen, StringComparison.Ordinal);
    }

    // A case whose time to answer is over; how it came to be is not what is looked at here.
    private static async Task<CaseId> AskedAsync(WebHost host)
    {
        var now = host.Clock.GetCurrentInstant();
        var id = await host.Database.WriteAsync(
            async db =>
            {
                var open = new AbuseCase { Id = new CaseId(await db.NextIdsAsync("abuse_case", 1, Stop)) };
                var events = new List<CaseEventRow>();
                foreach (var happened in new CaseEvent[]
                {
                    new CaseEvent.Opened(WebHost.Alder.Id, null, CaseKind.SupportService, new Resource(ResourceKind.Domain, "www.alder.example"), "messaging/spam"),
                    new CaseEvent.NoticeWritten("notify", "complaint", StartsClock: true),
                    new CaseEvent.NoticeAccepted("notify", new NoticeId(1), now, now),
                })
                {
                    open = open.Apply(happened, now);
                    events.Add(new CaseEventRow
                    {
                        CaseId = open.Id, Seq = open.Version, At = now, Actor = Actor.Policy, Clause = new ClauseId("C6"), PolicyRevision = Some.Revision, Body = Json.Write(happened),
                    });
                }

                await new CaseStore(db).AddAsync([open], Some.Revision, Stop);
                await new CaseStore(db).AppendAsync(events, Stop);
                return open.Id;
            }, Stop);
        await host.Get<DeadlineClerk>().WorkAsync(Stop);
        return id;
    }

    private static async Task<MailboxId> AddMailboxAsync(WebHost host) => (await host.Database.WriteAsync(
        db => new MailboxStore(db).AddAsync(new NewMailbox(WebHost.Alder.Id, "info@alder.example", null, host.Clock.GetCurrentInstant()), Stop), Stop))!.Value;

    private static async Task<SuspensionTarget> AddServiceAsync(WebHost host)
    {
        var service = new Service { Id = 0, Customer = WebHost.Alder.Id, Kind = ServiceKind.Telephony, Name = "pbx", State = ServiceState.Active };
        await host.Database.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], Stop), Stop);
        return new SuspensionTarget.OfService(Assert.Single(await host.Database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(WebHost.Alder.Id, Stop), Stop)));
    }

    private static async Task<string> LookAsync(Visitor visitor, string target, string service)
    {
        using var answer = await visitor.SendAsync(
            "/desk/blocks/new", "/desk/blocks/new",
            ("target", target), ("service", service), ("scope", "all"), ("clause", "C6"), ("for", "2 d"), ("reason", "Serves spam."));
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static Task<IReadOnlyList<ServiceBlockRow>> BlocksAsync(WebHost host) => host.Database.ReadAsync(db => new ServiceBlockStore(db).InForceAsync(Stop), Stop);
}
