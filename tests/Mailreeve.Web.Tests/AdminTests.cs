using System.Net;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Web.Tests;

public sealed class AdminTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.64/28", null)]
    [InlineData("192.0.2.99", null)]
    [InlineData("alder.example", null)]
    [InlineData("192.0.2.17", "who is not their provider")]
    [InlineData("198.51.100.1", "not in our networks")]
    [InlineData("192.0.2.0/33", "no prefix")]
    [InlineData("192.0.2.0/28", "already")]
    public async Task An_assignment_is_checked_against_all_others(string what, string? problem)
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        using var answer = await admin.SendAsync("/admin/customers/1", "/admin/customers/1/assignments", ("what", what));

        Assert.Equal(problem is null ? HttpStatusCode.SeeOther : HttpStatusCode.BadRequest, answer.StatusCode);
        if (problem is not null)
            Assert.Contains(problem, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        else
            Assert.Contains(what, await admin.OpenAsync("/admin/customers/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assignment_that_ends_is_still_known_for_the_past()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);
        var held = (await AssignmentsAsync(host))[0];

        await admin.SendAsync("/admin/customers/1", $"/admin/customers/1/assignments/{held.Id}/end");

        var ended = Assert.Single(await AssignmentsAsync(host));
        var now = host.Clock.GetCurrentInstant();
        Assert.False(ended.HeldAt(now));
        Assert.True(ended.HeldAt(now - Duration.FromHours(1)));
    }

    [Fact]
    public async Task A_password_that_is_set_opens_the_portal()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        using var weak = await admin.SendAsync("/admin/customers/1", "/admin/customers/1/password", ("password", "short"));
        await admin.SendAsync("/admin/customers/1", "/admin/customers/1/password", ("password", "a new long password"));
        using var answer = await host.Stranger().SendAsync("/sign-in", "/sign-in", ("number", WebHost.Alder.RegNumber), ("password", "a new long password"));

        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task Contacts_come_and_go()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        using var wrong = await admin.SendAsync(
            "/admin/customers/1", "/admin/customers/1/contacts", ("address", "no address"), ("channel", "Email"), ("role", "Abuse"), ("position", "1"));
        using var added = await admin.SendAsync(
            "/admin/customers/1", "/admin/customers/1/contacts", ("address", "noc@c1.example"), ("channel", "Email"), ("role", "Abuse"), ("position", "1"));
        var contacts = await ContactsAsync(host);
        await admin.SendAsync("/admin/customers/1", $"/admin/customers/1/contacts/{contacts[0].Id}/end");

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal("noc@c1.example", Assert.Single(await ContactsAsync(host)).Address);
    }

    [Fact]
    public async Task Who_may_only_look_finds_nothing_to_press()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var page = await desk.OpenAsync("/admin/customers/1");

        Assert.DoesNotContain("action=\"/admin", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_cannot_disable_the_last_one_who_could_undo_it()
    {
        await using var host = await WebHost.StartAsync();
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        using var self = await admin.SendAsync("/admin/operators", "/admin/operators/billing/disable");
        var page = await admin.OpenAsync("/admin/operators");

        Assert.Equal(HttpStatusCode.SeeOther, self.StatusCode);
        Assert.DoesNotContain("/admin/operators/admin/disable", page, StringComparison.Ordinal);
        Assert.Contains("Disabled", page, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<Assignment>> AssignmentsAsync(WebHost host) =>
        host.Database.ReadAsync(db => new CustomerStore(db).AssignmentsOfAsync(WebHost.Alder.Id, Stop), Stop);

    private static Task<IReadOnlyList<Contact>> ContactsAsync(WebHost host) =>
        host.Database.ReadAsync(db => new CustomerStore(db).ContactsOfAsync(WebHost.Alder.Id, null, null, Stop), Stop);
}
