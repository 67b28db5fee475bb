using System.Net;
using System.Text.RegularExpressions;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class QueuePageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_that_waits_is_shown_by_destination_and_held_with_one_click()
    {
        await using var host = await WebHost.StartAsync();
        await AddAsync(host, 3);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        var all = await desk.OpenAsync("/desk/queue");
        var rows = await desk.OpenAsync("/desk/queue?destination=alder.example");
        using var answer = await desk.SendAsync("/desk/queue?destination=alder.example", "/desk/queue/act", ("act", "hold"));

        Assert.Contains("alder.example", all, StringComparison.Ordinal);
        Assert.Contains("3 recipients", rows, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var held = await host.Database.ReadAsync(db => new QueueDesk(db).ListAsync(new QueueFilter { State = OutboundState.Held }, 0, 10, Stop), Stop);
        Assert.Equal(3, held.Count);
        Assert.All(held, r => Assert.Equal("operator postmaster", r.ActedBy));
    }

    [Fact]
    public async Task No_more_messages_are_touched_than_the_page_has_shown()
    {
        await using var host = await WebHost.StartAsync();
        await AddAsync(host, 3);
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        var page = await desk.OpenAsync("/desk/queue?destination=alder.example");
        var token = Regex.Match(page, "name=\"(form-token)\" value=\"([^\"]+)\"");
        using var answer = await desk.PostAsync(
            "/desk/queue/act", (token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), ("act", "drop"), ("destination", "alder.example"), ("count", "2"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(3, await host.Database.ReadAsync(db => new QueueDesk(db).CountAsync(new QueueFilter { State = OutboundState.Queued }, Stop), Stop));
    }

    private static Task AddAsync(WebHost host, int count) => host.Database.WriteAsync(
        db => new OutboundStore(db).AddAsync(
            [.. Enumerable.Range(1, count).Select(i => Some.Outbound with { Id = i + 1000, Purpose = OutboundPurpose.Submission })], Stop), Stop);
}
