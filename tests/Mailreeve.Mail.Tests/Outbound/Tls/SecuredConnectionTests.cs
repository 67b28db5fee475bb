using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Tests.Outbound.Client;
using Mailreeve.Protocols.TlsPolicy;
using NodaTime;
using static Mailreeve.Mail.Tests.Outbound.Client.Calls;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

public sealed class SecuredConnectionTests : IDisposable
{
    private const string Host = "mx.customer.example";

    private static readonly TlsDecision Named = new TlsDecision.Authority("a policy is enforced", Host);
    private static readonly TlsDecision Tested = new TlsDecision.Opportunistic("a policy is tested", new StsPolicy(StsMode.Testing, Duration.FromDays(1), [Host]));

    private readonly Certificates trusted = new();
    private readonly Certificates other = new("CN=Another Authority");
    private readonly Certificates forger = new();

    public void Dispose()
    {
        trusted.Dispose();
        other.Dispose();
        forger.Dispose();
    }

    [Fact]
    public async Task Under_TLS_the_server_is_greeted_anew_and_what_it_said_before_is_forgotten()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("STARTTLS", "SIZE 1", "PIPELINING");
            await talk.AnswerAsync("220 go");
            await talk.SecureAsync(Shown(other.Issue("whoever.example")));
            await talk.EhloAsync("8BITMIME");
            await talk.ServeAsync();
        });

        var open = Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port)));
        var result = await open.Connection.SendAsync(Message(), Stop);
        await open.Connection.QuitAsync(Stop);

        Assert.Equal("Accepted 250 2.0.0 queued as 4711", Text(result.Outcomes[0]));
        Assert.StartsWith("Tls1", open.Tls.Cipher, StringComparison.Ordinal);
        Assert.Null(open.Tls.Finding);
        Assert.Equal(2, peer.Heard.Count(h => h.StartsWith("EHLO", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_nothing_is_demanded_and_the_handshake_fails_mail_goes_in_the_clear()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("STARTTLS");
            if (talk.Number == 1)
            {
                await talk.AnswerAsync("220 go");
                return;
            }

            await talk.ServeAsync();
        });

        var open = Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port)));

        Assert.Null(open.Tls.Cipher);
        Assert.Equal(TlsResultType.ValidationFailure, open.Tls.Finding);
        Assert.Equal("Accepted 250 2.0.0 queued as 4711", Text((await open.Connection.SendAsync(Message(), Stop)).Outcomes[0]));
        await open.Connection.QuitAsync(Stop);
        Assert.Equal(2, peer.Connections);
    }

    [Theory]
    [InlineData("STARTTLS")]
    [InlineData("PIPELINING")]
    public async Task A_server_without_TLS_is_used_only_where_nothing_is_demanded(string extension)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync(extension);
            if (extension == "STARTTLS")
                await talk.AnswerAsync("454 4.7.0 not today");
            await talk.ServeAsync();
        });

        var open = Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port)));
        Assert.Equal(TlsResultType.StarttlsNotSupported, open.Tls.Finding);
        await open.Connection.QuitAsync(Stop);
        TlsDecision[] demands = [Named, new TlsDecision.Encrypted("records"), Dane(Certificates.Record(3, 1, 1, trusted.Authority))];
        foreach (var demand in demands)
        {
            var failed = Assert.IsType<Dialled.Failed>(await DialAsync(Target(peer.Port, demand)));
            Assert.Equal(TlsResultType.StarttlsNotSupported, failed.Tls?.Finding);
            Assert.StartsWith("454 4.7.4", failed.Outcome.Reply, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(peer.Heard, h => h.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("250-evil\r\n250 SIZE 1\r\n")]
    [InlineData("250 half")]
    public async Task What_is_injected_behind_the_reply_to_STARTTLS_ends_the_connection(string injected)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("STARTTLS");
            await talk.LineAsync();
            await talk.SayAsync("220 go\r\n" + injected);
            await talk.SecureAsync(Shown(other.Issue(Host)));
            await talk.EhloAsync();
            await talk.ServeAsync();
        });

        var failed = Assert.IsType<Dialled.Failed>(await DialAsync(Target(peer.Port)));

        Assert.Contains("between the reply to STARTTLS and the handshake", failed.Outcome.Reply, StringComparison.Ordinal);
        Assert.Equal(1, peer.Connections);
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("wildcard", null)]
    [InlineData("name", TlsResultType.CertificateHostMismatch)]
    [InlineData("expired", TlsResultType.CertificateExpired)]
    [InlineData("unknown", TlsResultType.CertificateNotTrusted)]
    public async Task An_enforced_policy_wants_a_certificate_of_the_right_name_from_an_authority_and_a_tested_one_says_so(string which, TlsResultType? finding)
    {
        using var certificate = which switch
        {
            "name" => trusted.Issue("mx.elsewhere.example"),
            "wildcard" => trusted.Issue("*.customer.example"),
            "expired" => trusted.Issue(Host, expired: true),
            "unknown" => other.Issue(Host),
            _ => trusted.Issue(Host),
        };
        await using var peer = Secured(certificate, which == "unknown" ? other : trusted);

        var enforced = await DialAsync(Target(peer.Port, Named), roots: trusted.Roots);
        var tested = Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port, Tested), roots: trusted.Roots));
        await tested.Connection.QuitAsync(Stop);

        Assert.Equal(finding, tested.Tls.Finding);
        Assert.NotNull(tested.Tls.Cipher);
        if (finding is null)
        {
            await Assert.IsType<Dialled.Open>(enforced).Connection.QuitAsync(Stop);
            return;
        }

        var failed = Assert.IsType<Dialled.Failed>(enforced);
        Assert.Equal(finding, failed.Tls?.Finding);
        Assert.StartsWith("454 4.7.5", failed.Outcome.Reply, StringComparison.Ordinal);
        Assert.Equal(TlsPolicyType.Sts, failed.Tls?.Demand.PolicyType);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public async Task DANE_EE_matches_the_certificate_whatever_its_name_and_dates(byte selector, byte matching)
    {
        using var certificate = other.Issue("whoever.example", expired: true);
        using var wrong = other.Issue("whoever.example");
        await using var peer = Secured(certificate, other);

        var wanted = Certificates.Record(3, selector, matching, certificate);
        var unwanted = Certificates.Record(3, selector, matching, wrong);

        await Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port, Dane(unwanted, wanted)))).Connection.QuitAsync(Stop);
        var failed = Assert.IsType<Dialled.Failed>(await DialAsync(Target(peer.Port, Dane(unwanted))));
        Assert.Equal(TlsResultType.TlsaInvalid, failed.Tls?.Finding);
        Assert.Equal(2, peer.Connections);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public async Task DANE_TA_matches_an_authority_that_vouches_for_the_right_name(byte selector, byte matching)
    {
        using var right = trusted.Issue(Host);
        using var elsewhere = trusted.Issue("mx.elsewhere.example");
        using var expired = trusted.Issue(Host, expired: true);
        using var forged = forger.Issue(Host);
        var dane = Dane(Certificates.Record(2, selector, matching, trusted.Authority));

        await using var good = Secured(right, trusted);
        await using var misnamed = Secured(elsewhere, trusted);
        await using var old = Secured(expired, trusted);
        // Made by someone who has the authority's name and certificate, and not its key.
        await using var imitated = Secured(forged, trusted);

        await Assert.IsType<Dialled.Open>(await DialAsync(Target(good.Port, dane))).Connection.QuitAsync(Stop);
        Assert.Equal(TlsResultType.CertificateHostMismatch, Assert.IsType<Dialled.Failed>(await DialAsync(Target(misnamed.Port, dane))).Tls?.Finding);
        Assert.Equal(TlsResultType.CertificateExpired, Assert.IsType<Dialled.Failed>(await DialAsync(Target(old.Port, dane))).Tls?.Finding);
        Assert.Equal(TlsResultType.TlsaInvalid, Assert.IsType<Dialled.Failed>(await DialAsync(Target(imitated.Port, dane))).Tls?.Finding);
    }

    [Fact]
    public async Task Records_that_cannot_be_used_demand_TLS_with_any_certificate()
    {
        using var certificate = other.Issue("whoever.example");
        await using var peer = Secured(certificate, other);

        var open = Assert.IsType<Dialled.Open>(await DialAsync(Target(peer.Port, new TlsDecision.Encrypted("records"))));

        Assert.NotNull(open.Tls.Cipher);
        await open.Connection.QuitAsync(Stop);
    }

    [Fact]
    public async Task A_host_that_must_not_be_used_is_not_called()
    {
        await using var peer = new ScriptedPeer(_ => Task.CompletedTask);

        var failed = Assert.IsType<Dialled.Failed>(
            await DialAsync(Target(peer.Port, new TlsDecision.Refuse("The TLSA records cannot be looked up", TlsResultType.DnssecInvalid))));

        Assert.Equal("454 4.7.5 The TLSA records cannot be looked up", failed.Outcome.Reply);
        Assert.Equal(0, peer.Connections);
    }

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", "AUTH PLAIN AG1lAHNlY3JldA==")]
    [InlineData("AUTH LOGIN", "bWU=")]
    [InlineData("AUTH=LOGIN", "c2VjcmV0")]
    public async Task We_sign_in_to_a_smarthost_under_TLS_only(string offer, string said)
    {
        using var certificate = trusted.Issue(Host);
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("STARTTLS", offer);
            await talk.AnswerAsync("220 go");
            await talk.SecureAsync(Shown(certificate));
            await talk.EhloAsync(offer);
            if (await talk.LineAsync() == "AUTH LOGIN")
            {
                await talk.SayAsync("334 VXNlcm5hbWU6\r\n");
                await talk.AnswerAsync("334 UGFzc3dvcmQ6");
                await talk.LineAsync();
            }

            await talk.SayAsync("235 2.7.0 welcome\r\n");
            await talk.ServeAsync();
        });
        await using var plain = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync(offer);
            await talk.ServeAsync();
        });

        var dialled = await DialAsync(Target(peer.Port, Named) with { User = "me", Password = "secret" }, roots: trusted.Roots);
        var refused = await DialAsync(Target(plain.Port) with { User = "me", Password = "secret" });

        await Assert.IsType<Dialled.Open>(dialled).Connection.QuitAsync(Stop);
        Assert.Contains(said, peer.Heard);
        Assert.Equal("454 4.7.0 A password is only sent under TLS", Assert.IsType<Dialled.Failed>(refused).Outcome.Reply);
        Assert.DoesNotContain(plain.Heard, h => h.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", $"{Target(1) with { Password = "secret" }}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_our_fault_and_not_that_of_the_message()
    {
        using var certificate = trusted.Issue(Host);
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.SecureAsync(Shown(certificate));
            await talk.HelloAsync("AUTH PLAIN");
            await talk.AnswerAsync("535 5.7.8 wrong");
            await talk.ServeAsync();
        });

        var failed = await DialAsync(Target(peer.Port, Named) with { ImplicitTls = true, User = "me", Password = "secret" }, roots: trusted.Roots);

        Assert.Equal($"454 4.7.0 {Host} does not know us: 535 5.7.8 wrong", Assert.IsType<Dialled.Failed>(failed).Outcome.Reply);
    }

    private static TlsDecision.Dane Dane(params TlsaRecord[] records) => new("there are records", records, [Host, "customer.example"]);

    private SslStreamCertificateContext Shown(X509Certificate2 certificate) => trusted.Show(certificate);

    private static ScriptedPeer Secured(X509Certificate2 certificate, Certificates authority) => new(async talk =>
    {
        await talk.HelloAsync("STARTTLS");
        await talk.AnswerAsync("220 go");
        await talk.SecureAsync(authority.Show(certificate));
        await talk.EhloAsync();
        await talk.ServeAsync();
    });
}
