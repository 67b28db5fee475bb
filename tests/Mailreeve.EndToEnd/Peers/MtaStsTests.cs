using System.IO.Compression;
using System.Text.Json.Nodes;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// Where a domain publishes a policy over HTTPS, mail goes to the hosts that it names and under a certificate of an authority, or nowhere
/// (RFC 8461); and what went wrong is told to those who ask for it (RFC 8460).
/// </summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class MtaStsTests(NetworkOfPeers network)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // What breaks the policy, what stands in the queue about it, and how it is called in the report.
    private static readonly (string Name, string Said, string Finding)[] Broken =
    [
        ("bad", "The MTA-STS policy of bad.example does not name the host mx.bad.example", "validation-failure"),
        ("untrusted", "certificate-not-trusted. The MTA-STS policy of untrusted.example is enforced", "certificate-not-trusted"),
        ("misnamed", "certificate-host-mismatch. The MTA-STS policy of misnamed.example is enforced", "certificate-host-mismatch"),
        ("bare", "mx.bare.example does not offer STARTTLS. The MTA-STS policy of bare.example is enforced", "starttls-not-supported"),
    ];

    [Fact]
    public async Task An_enforced_policy_is_kept_to_and_where_it_is_broken_nothing_is_sent()
    {
        var net = await network.UpAsync();
        await using var good = new OddServer { Certificate = net.Authority.Issue("mx.good.example").Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("good"));
        await using var bad = new OddServer { Certificate = net.Authority.Issue("mx.bad.example").Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("bad"));
        using var nobody = new PeerAuthority();
        await using var untrusted = new OddServer { Certificate = nobody.Issue("mx.untrusted.example").Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("untrusted"));
        await using var misnamed = new OddServer { Certificate = net.Authority.Issue("mx.another.example").Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("misnamed"));
        await using var bare = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("bare"));
        await using var goodSite = await SiteAsync(net, "good", "enforce", "mx.good.example");
        await using var badSite = await SiteAsync(net, "bad", "enforce", "mx.good.example");
        await using var untrustedSite = await SiteAsync(net, "untrusted", "enforce", "mx.untrusted.example");
        await using var misnamedSite = await SiteAsync(net, "misnamed", "enforce", "*.misnamed.example");
        await using var bareSite = await SiteAsync(net, "bare", "enforce", "mx.bare.example");

        foreach (var name in (string[])["good", .. Broken.Select(b => b.Name)])
            await SendAsync(net, name);

        await Eventually.TrueAsync(() => good.Messages.Count > 0);
        Assert.True(Assert.Single(good.Messages).IsTls);
        Assert.Equal(1, goodSite.Fetched);
        foreach (var (name, said, _) in Broken)
            Assert.Contains(said, await net.Provider.PutOffAsync($"{name}.example", attempts: 1, Stop), StringComparison.Ordinal);
        Assert.All([bad, untrusted, misnamed, bare], server => Assert.Empty(server.Messages));
        // The one that the policy does not name is not even called.
        Assert.Equal(0, bad.Connections);
        Assert.All([untrusted, misnamed, bare], server => Assert.NotEqual(0, server.Connections));

        var (kind, finding, policy) = await ResultAsync(net, "good");
        Assert.Equal(("sts", ""), (kind, finding));
        Assert.Equal(["version: STSv1", "mode: enforce", "mx: mx.good.example", "max_age: 86400"], policy.Split('\n'));
        foreach (var (name, _, expected) in Broken)
        {
            (kind, finding, _) = await ResultAsync(net, name);
            Assert.Equal((name, "sts", expected), (name, kind, finding));
        }
    }

    [Fact]
    public async Task A_policy_that_is_tested_lets_the_mail_through_and_the_domain_hears_what_would_have_stopped_it()
    {
        var net = await network.UpAsync();
        using var nobody = new PeerAuthority();
        await using var testing = new OddServer { Certificate = nobody.Issue("mx.testing.example").Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("testing"));
        await using var site = await SiteAsync(net, "testing", "testing", "mx.testing.example");

        await SendAsync(net, "testing");

        await Eventually.TrueAsync(() => testing.Messages.Count > 0);
        Assert.True(Assert.Single(testing.Messages).IsTls);
        Assert.Equal(("sts", "certificate-not-trusted"), await FindingAsync(net, "testing"));

        // The day is over.
        await net.Provider.Database.Database.WriteAsync(
            db => db.ExecuteAsync("UPDATE tls_result SET due_at = 0 WHERE domain = 'testing.example'", new { }, Stop), Stop);
        var report = await ReportAsync(net, "testing.example");
        var about = Assert.Single(report["policies"]!.AsArray())!;
        Assert.Equal("sts", (string?)about["policy"]!["policy-type"]);
        Assert.Contains("mode: testing", about["policy"]!["policy-string"]!.AsArray().Select(line => (string?)line));
        Assert.Equal((0L, 1L), ((long)about["summary"]!["total-successful-session-count"]!, (long)about["summary"]!["total-failure-session-count"]!));
        var failure = Assert.Single(about["failure-details"]!.AsArray())!;
        Assert.Equal(
            ("certificate-not-trusted", "mx.testing.example", $"{NetworkOfPeers.OddAddress("testing")}"),
            ((string?)failure["result-type"], (string?)failure["receiving-mx-hostname"], (string?)failure["receiving-ip"]));
    }

    // RFC 8461 §3.3: a policy whose host cannot be trusted is none, and the mail goes as if there were none.
    [Fact]
    public async Task A_policy_from_a_host_without_a_good_certificate_is_not_believed()
    {
        var net = await network.UpAsync();
        using var nobody = new PeerAuthority();
        await using var server = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("webless"));
        await using var site = await PolicySite.OpenAsync(
            net.Elsewhere, NetworkOfPeers.OddAddress("webless"), nobody.Issue("mta-sts.webless.example"), Policy("enforce", "mx.elsewhere.example"));

        await SendAsync(net, "webless");

        await Eventually.TrueAsync(() => server.Messages.Count > 0);
        Assert.Equal(0, site.Fetched);
        Assert.Equal(("sts", "sts-webpki-invalid"), await FindingAsync(net, "webless"));
    }

    private static Task<PolicySite> SiteAsync(NetworkOfPeers net, string name, string mode, string host) => PolicySite.OpenAsync(
        net.Elsewhere, NetworkOfPeers.OddAddress(name), net.Authority.Issue($"mta-sts.{name}.example"), Policy(mode, host));

    private static string Policy(string mode, string host) => $"""
        version: STSv1
        mode: {mode}
        mx: {host}
        max_age: 86400
        """;

    private static Task<string> SendAsync(NetworkOfPeers net, string name)
    {
        var user = net.Provider.NextUser();
        return net.Provider.SendAsync(user, [$"x@{name}.example"], SampleMail.Text($"To {name}", from: user.Address), Stop);
    }

    private static async Task<(string Kind, string Finding)> FindingAsync(NetworkOfPeers net, string name)
    {
        var (kind, finding, _) = await ResultAsync(net, name);
        return (kind, finding);
    }

    // What was counted is written down once a minute.
    private static async Task<(string Kind, string Finding, string Policy)> ResultAsync(NetworkOfPeers net, string name)
    {
        var domain = $"{name}.example";
        IReadOnlyList<TlsResultLine> lines = [];
        await Eventually.TrueAsync(
            async () => (lines = await net.Provider.Database.Database.ReadAsync(
                db => db.QueryAsync<TlsResultLine>("SELECT policy_type, finding, policy FROM tls_result WHERE domain = @domain", new { domain }, Stop), Stop)).Count > 0,
            $"what was found about TLS with {domain} is written down");
        var line = Assert.Single(lines);
        return (line.PolicyType, line.Finding, line.Policy);
    }

    // The domain has its reports sent to the Postfix.
    private static async Task<JsonNode> ReportAsync(NetworkOfPeers net, string domain)
    {
        string? text = null;
        await Eventually.TrueAsync(
            () => (text = net.Peers["postfix"].Delivered().FirstOrDefault(t => t.Contains($"TLS-Report-Domain: {domain}", StringComparison.OrdinalIgnoreCase))) is not null,
            $"the report for {domain} arrives");
        var message = await MimeMessage.LoadAsync(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text!)), Stop);
        var file = message.BodyParts.OfType<MimePart>().Single(p => p.ContentType.MimeType == "application/tlsrpt+gzip");
        using var packed = new MemoryStream();
        await file.Content!.DecodeToAsync(packed, Stop);
        packed.Position = 0;
        await using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        return (await JsonNode.ParseAsync(unpacked, cancellationToken: Stop))!;
    }

    private sealed record TlsResultLine
    {
        public required string PolicyType { get; init; }

        public required string Finding { get; init; }

        public required string Policy { get; init; }
    }
}
