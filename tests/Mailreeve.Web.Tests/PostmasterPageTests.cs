using System.Net;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Tests;

/// <summary>C7: the postmaster of a customer says that somebody reads the mail.</summary>
public sealed class PostmasterPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scanner_that_opens_the_link_proves_nothing_and_the_button_does()
    {
        await using var host = await WebHost.StartAsync();
        await AskedAsync(host, "abcdefg234567");

        var page = await host.Stranger().OpenAsync("/postmaster");
        Assert.Contains("name=\"code\"", page, StringComparison.Ordinal);
        Assert.Matches("<script src=\"/assets/[0-9a-f]+/postmaster.js\"", page);
        using var wrong = await host.Stranger().PostAsync("/postmaster", ("code", "abcdefg234566"));
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Equal(PostmasterState.Asked, (await RowAsync(host)).State);

        using var answer = await host.Stranger().PostAsync("/postmaster", ("code", " ABCDEFG234567 "));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(PostmasterState.Read, (await RowAsync(host)).State);
        var thanks = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("Thank you", thanks, StringComparison.Ordinal);
        Assert.Contains("postmaster@alder.example", thanks, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_code_is_in_an_address()
    {
        await using var host = await WebHost.StartAsync();
        await AskedAsync(host, "abcdefg234567");

        Assert.Equal(HttpStatusCode.NotFound, await host.Stranger().StatusOfAsync("/postmaster/abcdefg234567"));
    }

    [Fact]
    public async Task Operators_see_where_each_stands_and_have_one_checked()
    {
        await using var host = await WebHost.StartAsync();
        await AskedAsync(host, "abcdefg234567");
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);

        Assert.Contains("mail is taken; a person was asked", await desk.OpenAsync("/desk/postmasters"), StringComparison.Ordinal);
        using var check = await desk.SendAsync("/desk/postmasters", "/desk/postmasters/alder.example/check");

        Assert.Equal("/desk/postmasters", check.Headers.Location!.ToString());
        Assert.Equal(PostmasterState.Waiting, (await RowAsync(host)).State);
    }

    private static async Task<PostmasterRow> RowAsync(WebHost host) =>
        (await host.Database.ReadAsync(db => new PostmasterStore(db).FindAsync("alder.example", Stop), Stop))!;

    // As the network slice leaves it.
    private static Task AskedAsync(WebHost host, string code) => host.Database.WriteAsync(async db =>
    {
        var store = new PostmasterStore(db);
        var now = host.Clock.GetCurrentInstant();
        await store.PutAsync([("alder.example", WebHost.Alder.Id)], now, Stop);
        var row = (await store.FindAsync("alder.example", Stop))!;
        var asked = row.At(PostmasterRules.After(row.Standing, PostmasterFinding.Accepts, Duration.FromDays(7), now)) with
        {
            Cycle = 1, CodeHash = SHA256.HashData(Encoding.UTF8.GetBytes(code)),
        };
        Assert.True(await store.RecordAsync(row, asked, Stop));
    }, Stop);
}
