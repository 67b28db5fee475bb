using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.Acme;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>Talks to an ACME server: signs each request, has a fresh nonce for it, and takes what it is told (RFC 8555 §6).</summary>
/// <remarks>One request at a time: nonces are used one after the other.</remarks>
internal sealed class AcmeClient : IDisposable
{
    // A server may refuse any nonce (§6.5); one that refuses eight in a row does not work.
    private const int NoncesMax = 8;
    private const int ReplyBytesMax = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient http;
    private readonly AcmeAccountKey key;
    private readonly IClock clock;
    private readonly Uri directoryUrl;
    private AcmeDirectory? directory;
    private string? nonce;

    /// <param name="options">At whom.</param>
    /// <param name="key">The account's.</param>
    /// <param name="clock">For a date in Retry-After.</param>
    public AcmeClient(AcmeOptions options, AcmeAccountKey key, IClock clock)
    {
        (this.key, this.clock, directoryUrl) = (key, clock, options.Directory);
        http = new HttpClient(Handler(options.TrustedRoots)) { Timeout = Patience, MaxResponseContentBufferSize = ReplyBytesMax };
        // Servers want to know who asks (§6.1).
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Mailreeve", typeof(AcmeClient).Assembly.GetName().Version!.ToString(3)));
    }

    /// <summary>The account that signs; null until there is one.</summary>
    public Uri? Account { get; set; }

    /// <summary>What the server offers.</summary>
    /// <exception cref="AcmeException">It is no ACME server.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task<AcmeDirectory> DirectoryAsync(CancellationToken stop)
    {
        if (directory is not null)
            return directory;
        using var reply = await http.GetAsync(directoryUrl, stop);
        var content = await reply.Content.ReadAsByteArrayAsync(stop);
        if (!reply.IsSuccessStatusCode)
            throw Failure(reply, content);
        return directory = AcmeDirectory.Read(content) ?? throw new AcmeException($"{directoryUrl} is no directory of an ACME server.");
    }

    /// <summary>Asks for something that is there.</summary>
    public Task<AcmeReply> GetAsync(Uri url, CancellationToken stop) => SendAsync(url, payload: null, stop);

    /// <summary>Asks for something to be done.</summary>
    /// <param name="url">Where.</param>
    /// <param name="payload">JSON; null to ask for what is there.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="AcmeException">It was refused.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<AcmeReply> SendAsync(Uri url, string? payload, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = await SignedAsync(url, payload, stop) };
            using var reply = await http.SendAsync(request, stop);
            KeepNonce(reply);
            var content = await reply.Content.ReadAsByteArrayAsync(stop);
            if (reply.IsSuccessStatusCode)
                return new AcmeReply(content, reply.Headers.Location is { } at ? new Uri(url, at) : null, WaitOf(reply));
            var failure = Failure(reply, content);
            if (!failure.Problem.IsBadNonce || tries == NoncesMax)
                throw failure;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<HttpContent> SignedAsync(Uri url, string? payload, CancellationToken stop)
    {
        var fresh = nonce ?? await NewNonceAsync(stop);
        nonce = null;
        var body = Account is { } account
            ? AcmeRequest.SignedByAccount(key, account, url, fresh, payload)
            : AcmeRequest.SignedByKey(key, url, fresh, payload ?? "");
        // No charset behind the type: servers compare the whole (§6.2).
        return new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(AcmeRequest.MediaType) } };
    }

    private async Task<string> NewNonceAsync(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, (await DirectoryAsync(stop)).NewNonce);
        using var reply = await http.SendAsync(request, stop);
        KeepNonce(reply);
        return nonce ?? throw new AcmeException("The server gives no nonce.");
    }

    private void KeepNonce(HttpResponseMessage reply)
    {
        if (reply.Headers.TryGetValues("Replay-Nonce", out var values))
            nonce = values.First();
    }

    private AcmeException Failure(HttpResponseMessage reply, byte[] content) =>
        new(AcmeProblem.Read(content) ?? new AcmeProblem("", $"the server answered {(int)reply.StatusCode} {reply.StatusCode}"), WaitOf(reply));

    private Duration? WaitOf(HttpResponseMessage reply) => reply.Headers.RetryAfter switch
    {
        { Delta: { } delta } => Duration.FromTimeSpan(delta),
        { Date: { } date } => Duration.Max(Duration.Zero, Instant.FromDateTimeOffset(date) - clock.GetCurrentInstant()),
        _ => null,
    };

    private static SocketsHttpHandler Handler(string? trustedRoots)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All };
        if (trustedRoots is null)
            return handler;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(trustedRoots);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        return handler;
    }
}

/// <summary>What an ACME server answered.</summary>
/// <param name="Content">JSON, or a chain of certificates in PEM.</param>
/// <param name="Location">What was made; null when nothing was.</param>
/// <param name="Wait">How long it wants not to be asked again; null when it did not say.</param>
internal sealed record AcmeReply(byte[] Content, Uri? Location, Duration? Wait);
