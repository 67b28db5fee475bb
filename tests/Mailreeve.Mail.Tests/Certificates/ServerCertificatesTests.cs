using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Certificates;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Mail.Wire;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Certificates;

public sealed class ServerCertificatesTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 5, 4, 5, 6);

    private readonly FakeClock clock = new(Now);
    private readonly HeardLog<ServerCertificates> log = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_changed_pair_is_in_use_after_the_next_look()
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);
        Made("new.example").WriteTo(pair);

        Assert.Equal(["old.example"], Names(certificates));
        certificates.Look();

        Assert.Equal(["new.example"], Names(certificates));
        Assert.Contains(log.Of(LogLevel.Information), l => l.Contains("new.example", StringComparison.Ordinal));
    }

    [Fact]
    public void While_only_one_file_of_a_pair_is_new_the_earlier_pair_stays_and_it_is_said_once()
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);
        var made = Made("new.example");

        File.WriteAllText(pair.Certificate, made.Certificate);
        certificates.Look();
        certificates.Look();
        Assert.Equal(["old.example"], Names(certificates));
        Assert.Contains(pair.Certificate, Assert.Single(log.Of(LogLevel.Error)), StringComparison.Ordinal);

        File.WriteAllText(pair.Key, made.Key);
        certificates.Look();
        Assert.Equal(["new.example"], Names(certificates));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(300)]
    public void A_half_written_certificate_is_not_used(int characters)
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);

        File.WriteAllText(pair.Certificate, Made("new.example").Certificate[..characters]);
        certificates.Look();

        Assert.Equal(["old.example"], Names(certificates));
        Assert.Single(log.Of(LogLevel.Error));
    }

    [Fact]
    public void Files_that_are_gone_leave_what_was_in_them_in_use()
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);

        File.Delete(pair.Key);
        certificates.Look();

        Assert.Equal(["old.example"], Names(certificates));
        Assert.Single(log.Of(LogLevel.Error));
    }

    [Fact]
    public void An_expired_certificate_does_not_take_the_place_of_a_valid_one()
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);

        MadeCertificate.For("older.example", Now - Duration.FromDays(90), Now - Duration.FromDays(1)).WriteTo(pair);
        certificates.Look();

        Assert.Equal(["old.example"], Names(certificates));
    }

    [Fact]
    public void A_link_that_is_set_to_another_file_is_a_change()
    {
        var (first, second) = (Made("old.example").Write(), Made("new.example").Write());
        var folder = Testing.RunFolder.NewFolder("links");
        var pair = new CertificatePair(Path.Combine(folder, "mail.pem"), Path.Combine(folder, "mail.key"));
        Link(pair, first);
        var certificates = ServerCertificates.Open([pair], clock, log);

        Link(pair, second);
        certificates.Look();

        Assert.Equal(["new.example"], Names(certificates));
    }

    [Fact]
    public void At_the_start_every_bad_pair_is_named()
    {
        var good = Made("good.example").Write();
        var bad = Made("bad.example").Write();
        File.WriteAllText(bad.Key, Made("other.example").Key);

        var wrong = Assert.Throws<CertificateException>(
            () => ServerCertificates.Open([good, bad, new CertificatePair("missing.pem", "missing.key")], clock, log));

        Assert.Contains(bad.Certificate, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("missing.pem", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(good.Certificate, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fourteen_days_before_its_end_a_certificate_is_warned_of_once_a_day()
    {
        var pair = MadeCertificate.For("mail.provider.example", Now, Now + Duration.FromDays(90)).Write();
        var certificates = ServerCertificates.Open([pair], clock, log);

        clock.Advance(Duration.FromDays(76) - Duration.FromMinutes(1));
        certificates.Look();
        Assert.Empty(log.Of(LogLevel.Warning));

        clock.Advance(Duration.FromMinutes(1));
        certificates.Look();
        clock.Advance(Duration.FromHours(23));
        certificates.Look();
        Assert.Single(log.Of(LogLevel.Warning));
        clock.Advance(Duration.FromHours(1));
        certificates.Look();
        Assert.Equal(2, log.Of(LogLevel.Warning).Count);
        Assert.Empty(certificates.Problems());

        clock.Advance(Duration.FromDays(14));
        Assert.Contains("mail.provider.example", Assert.Single(certificates.Problems()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("second.example", "second.example")]
    [InlineData("SECOND.example", "second.example")]
    [InlineData("any.third.example", "*.third.example")]
    [InlineData("a.b.third.example", "first.example")]
    [InlineData("third.example", "first.example")]
    [InlineData("unknown.example", "first.example")]
    public async Task A_client_is_shown_the_certificate_of_the_server_it_wants(string wanted, string shown)
    {
        var certificates = ServerCertificates.Open(
            [Made("first.example").Write(), Made("second.example").Write(), Made("*.third.example").Write()], clock, log);
        var tls = new ServerTls(() => certificates.Current);

        Assert.Equal(shown, await NameShownAsync(tls, wanted));
    }

    [Fact]
    public async Task A_client_that_names_no_server_is_shown_the_first_certificate()
    {
        var certificates = ServerCertificates.Open([Made("first.example").Write(), Made("second.example").Write()], clock, log);

        // An address is no name (RFC 6066 §3), so none is sent.
        Assert.Equal("first.example", await NameShownAsync(new ServerTls(() => certificates.Current), "192.0.2.1"));
    }

    [Fact]
    public async Task Without_a_certificate_TLS_is_not_offered_and_with_the_first_one_it_is()
    {
        var pair = Made("mx.provider.example").Write() with { MayBeMissing = true };
        var away = pair.Certificate + ".away";
        File.Move(pair.Certificate, away);
        var certificates = ServerCertificates.Open([pair], clock, log);
        await using var server = await SmtpTestServer.StartAsync(p => p with { Tls = new ServerTls(() => certificates.Current) });

        Assert.DoesNotContain("STARTTLS", await EhloAsync(server), StringComparison.Ordinal);
        File.Move(away, pair.Certificate);
        certificates.Look();
        Assert.Contains("STARTTLS", await EhloAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_goes_on_with_the_certificate_it_began_with()
    {
        var pair = Made("old.example").Write();
        var certificates = ServerCertificates.Open([pair], clock, log);
        await using var server = await SmtpTestServer.StartAsync(p => p with { Tls = new ServerTls(() => certificates.Current) });
        using var session = new MailKit.Net.Smtp.SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await session.ConnectAsync("127.0.0.1", server.Port, MailKit.Security.SecureSocketOptions.StartTls, Stop);

        Made("new.example").WriteTo(pair);
        certificates.Look();

        await session.NoOpAsync(Stop);
        var shown = "";
        using var later = new MailKit.Net.Smtp.SmtpClient
        {
            ServerCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate!.Subject) is not null,
        };
        await later.ConnectAsync("127.0.0.1", server.Port, MailKit.Security.SecureSocketOptions.StartTls, Stop);
        Assert.Equal("CN=new.example", shown);
    }

    private static async Task<string> EhloAsync(SmtpTestServer server)
    {
        using var client = new MailKit.Net.Smtp.SmtpClient();
        await client.ConnectAsync("127.0.0.1", server.Port, MailKit.Security.SecureSocketOptions.None, Stop);
        return client.Capabilities.HasFlag(MailKit.Net.Smtp.SmtpCapabilities.StartTLS) ? "STARTTLS" : "";
    }

    private static async Task<string> NameShownAsync(ServerTls tls, string wanted)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var connecting = client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        using var server = await listener.AcceptTcpClientAsync(Stop);
        await connecting;
        await using var theirs = new SslStream(client.GetStream());
        await using var ours = new SslStream(server.GetStream());
        await Task.WhenAll(tls.AuthenticateAsync(ours), theirs.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = wanted,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }, Stop));
        return ((X509Certificate2)theirs.RemoteCertificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }

    private static void Link(CertificatePair from, CertificatePair to)
    {
        File.Delete(from.Certificate);
        File.Delete(from.Key);
        File.CreateSymbolicLink(from.Certificate, to.Certificate);
        File.CreateSymbolicLink(from.Key, to.Key);
    }

    private static MadeCertificate Made(string name) => MadeCertificate.For(name, Now - Duration.FromDays(1), Now + Duration.FromDays(400));

    private static string[] Names(ServerCertificates certificates) => [.. certificates.Current.All.SelectMany(c => c.Names)];
}
