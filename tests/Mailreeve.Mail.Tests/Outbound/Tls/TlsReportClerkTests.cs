using System.IO.Compression;
using System.Text.Json;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

public sealed class TlsReportClerkTests : IDisposable
{
    private static readonly StsPolicy Policy = new(StsMode.Enforce, Duration.FromDays(7), ["mx.customer.example"]);

    private readonly Certificates authority = new();
    private readonly FakeClock clock = Some.Clock();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_day_is_reported_by_mail_when_it_is_over_and_then_forgotten()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var dns = new NamePeer().Text("_smtp._tls.customer.example", "v=TLSRPTv1; rua=mailto:tls@reports.example");
        var tally = new TlsTally(clock);
        var clerk = Clerk(temp, dns, tally);
        Count(tally, 3, null);
        Count(tally, 2, TlsResultType.CertificateExpired);

        Assert.Equal(0, await clerk.WorkAsync(Stop));
        clock.AdvanceMinutes(1);
        Count(tally, 1, null);
        Assert.Equal(0, await clerk.WorkAsync(Stop));
        clock.AdvanceDays(1);
        Assert.Equal(1, await clerk.WorkAsync(Stop));
        Assert.Equal(0, await clerk.WorkAsync(Stop));

        var due = Assert.Single(await temp.Db.WriteAsync(db => db.TakeOutboundAsync(clock.GetCurrentInstant()), Stop));
        Assert.Equal((OutboundPurpose.TlsReport, "", "tls@reports.example"), (due.Purpose, due.EnvelopeFrom, due.Recipient));
        using var message = new MemoryStream(due.Message!);
        var mail = await MimeMessage.LoadAsync(message, Stop);
        Assert.Equal("provider.example", mail.Headers["TLS-Report-Submitter"]);
        var attachment = Assert.Single(mail.Attachments.OfType<MimePart>());
        Assert.Equal("application/tlsrpt+gzip", attachment.ContentType.MimeType);
        Assert.Equal("provider.example!customer.example!1772409600!1772495999.json.gz", attachment.FileName);
        await using var gzip = new GZipStream(attachment.Content!.Open(), CompressionMode.Decompress);
        var report = (await JsonDocument.ParseAsync(gzip, cancellationToken: Stop)).RootElement;
        Assert.Equal("2026-03-02T00:00:00Z", report.GetProperty("date-range").GetProperty("start-datetime").GetString());
        var policy = Assert.Single(report.GetProperty("policies").EnumerateArray());
        Assert.Equal("sts", policy.GetProperty("policy").GetProperty("policy-type").GetString());
        Assert.Equal("customer.example", policy.GetProperty("policy").GetProperty("policy-domain").GetString());
        Assert.Equal(["version: STSv1", "mode: enforce", "mx: mx.customer.example", "max_age: 604800"], policy.GetProperty("policy").GetProperty("policy-string").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal(4, policy.GetProperty("summary").GetProperty("total-successful-session-count").GetInt64());
        Assert.Equal(2, policy.GetProperty("summary").GetProperty("total-failure-session-count").GetInt64());
        var failure = Assert.Single(policy.GetProperty("failure-details").EnumerateArray());
        Assert.Equal("certificate-expired", failure.GetProperty("result-type").GetString());
        Assert.Equal("192.0.2.1", failure.GetProperty("receiving-ip").GetString());
    }

