using System.Net;
using DnsClient;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>Fetches MTA-STS policies (RFC 8461 §3.3).</summary>
/// <param name="https">From <see cref="OutwardHttps"/>: certificates are checked, redirections not followed.</param>
public sealed class StsFetch(HttpClient https)
{
    /// <summary>Longest time for one policy. The message waits for it, and goes without when it does not come.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Fetches the policy of a domain.</summary>
    /// <returns>The policy, or why there is none.</returns>
    public async Task<StsFinding> FetchAsync(string domain, CancellationToken stop)
    {
        try
        {
            using var response = await https.GetAsync(new Uri($"https://mta-sts.{domain}/.well-known/mta-sts.txt"), HttpCompletionOption.ResponseHeadersRead, stop);
            if (response.StatusCode != HttpStatusCode.OK)
                return new StsFinding(null, TlsResultType.StsPolicyFetchError);
            // So that nobody who may only upload files to a web site makes policies for its domain.
            if (response.Content.Headers.ContentType?.MediaType is not { } type || !type.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
                return new StsFinding(null, TlsResultType.StsPolicyInvalid);
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            var text = new byte[StsPolicy.BytesMax + 1];
            var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, stop);
            return StsPolicy.ParseOrNull(text.AsSpan(0, length)) is { } policy
                ? new StsFinding(policy, null)
                : new StsFinding(null, TlsResultType.StsPolicyInvalid);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new StsFinding(null, TlsResultType.StsWebpkiInvalid);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or DnsResponseException or UriFormatException)
        {
            return new StsFinding(null, TlsResultType.StsPolicyFetchError);
        }
    }
}

/// <summary>The MTA-STS policy of a domain.</summary>
/// <param name="Policy">The policy; <see langword="null"/> when none is in force.</param>
/// <param name="Failure">Why the newest one cannot be had; <see langword="null"/> when there is nothing wrong.</param>
public sealed record StsFinding(StsPolicy? Policy, TlsResultType? Failure)
{
    /// <summary>No policy, and none announced.</summary>
    public static readonly StsFinding None = new(null, null);
}
