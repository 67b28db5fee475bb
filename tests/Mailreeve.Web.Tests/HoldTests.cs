using System.Net;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Sending;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

/// <summary>Clause C1: held mail on the desk and in the portal.</summary>
public sealed class HoldTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Held_mail_waits_on_the_desk_and_is_released()
    {
        await using var host = await WebHost.StartAsync();
        var (_, hold) = await HoldAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        var agenda = await desk.OpenAsync("/desk");
        var page = await desk.OpenAsync($"/desk/holds/{hold.Value}");
        using var silent = await desk.SendAsync($"/desk/holds/{hold.Value}", $"/desk/holds/{hold.Value}/release", ("reason", " "));
        using var said = await desk.SendAsync($"/desk/holds/{hold.Value}", $"/desk/holds/{hold.Value}/release", ("reason", "A birthday."));

        Assert.Contains("101 messages within an hour; 100 are allowed.", agenda, StringComparison.Ordinal);
        Assert.Contains("Cheap &lt;b&gt;watches", page, StringComparison.Ordinal);
        Assert.Contains("handed in from <span class=\"mono\">203.0.113.25</span>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, silent.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, said.StatusCode);
        Assert.Equal(HoldOutcome.Released, (await FindAsync(host, hold)).Outcome);
        Assert.Contains("A birthday.", await desk.OpenAsync("/desk/holds"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Held_mail_is_dropped_and_the_mailbox_suspended_with_it()
    {
        await using var host = await WebHost.StartAsync();
        var (mailbox, hold) = await HoldAsync(host);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        using var answer = await desk.SendAsync(
            $"/desk/holds/{hold.Value}", $"/desk/holds/{hold.Value}/drop", ("reason", "Hijacked."), ("suspend", "yes"));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HoldOutcome.Dropped, (await FindAsync(host, hold)).Outcome);
        Assert.Equal(MailboxState.Suspended, (await host.Database.ReadAsync(db => new MailboxStore(db).FindAsync(mailbox, Stop), Stop))!.State);
    }

    [Fact]
    public async Task Billing_does_not_see_held_mail()
    {
        await using var host = await WebHost.StartAsync();
        await HoldAsync(host);
        var billing = await host.SignedInAsync(OperatorRole.Billing);

        Assert.DoesNotContain("held mail", await billing.OpenAsync("/desk"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Forbidden, await billing.StatusOfAsync("/desk/holds"));
    }

    [Fact]
    public async Task A_customer_reads_on_the_page_of_the_mailbox_that_its_mail_is_held()
    {
        await using var host = await WebHost.StartAsync();
        var (mailbox, _) = await HoldAsync(host);
        var alder = await host.SignedInAsync(WebHost.Alder);

        var page = await alder.OpenAsync($"/portal/mailboxes/{mailbox}");

        Assert.Contains("What this mailbox sends is held", page, StringComparison.Ordinal);
        Assert.Contains("101 messages within an hour; 100 are allowed.", page, StringComparison.Ordinal);
    }

    private static async Task<HoldRow> FindAsync(WebHost host, HoldId hold) =>
        (await host.Database.ReadAsync(db => new SendingHoldStore(db).FindAsync(hold, Stop), Stop))!;

    private static Task<(MailboxId Mailbox, HoldId Hold)> HoldAsync(WebHost host) => host.Database.WriteAsync(async db =>
    {
        var now = host.Clock.GetCurrentInstant();
        var mailbox = (await new MailboxStore(db).AddAsync(new NewMailbox(WebHost.Alder.Id, "kim@provider.example", null, now), Stop))!.Value;
        var hold = await new SendingHoldStore(db).PlaceAsync(new NewHold
        {
            CustomerId = WebHost.Alder.Id,
            MailboxId = mailbox,
            Reason = HoldReason.MessagesPerHour,
            Detail = "101 messages within an hour; 100 are allowed.",
            Clause = new ClauseId("C1"),
            PolicyRevision = Some.Revision,
            PlacedAt = now,
            PlacedBy = Actor.Policy,
        }, Stop);
        await new SubmissionStore(db).AddAsync(Some.Submission with { CustomerId = WebHost.Alder.Id, MailboxId = mailbox, HoldId = hold, Subject = "Cheap <b>watches" }, Stop);
        return (mailbox, hold);
    }, Stop);
}
