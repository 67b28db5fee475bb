using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Webhooks;

/// <summary>What a webhook is told: always all that it must know, so that to be told twice changes nothing.</summary>
/// <param name="Id">The block.</param>
/// <param name="IsBlock">Whether it is to be in force.</param>
/// <param name="Target">What is blocked: an address, a prefix, or a service by its kind and name.</param>
/// <param name="Scope">What of it: a kind of traffic, or the service as a whole.</param>
/// <param name="Decision">Why.</param>
/// <param name="Customers">Registration numbers of those whose it is.</param>
/// <param name="Services">The service that is blocked; for addresses, services of those customers of the kinds that the webhook runs.</param>
internal sealed record WebhookMessage(
    BlockId Id, bool IsBlock, string Target, string Scope, BlockDecision Decision, IReadOnlyList<string> Customers, IReadOnlyList<Service> Services)
{
    /// <summary>The scope of a block of a service.</summary>
    public const string OfService = "service";

    /// <summary>The same for each sending of the same: a receiver that has acted on it need not act again.</summary>
    public string IdempotencyKey => string.Create(CultureInfo.InvariantCulture, $"block-{Id.Value}-{(IsBlock ? "on" : "off")}");

    /// <summary>The body. It says no end: that may be put off, and when it comes it is told.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        block = Id.Value,
        wanted = IsBlock ? "active" : "removed",
        target = Target,
        scope = Scope,
        clause = Decision.Clause.Value,
        reason = Decision.Reason,
        starts_at = Time(Decision.StartsAt),
        customers = Customers,
        services = Services.Select(s => new { kind = EnumText.Of(s.Kind), name = s.Name, login = s.Login }),
    });

    /// <summary>What proves that a body is from us, and of now: HMAC-SHA256 over the time in seconds of Unix, a dot, and the body.</summary>
    /// <returns><c>sha256=</c> and 64 hexadecimal digits.</returns>
    public static string Sign(ReadOnlySpan<byte> secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return $"sha256={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }

    private static string Time(Instant at) => at.ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
