using System.Net;
using System.Text.RegularExpressions;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Web.Tests;

public sealed partial class MailboxTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_sees_own_mailboxes_and_nobody_elses_not_even_a_downstreams()
    {
        await using var host = await WebHost.StartAsync();
        var (own, downstreams) = (await AddAsync(host, WebHost.Alder, "kim"), await AddAsync(host, WebHost.Cedar, "lee"));
        var alder = await host.SignedInAsync(WebHost.Alder);

        var list = await alder.OpenAsync("/portal/mailboxes");
        var page = await alder.OpenAsync($"/portal/mailboxes/{own}");

        Assert.Contains("kim@provider.example", list, StringComparison.Ordinal);
        Assert.DoesNotContain("lee@provider.example", list, StringComparison.Ordinal);
        Assert.Contains("0 MB of 25 MB", page, StringComparison.Ordinal);
        Assert.Contains("are kept for 30 days", page, StringComparison.Ordinal);
        Assert.Contains("/policy#c9", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await alder.StatusOfAsync($"/portal/mailboxes/{downstreams}"));
        Assert.Equal(HttpStatusCode.NotFound, await alder.StatusOfAsync($"/portal/mailboxes/{downstreams}/storage?steps=2"));
    }

    [Fact]
    public async Task No_form_reaches_the_mailbox_of_another_customer()
    {
        await using var host = await WebHost.StartAsync();
        var (own, others) = (await AddAsync(host, WebHost.Alder, "kim"), await AddAsync(host, WebHost.Birch, "lee"));
        var alder = await host.SignedInAsync(WebHost.Alder);
        var token = FormToken().Match(await alder.OpenAsync($"/portal/mailboxes/{own}")).Groups[1].Value;

        foreach (var path in new[] { "storage", "password", "app-passwords", "app-passwords/1/revoke" })
        {
            using var answer = await alder.PostAsync(
                $"/portal/mailboxes/{others}/{path}", ("form-token", token), ("steps", "3"), ("password", "a long enough one"), ("name", "x"));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal(0, (await RowAsync(host, others)).ExtraSteps);
    }

    [Fact]
    public async Task Storage_is_bought_after_the_price_was_shown()
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        var alder = await host.SignedInAsync(WebHost.Alder);

        var price = await alder.OpenAsync($"/portal/mailboxes/{kim}/storage?steps=3");
        Assert.Contains("15.00 USD a month", price, StringComparison.Ordinal);
        Assert.Contains("100 MB", price, StringComparison.Ordinal);
        Assert.Equal(0, (await RowAsync(host, kim)).ExtraSteps);
        using var bought = await alder.SendAsync($"/portal/mailboxes/{kim}/storage?steps=3", $"/portal/mailboxes/{kim}/storage");
        Assert.Equal(HttpStatusCode.SeeOther, bought.StatusCode);

        Assert.Equal(3, (await RowAsync(host, kim)).ExtraSteps);
        Assert.Contains("3 steps, 15.00 USD a month", await alder.OpenAsync($"/portal/mailboxes/{kim}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, await alder.StatusOfAsync($"/portal/mailboxes/{kim}/storage?steps=41"));
        Assert.Equal(HttpStatusCode.BadRequest, await alder.StatusOfAsync($"/portal/mailboxes/{kim}/storage?steps=-1"));
    }

    [Fact]
    public async Task Charges_for_storage_stand_where_other_charges_do()
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        await host.Get<MailboxDesk>().SetStepsAsync(kim, 2, Actor.Customer(WebHost.Alder.RegNumber), Stop);
        host.Clock.Advance(Duration.FromDays(31));
        await new StorageChargeClerk(host.Database, host.Get<AbusePolicy>(), host.Clock).WorkAsync(Stop);

        var alder = await host.SignedInAsync(WebHost.Alder);
        var billing = await host.SignedInAsync(OperatorRole.Billing);

        foreach (var page in new[] { await alder.OpenAsync("/portal"), await alder.OpenAsync("/portal/mailboxes"), await billing.OpenAsync("/admin/customers/1") })
        {
            Assert.Contains("2026-03", page, StringComparison.Ordinal);
            Assert.Contains("10.00 USD", page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("10.00 USD", await (await host.SignedInAsync(WebHost.Birch)).OpenAsync("/portal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_password_is_shown_once_and_can_be_revoked()
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        var alder = await host.SignedInAsync(WebHost.Alder);
        var path = $"/portal/mailboxes/{kim}";

        using var answer = await alder.SendAsync(path, $"{path}/app-passwords", ("name", "Telephone <b>"));
        var made = AppPasswordForm().Match(await answer.Content.ReadAsStringAsync(Stop)).Value;
        var later = await alder.OpenAsync(path);
        var number = (await host.Database.ReadAsync(db => new AppPasswordStore(db).OfAsync(kim, Stop), Stop)).Single().Id;
        using var revoked = await alder.SendAsync(path, $"{path}/app-passwords/{number}/revoke");

        Assert.NotEmpty(made);
        Assert.Contains("Telephone &lt;b&gt;", later, StringComparison.Ordinal);
        Assert.DoesNotMatch(AppPasswordForm(), later);
        Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
        Assert.DoesNotContain("Telephone &lt;b&gt;", await alder.OpenAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_mailbox_it_is_chooses_what_becomes_of_spam()
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        var alder = await host.SignedInAsync(WebHost.Alder);
        var birch = await host.SignedInAsync(WebHost.Birch);
        var path = $"/portal/mailboxes/{kim}";

        using var chosen = await alder.SendAsync(path, $"{path}/spam", ("spam", "refuse"));
        using var nonsense = await alder.SendAsync(path, $"{path}/spam", ("spam", "burn"));

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.BadRequest), (chosen.StatusCode, nonsense.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, await birch.StatusOfAsync(path));
        Assert.Equal(SpamChoice.Refuse, (await RowAsync(host, kim)).Spam);
        Assert.Matches("<option value=\"refuse\" selected", await alder.OpenAsync(path));
    }

    [Fact]
    public async Task A_weak_password_is_refused_with_the_reason()
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        var alder = await host.SignedInAsync(WebHost.Alder);

        using var weak = await alder.SendAsync($"/portal/mailboxes/{kim}", $"/portal/mailboxes/{kim}/password", ("password", "short"));
        using var good = await alder.SendAsync($"/portal/mailboxes/{kim}", $"/portal/mailboxes/{kim}/password", ("password", "some words in a row"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther), (weak.StatusCode, good.StatusCode));
        Assert.Contains("at least 12 characters", await weak.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_makes_suspends_opens_and_ends_a_mailbox()
    {
        await using var host = await WebHost.StartAsync();
        var postmaster = await host.SignedInAsync(OperatorRole.Postmaster);

        using var taken = await postmaster.SendAsync(
            "/admin/customers/1", "/admin/customers/1/mailboxes", ("address", "postmaster@provider.example"), ("password", WebHost.Password));
        using var made = await postmaster.SendAsync(
            "/admin/customers/1", "/admin/customers/1/mailboxes", ("address", "Kim@provider.example"), ("password", WebHost.Password));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther), (taken.StatusCode, made.StatusCode));
        var path = made.Headers.Location!.ToString();
        var id = new MailboxId(long.Parse(path.Split('/')[^1]));

        foreach (var (act, state) in new[] { ("suspend", MailboxState.Suspended), ("reopen", MailboxState.Active), ("end", MailboxState.Ended) })
        {
            await postmaster.SendAsync(path, $"{path}/{act}");
            Assert.Equal(state, (await RowAsync(host, id)).State);
        }

        Assert.DoesNotContain($"{path}/", await postmaster.OpenAsync(path), StringComparison.Ordinal); // nothing more to do
        Assert.Contains("kim@provider.example", await postmaster.OpenAsync("/admin/mailboxes?q=KIM"), StringComparison.Ordinal);
        Assert.DoesNotContain("kim@provider.example", await postmaster.OpenAsync("/admin/mailboxes?q=lee"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OperatorRole.AbuseDesk)]
    [InlineData(OperatorRole.Billing)]
    public async Task Other_operators_look_and_change_nothing(OperatorRole role)
    {
        await using var host = await WebHost.StartAsync();
        var kim = await AddAsync(host, WebHost.Alder, "kim");
        var visitor = await host.SignedInAsync(role);

        Assert.DoesNotContain("<form method=\"post\" action=\"/admin", await visitor.OpenAsync($"/admin/mailboxes/{kim}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await visitor.StatusOfAsync($"/admin/mailboxes/{kim}/storage?steps=1"));
    }

    private static async Task<MailboxId> AddAsync(WebHost host, CustomerFact customer, string name) =>
        Assert.IsType<MailboxResult.Done>(await host.Get<MailboxDesk>().AddAsync($"{name}@provider.example", customer.Id, WebHost.Password, Stop)).Id;

    private static async Task<MailboxRow> RowAsync(WebHost host, MailboxId id) =>
        (await host.Database.ReadAsync(db => new MailboxStore(db).FindAsync(id, Stop), Stop))!;

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("[a-z2-9]{5}(-[a-z2-9]{5}){3}")]
    private static partial Regex AppPasswordForm();
}
