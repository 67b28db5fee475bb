using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mailreeve.Mail.Certificates;
using Mailreeve.Storage;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Certificates;

/// <summary>Our client of RFC 8555 with Debian's pebble.</summary>
public sealed class AcmeRenewalTests
{
    private readonly AcmeChallenges challenges = new();
    private readonly FakeClock clock = new(SystemClock.Instance.GetCurrentInstant());
    private readonly HeardLog<AcmeRenewal> log = new();
    private readonly string folder = RunFolder.NewPath("acme");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_is_fetched_though_a_third_of_the_nonces_are_refused_and_only_its_owner_may_read_it()
    {
        await using var pebble = await Pebble.StartAsync(noncesRejected: 30);
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var options = Options(pebble) with { Names = ["mail.provider.example", "autoconfig.provider.example"] };
        var certificates = Open(options);

        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));

        var certificate = Assert.Single(certificates.Current.All);
        Assert.Equal(options.Names.Order(StringComparer.Ordinal), certificate.Names.Order(StringComparer.Ordinal));
        Assert.Contains("Pebble", certificate.Issuer, StringComparison.Ordinal);
        Assert.NotEmpty(certificate.Context.IntermediateCertificates);
        Assert.Contains("reject 30% of good nonces", pebble.Said, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(folder), f => Assert.Equal(PrivateFile.Mode, new FileInfo(f).UnixFileMode));
        Assert.Equal(["account.json", "account.key", "certificate.pem"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(await Renewal(options, certificates).WorkAsync(Stop));
    }

    [Fact]
    public async Task An_authority_that_refuses_every_nonce_is_given_up_on()
    {
        await using var pebble = await Pebble.StartAsync(noncesRejected: 100);
        var options = Options(pebble);

        Assert.False(await Renewal(options, Open(options)).WorkAsync(Stop));

        Assert.Contains("badNonce", Assert.Single(log.Of(LogLevel.Warning)), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => pebble.Said.Split('\n').Count(l => l.Contains("POST /sign-me-up", StringComparison.Ordinal)) == 8);
    }

    [Fact]
    public async Task When_a_third_of_its_time_is_left_another_one_with_another_key_takes_its_place_and_the_account_stays()
    {
        await using var pebble = await Pebble.StartAsync(validity: TimeSpan.FromDays(90));
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var options = Options(pebble);
        var certificates = Open(options);
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));
        var (first, account) = (certificates.Current.All[0], await File.ReadAllTextAsync(Path.Combine(folder, "account.json"), Stop));

        clock.Advance(Duration.FromDays(55));
        Assert.False(await Renewal(options, certificates).WorkAsync(Stop));
        clock.Advance(Duration.FromDays(5.1));
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));

        var second = certificates.Current.All[0];
        Assert.NotEqual(first.Leaf.Thumbprint, second.Leaf.Thumbprint);
        Assert.NotEqual(first.Leaf.GetPublicKey(), second.Leaf.GetPublicKey());
        Assert.Equal(account, await File.ReadAllTextAsync(Path.Combine(folder, "account.json"), Stop));
    }

    [Fact]
    public async Task A_name_that_cannot_be_proven_is_told_with_its_reason_and_tried_again_later_and_later()
    {
        await using var pebble = await Pebble.StartAsync();
        var options = Options(pebble);
        var certificates = Open(options);
        var renewal = Renewal(options, certificates);

        // Nobody answers at the port where it looks for the proof.
        Assert.False(await renewal.WorkAsync(Stop));
        var warning = Assert.Single(log.Of(LogLevel.Warning));
        Assert.Contains("mail.provider.example", warning, StringComparison.Ordinal);
        Assert.Contains("connection", warning, StringComparison.Ordinal);
        var failure = new AcmeFolder(folder).Failure!;
        Assert.Equal(1, failure.Times);

        Assert.False(await renewal.WorkAsync(Stop));
        Assert.Single(log.Of(LogLevel.Warning));

        clock.Reset(failure.NextAt());
        Assert.False(await renewal.WorkAsync(Stop));
        Assert.Equal(2, new AcmeFolder(folder).Failure!.Times);

        // As soon as it can be proven, all is well.
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        clock.Reset(new AcmeFolder(folder).Failure!.NextAt());
        Assert.True(await renewal.WorkAsync(Stop), Said(pebble));
        Assert.Null(new AcmeFolder(folder).Failure);
        Assert.Single(certificates.Current.All);
    }

    [Fact]
    public async Task What_was_interrupted_is_gone_on_with_and_not_begun_again()
    {
        await using var pebble = await Pebble.StartAsync();
        var options = Options(pebble);
        var certificates = Open(options);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        // Pebble looks from three places; the order is lost when one of them gets no answer.
        var asked = 0;
        await using (await ProofsAsync(pebble.ProofPort, onAsked: () => { if (Interlocked.Increment(ref asked) == 3) ended.Cancel(); }))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Renewal(options, certificates).WorkAsync(ended.Token));
        var order = await File.ReadAllTextAsync(Path.Combine(folder, "order.json"), Stop);

        await using var proofs = await ProofsAsync(pebble.ProofPort);
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));

        Assert.Contains(log.Of(LogLevel.Information), l => l.Contains("under way", StringComparison.Ordinal));
        Assert.Single(pebble.Said.Split('\n'), l => l.Contains("/order-plz", StringComparison.Ordinal));
        var key = certificates.Current.All[0].Leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        Assert.Equal(JsonDocument.Parse(order).RootElement.GetProperty("key").GetString(), key);
        Assert.False(File.Exists(Path.Combine(folder, "order.json")));
    }

    [Fact]
    public async Task An_authority_that_has_forgotten_the_account_gets_it_again()
    {
        var options = await FetchedFromAnotherAsync();
        await using var pebble = await Pebble.StartAsync();
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var account = await File.ReadAllTextAsync(Path.Combine(folder, "account.json"), Stop);
        // The same place, another database: as if the authority had started again.
        await File.WriteAllTextAsync(Path.Combine(folder, "account.json"),
            account.Replace($"{options.Directory.Port}", $"{pebble.Directory.Port}", StringComparison.Ordinal), Stop);
        options = Options(pebble);
        var certificates = Open(options);
        new AcmeFolder(folder).WantRenewal();

        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));
    }

    [Fact]
    public async Task A_new_certificate_is_fetched_when_a_name_is_added_and_when_an_operator_asks()
    {
        await using var pebble = await Pebble.StartAsync();
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var options = Options(pebble);
        var certificates = Open(options);
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));

        options = options with { Names = [.. options.Names, "pop.provider.example"] };
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));
        Assert.Contains("pop.provider.example", certificates.Current.All[0].Names);

        var before = certificates.Current.All[0].Leaf.Thumbprint;
        new AcmeFolder(folder).WantRenewal();
        Assert.True(await Renewal(options, certificates).WorkAsync(Stop), Said(pebble));
        Assert.NotEqual(before, certificates.Current.All[0].Leaf.Thumbprint);
        Assert.False(new AcmeFolder(folder).IsRenewalWanted);
    }

    [Fact]
    public async Task An_account_that_the_operator_has_already_is_named_to_the_authority()
    {
        const string Key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        await using var pebble = await Pebble.StartAsync(externalAccount: ("customer-7", Key));
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var without = Options(pebble);

        Assert.False(await Renewal(without, Open(without)).WorkAsync(Stop));
        Assert.Contains("external-account-id", Assert.Single(log.Of(LogLevel.Warning)), StringComparison.Ordinal);

        var options = without with { ExternalAccount = new AcmeExternalAccount("customer-7", System.Buffers.Text.Base64Url.DecodeFromChars(Key)) };
        clock.Reset(new AcmeFolder(folder).Failure!.NextAt());
        Assert.True(await Renewal(options, Open(options)).WorkAsync(Stop), Said(pebble));
    }

    [Fact]
    public async Task An_authority_that_was_asked_too_much_is_left_alone_for_as_long_as_it_wants()
    {
        var asked = 0;
        await using var authority = await PeerAsync(FreePorts.Next(), http =>
        {
            asked++;
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = "7200";
            return http.Response.WriteAsync("""{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many\r\nnew accounts"}""");
        });
        var options = Options(new Uri(authority.Urls.Single()), null);
        var renewal = Renewal(options, Open(options));

        Assert.False(await renewal.WorkAsync(Stop));
        clock.Advance(Duration.FromMinutes(119));
        Assert.False(await renewal.WorkAsync(Stop));

        Assert.Equal(1, asked);
        Assert.Contains("rateLimited: too many  new accounts", Assert.Single(log.Of(LogLevel.Warning)), StringComparison.Ordinal);
    }

    private async Task<AcmeOptions> FetchedFromAnotherAsync()
    {
        await using var pebble = await Pebble.StartAsync();
        await using var proofs = await ProofsAsync(pebble.ProofPort);
        var options = Options(pebble);
        Assert.True(await Renewal(options, Open(options)).WorkAsync(Stop), Said(pebble));
        return options;
    }

    private AcmeOptions Options(Pebble pebble) => Options(pebble.Directory, pebble.TrustedRoots);

    private AcmeOptions Options(Uri directory, string? roots) => new()
    {
        Directory = directory,
        Names = ["mail.provider.example"],
        Folder = folder,
        Contact = ["mailto:hostmaster@provider.example"],
        TrustedRoots = roots,
    };

    private ServerCertificates Open(AcmeOptions options) => ServerCertificates.Open([options.Pair], clock, new HeardLog<ServerCertificates>());

    private AcmeRenewal Renewal(AcmeOptions options, ServerCertificates certificates) => new(options, challenges, certificates, clock, log);

    private string Said(Pebble pebble) => string.Join('\n', [.. log.Of(LogLevel.Warning), pebble.Said]);

    // Whoever interrupts does so when the authority has its answer: otherwise there would be nothing to go on with.
    private Task<WebApplication> ProofsAsync(int port, Action? onAsked = null) => PeerAsync(port, async http =>
    {
        var answer = http.Request.Path.Value!.StartsWith(AcmeChallenges.Path, StringComparison.Ordinal)
            ? challenges.Find(http.Request.Path.Value[(AcmeChallenges.Path.Length + 1)..])
            : null;
        http.Response.StatusCode = answer is null ? 404 : 200;
        http.Response.ContentLength = answer?.Length ?? 0;
        await http.Response.WriteAsync(answer ?? "");
        await http.Response.CompleteAsync();
        onAsked?.Invoke();
    });

    private static async Task<WebApplication> PeerAsync(int port, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Stop);
        return app;
    }
}
