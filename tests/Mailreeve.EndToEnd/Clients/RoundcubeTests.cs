using MailKit;
using MailKit.Search;
using Mailreeve.Testing;
using Microsoft.Playwright;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Roundcube's pages in a browser: each of them signs in to the mail server anew.</summary>
public sealed class RoundcubeTests(RunningMailServer running) : MailServerTests(running)
{
    // Pictures and fonts may come later.
    private static readonly PageGotoOptions Shown = new() { WaitUntil = WaitUntilState.DOMContentLoaded };

    [Fact]
    public async Task Mail_is_read_flagged_thrown_away_and_written()
    {
        await DeliverAsync(SampleMail.Rich("Photographs of the sea"), SampleMail.Text("To throw away"), SampleMail.Text("Left alone"));
        await using var roundcube = await Roundcube.StartAsync(Server);
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.PageAsync();

        try
        {
            await SignInAsync(page, roundcube.Url);
            await ReadAsync(page, "Photographs of the sea");
            await FlagAsync(page, roundcube.Url, "Photographs of the sea");
            await ThrowAwayAsync(page, "To throw away");
            await WriteAsync(page, roundcube.Url, "Written in a browser");
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            Assert.Fail($"{e.Message}\n{page.Url}\n{await page.InnerTextAsync("body")}\n{roundcube.Logs}");
        }

        var client = await ImapAsync();
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly, Stop);
        var read = SearchQuery.Seen.And(SearchQuery.Flagged);
        Assert.Single(await client.Inbox.SearchAsync(read.And(SearchQuery.SubjectContains("Photographs")), Stop));
        Assert.Single(await client.Inbox.SearchAsync(SearchQuery.NotSeen.And(SearchQuery.SubjectContains("Left alone")), Stop));
        Assert.Empty(await client.Inbox.SearchAsync(SearchQuery.SubjectContains("To throw away"), Stop));
        Assert.Single(await client.Inbox.SearchAsync(SearchQuery.SubjectContains("Written in a browser"), Stop));
        Assert.Equal(["To throw away"], await SubjectsAsync(client.GetFolder(SpecialFolder.Trash)!));
        Assert.Equal(["Written in a browser"], await SubjectsAsync(client.GetFolder(SpecialFolder.Sent)!));
    }

    private async Task SignInAsync(IPage page, string url)
    {
        await page.GotoAsync(url, Shown);
        await page.Locator("[name=_user]").FillAsync(User.Address);
        await page.Locator("[name=_pass]").FillAsync(User.Password);
        await page.Locator("#rcmloginsubmit").ClickAsync();
        await page.Locator("#messagelist tbody tr").Nth(2).WaitForAsync();
        Assert.Contains("Trash", await page.Locator("#mailboxlist").InnerTextAsync(), StringComparison.Ordinal);
    }

    private static async Task ReadAsync(IPage page, string subject)
    {
        await Row(page, subject).Locator("td.subject a").First.DblClickAsync();
        var text = await page.Locator("#messagebody").InnerTextAsync();
        Assert.Contains("Grüße aus Köln", text, StringComparison.Ordinal);
        Assert.Contains("bericht – März.bin", await page.Locator("#attachment-list").InnerTextAsync(), StringComparison.Ordinal);
    }

    private static async Task FlagAsync(IPage page, string url, string subject)
    {
        await page.GotoAsync($"{url}?_task=mail&_mbox=INBOX", Shown);
        // Without size until a font has come that nobody loads here.
        await Row(page, subject).Locator("span.flag span").DispatchEventAsync("click");
        await page.Locator("#messagelist tr.flagged").WaitForAsync();
    }

    private static async Task ThrowAwayAsync(IPage page, string subject)
    {
        await Row(page, subject).Locator("td.subject a").First.DblClickAsync();
        await page.Locator("#messagebody").WaitForAsync();
        await page.Locator("#messagetoolbar a.delete, #toolbar-menu a.delete, a.delete").First.ClickAsync();
        await page.Locator("#messagelist tbody tr").First.WaitForAsync();
        await Assertions.Expect(Row(page, subject)).ToHaveCountAsync(0);
    }

    private async Task WriteAsync(IPage page, string url, string subject)
    {
        await page.GotoAsync($"{url}?_task=mail&_action=compose&_to={Uri.EscapeDataString(User.Address)}", Shown);
        await page.Locator("[name=_subject]").FillAsync(subject);
        await page.Locator("#composebody").FillAsync("Grüße aus dem Browser");
        await page.Locator("button.send:visible, a.send:visible").First.ClickAsync();
        await page.Locator("#messagelist tbody tr").First.WaitForAsync();
        var inbox = await InboxAsync();
        await Eventually.TrueAsync(
            async () => (await inbox.SearchAsync(SearchQuery.SubjectContains(subject), Stop)).Count == 1, "what was written in the browser arrives");
    }

    private static ILocator Row(IPage page, string subject) => page.Locator("#messagelist tbody tr", new() { HasText = subject });

    private static async Task<IEnumerable<string?>> SubjectsAsync(IMailFolder folder)
    {
        await folder.OpenAsync(FolderAccess.ReadOnly, Stop);
        return (await folder.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.Envelope), Stop)).Select(s => s.Envelope!.Subject);
    }
}
