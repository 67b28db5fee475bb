using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Http;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

public sealed class StsPoliciesTests : IDisposable
{
    private const string Enforced = "version: STSv1\r\nmode: enforce\r\nmx: mx.customer.example\r\nmx: *.backup.example\r\nmax_age: 604800\r\n";

    private readonly Certificates authority = new();
    private readonly FakeClock clock = Some.Clock();
    private readonly Queue<Func<HttpContext, Task>> answers = new();
    private int fetched;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_policy_is_fetched_once_and_holds_for_its_time_even_when_its_domain_falls_silent_and_we_restart()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var site = await SiteAsync();
        await using var dns = Zone("v=STSv1; id=20260301;");
        answers.Enqueue(Policy(Enforced));
        var policies = Policies(temp, dns, site);

        var first = await policies.FindAsync("customer.example", Stop);
        await policies.FindAsync("customer.example", Stop);
        Assert.Equal(StsMode.Enforce, first.Policy?.Mode);
        Assert.Equal(1, fetched);

        dns.Forget("_mta-sts.customer.example").Forget("mta-sts.customer.example");
        clock.AdvanceDays(6);
        var later = await Policies(temp, dns, site).FindAsync("customer.example", Stop);
        Assert.Equal(["mx.customer.example", "*.backup.example"], later.Policy?.Hosts);

        clock.AdvanceDays(1);
        Assert.Equal(StsFinding.None, await Policies(temp, dns, site).FindAsync("customer.example", Stop));
        Assert.Equal(1, fetched);
    }

    [Fact]
    public async Task A_new_id_brings_the_new_policy_and_none_ends_it()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var site = await SiteAsync();
        await using var dns = Zone("v=STSv1; id=1");
        answers.Enqueue(Policy(Enforced));
        answers.Enqueue(Policy("version: STSv1\nmode: none\nmax_age: 86400\n"));
        Assert.NotNull((await Policies(temp, dns, site).FindAsync("customer.example", Stop)).Policy);

        dns.Forget("_mta-sts.customer.example").Text("_mta-sts.customer.example", "v=STSv1; id=2");
        clock.AdvanceHours(2);

        Assert.Equal(StsFinding.None, await Policies(temp, dns, site).FindAsync("customer.example", Stop));
        Assert.Equal(2, fetched);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_renewed_holds_to_its_end_and_the_failure_is_told()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var site = await SiteAsync();
        await using var dns = Zone("v=STSv1; id=1");
        answers.Enqueue(Policy(Enforced));
        answers.Enqueue(Status(500));
        await Policies(temp, dns, site).FindAsync("customer.example", Stop);
        clock.AdvanceDays(2);

        var found = await Policies(temp, dns, site).FindAsync("customer.example", Stop);

        Assert.Equal((StsMode.Enforce, TlsResultType.StsPolicyFetchError), (found.Policy?.Mode, found.Failure));
    }

    [Fact]
    public async Task A_failure_is_not_repeated_for_five_minutes()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var site = await SiteAsync();
        await using var dns = Zone("v=STSv1; id=1");
        answers.Enqueue(Status(404));
        answers.Enqueue(Policy(Enforced));
        var policies = Policies(temp, dns, site);

        for (var i = 0; i < 3; i++)
            Assert.Equal(TlsResultType.StsPolicyFetchError, (await policies.FindAsync("customer.example", Stop)).Failure);
        Assert.Equal(1, fetched);
        clock.AdvanceMinutes(5);

        Assert.NotNull((await policies.FindAsync("customer.example", Stop)).Policy);
    }

    [Fact]
    public async Task Without_a_record_nothing_is_fetched()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var site = await SiteAsync();
        await using var dns = new NamePeer().Address("mta-sts.customer.example", "127.0.0.1");

        Assert.Equal(StsFinding.None, await Policies(temp, dns, site).FindAsync("customer.example", Stop));
        Assert.Equal(0, fetched);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var site = await SiteAsync();
        answers.Enqueue(context =>
        {
            context.Response.Redirect("https://mta-sts.customer.example/elsewhere");
            return Task.CompletedTask;
        });
        answers.Enqueue(Policy(Enforced));

        Assert.Equal(TlsResultType.StsPolicyFetchError, (await FetchAsync(site)).Failure);
        Assert.Equal(1, fetched);
    }

    [Theory]
    [InlineData("text/html", Enforced)]
    [InlineData("text/plain", "<html>")]
    [InlineData("text/plain", "version: STSv1\nmode: enforce\nmax_age: 1\n")]
    public async Task What_is_no_policy_is_none(string type, string text)
    {
        await using var site = await SiteAsync();
        answers.Enqueue(Policy(text, type));

        Assert.Equal(TlsResultType.StsPolicyInvalid, (await FetchAsync(site)).Failure);
    }

    [Fact]
    public async Task A_policy_without_end_is_not_read_to_its_end()
    {
        await using var site = await SiteAsync();
        answers.Enqueue(async context =>
        {
            context.Response.ContentType = "text/plain";
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync("mx: mx.customer.example\n", context.RequestAborted);
        });

        Assert.Equal(TlsResultType.StsPolicyInvalid, (await FetchAsync(site)).Failure);
    }

    [Theory]
    [InlineData("www.customer.example", false)]
    [InlineData("mta-sts.customer.example", true)]
    public async Task The_site_needs_a_valid_certificate_of_the_right_name(string name, bool expired)
    {
        using var certificate = authority.Issue(name, expired);
        await using var site = await PolicySite.OpenAsync(certificate, authority, Policy(Enforced));

        Assert.Equal(TlsResultType.StsWebpkiInvalid, (await FetchAsync(site)).Failure);
    }

    [Fact]
    public async Task An_address_inside_our_own_networks_is_not_called()
    {
        await using var site = await SiteAsync();
        await using var dns = Zone("v=STSv1; id=1");
        using var https = OutwardHttps.Client(dns.Resolver, StsFetch.Timeout, site.Port, authority.Roots);

        Assert.Equal(TlsResultType.StsPolicyFetchError, (await new StsFetch(https).FetchAsync("customer.example", Stop)).Failure);
        Assert.Equal(0, fetched);
    }

    private static NamePeer Zone(string record) =>
        new NamePeer().Text("_mta-sts.customer.example", record).Address("mta-sts.customer.example", "127.0.0.1");

    private static Func<HttpContext, Task> Policy(string text, string type = "text/plain") => context =>
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    };

    private static Func<HttpContext, Task> Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private async Task<PolicySite> SiteAsync() => await PolicySite.OpenAsync(authority.Issue("mta-sts.customer.example"), authority, context =>
    {
        fetched++;
        return answers.Dequeue()(context);
    });

    private StsPolicies Policies(TempDatabase temp, NamePeer dns, PolicySite site)
    {
        // A resolver of its own: none remembers what was so before.
        var resolver = dns.Resolver;
        return new StsPolicies(temp.Db, resolver, new StsFetch(OutwardHttps.Client(resolver, StsFetch.Timeout, site.Port, authority.Roots, inside: true)), clock);
    }

    private async Task<StsFinding> FetchAsync(PolicySite site)
    {
        await using var dns = Zone("v=STSv1; id=1");
        using var https = OutwardHttps.Client(dns.Resolver, StsFetch.Timeout, site.Port, authority.Roots, inside: true);
        return await new StsFetch(https).FetchAsync("customer.example", Stop);
    }
}