    [Fact]
    public async Task A_report_by_HTTPS_is_sent_until_it_is_taken()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var dns = new NamePeer().Text("_smtp._tls.customer.example", "v=TLSRPTv1;rua=https://reports.customer.example/tls").Address("reports.customer.example", "127.0.0.1");
        var taken = new List<string>();
        using var certificate = authority.Issue("reports.customer.example");
        await using var site = await PolicySite.OpenAsync(certificate, authority, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            taken.Add($"{context.Request.Method} {context.Request.Path} {context.Request.ContentType} {body.Length > 50}");
            context.Response.StatusCode = taken.Count == 1 ? 503 : 201;
        });
        var tally = new TlsTally(clock);
        var clerk = Clerk(temp, dns, tally, site.Port);
        Count(tally, 1, null);
        await clerk.WorkAsync(Stop);

        clock.AdvanceDays(1);
        await clerk.WorkAsync(Stop);
        await clerk.WorkAsync(Stop);
        Assert.Single(taken);
        clock.AdvanceHours(1);
        await clerk.WorkAsync(Stop);
        clock.AdvanceHours(2);
        await clerk.WorkAsync(Stop);

        Assert.Equal(Enumerable.Repeat("POST /tls application/tlsrpt+gzip True", 2), taken);
    }

    [Fact]
    public async Task Who_wants_no_report_gets_none()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var dns = new NamePeer();
        var tally = new TlsTally(clock);
        var clerk = Clerk(temp, dns, tally);
        Count(tally, 1, null);
        await clerk.WorkAsync(Stop);
        clock.AdvanceDays(1);

        await clerk.WorkAsync(Stop);

        Assert.Empty(await temp.Db.WriteAsync(db => db.TakeOutboundAsync(clock.GetCurrentInstant()), Stop));
        Assert.Empty(await temp.Db.ReadAsync(db => new TlsResultStore(db).OfAsync("2026-03-02", "customer.example", Stop), Stop));
    }

    [Fact]
    public async Task A_report_whose_address_cannot_be_looked_up_waits_and_is_given_up_after_a_day()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var dns = new NamePeer().Broken("_smtp._tls.customer.example");
        var tally = new TlsTally(clock);
        var clerk = Clerk(temp, dns, tally);
        Count(tally, 1, null);
        await clerk.WorkAsync(Stop);
        clock.AdvanceDays(1);

        for (var hour = 0; hour < 24; hour++)
        {
            Assert.Single(await temp.Db.ReadAsync(db => new TlsResultStore(db).OfAsync("2026-03-02", "customer.example", Stop), Stop));
            Assert.Equal(1, await clerk.WorkAsync(Stop));
            clock.AdvanceHours(1);
        }

        Assert.Empty(await temp.Db.ReadAsync(db => new TlsResultStore(db).OfAsync("2026-03-02", "customer.example", Stop), Stop));
    }

    [Fact]
    public void A_policy_that_cannot_be_had_is_what_its_domain_is_told()
    {
        var tally = new TlsTally(clock);
        var target = new DialTarget { Host = "mx.customer.example", Address = Address.Parse("192.0.2.1"), Port = 25, Tls = new TlsDecision.Opportunistic("") };

        tally.Count(new DomainTls("customer.example", false, null, TlsResultType.StsPolicyFetchError), target, new TlsSession(target.Tls, "Tls13", null));
        tally.Count(new DomainTls("customer.example", false, null), target, new TlsSession(target.Tls, null, TlsResultType.StarttlsNotSupported));

        Assert.Equal(
            [(TlsPolicyType.Sts, "sts-policy-fetch-error"), (TlsPolicyType.NoPolicyFound, "starttls-not-supported")],
            tally.Take().Select(r => (r.PolicyType, r.Finding)));
        Assert.Empty(tally.Take());
    }

    private static void Count(TlsTally tally, int sessions, TlsResultType? finding)
    {
        var target = new DialTarget
        {
            Host = "mx.customer.example",
            Address = Address.Parse("192.0.2.1"),
            Port = 25,
            Tls = new TlsDecision.Authority("", "mx.customer.example"),
        };
        var policies = new TlsPolicies(null, 25, null, tally);
        for (var i = 0; i < sessions; i++)
            policies.Count(new DomainTls("customer.example", false, Policy), target, new Dialled.Failed(new DeliveryOutcome.NoContact(""), new TlsSession(target.Tls, null, finding)));
    }

    private TlsReportClerk Clerk(TempDatabase temp, NamePeer dns, TlsTally tally, int port = 443) => new(
        temp.Db, tally, dns.Resolver, OutwardHttps.Client(dns.Resolver, TlsReportClerk.Timeout, port, authority.Roots, inside: true),
        new TlsReportSender("Example Internet", "provider.example", "postmaster@provider.example", "postmaster@provider.example"), clock, NullLogger<TlsReportClerk>.Instance);
}
