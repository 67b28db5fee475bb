using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mailreeve.Protocols.Acme;

/// <summary>Requests to an ACME server: JSON, signed (RFC 8555 §6.2, RFC 7515 §7.2.2).</summary>
public static class AcmeRequest
{
    /// <summary>The media type of every request.</summary>
    public const string MediaType = "application/jose+json";

    /// <summary>A request before there is an account, or that makes one: signed with the key itself.</summary>
    /// <param name="key">The account's.</param>
    /// <param name="url">Where it goes; signed with it.</param>
    /// <param name="nonce">The server's, fresh (§6.5).</param>
    /// <param name="payload">JSON.</param>
    public static byte[] SignedByKey(AcmeAccountKey key, Uri url, string nonce, string payload) =>
        Signed(key, Header(url, nonce, json =>
        {
            json.WritePropertyName("jwk"u8);
            json.WriteRawValue(key.Jwk);
        }), payload);

    /// <summary>A request of an account.</summary>
    /// <param name="key">The account's.</param>
    /// <param name="account">Its address at the server (§7.3).</param>
    /// <param name="url">Where it goes; signed with it.</param>
    /// <param name="nonce">The server's, fresh (§6.5).</param>
    /// <param name="payload">JSON; null to ask for what is there (POST-as-GET, §6.3).</param>
    public static byte[] SignedByAccount(AcmeAccountKey key, Uri account, Uri url, string nonce, string? payload) =>
        Signed(key, Header(url, nonce, json => json.WriteString("kid"u8, account.OriginalString)), payload ?? "");

    /// <summary>What ties a new account to one that the operator has with the authority already (§7.3.4): HS256 over the new key.</summary>
    /// <param name="key">The account's.</param>
    /// <param name="externalId">The name that the authority gave.</param>
    /// <param name="externalKey">The secret that it gave, decoded.</param>
    /// <param name="newAccount">Where accounts are made.</param>
    public static string ExternalBinding(AcmeAccountKey key, string externalId, byte[] externalKey, Uri newAccount)
    {
        var header = Json(json =>
        {
            json.WriteString("alg"u8, "HS256"u8);
            json.WriteString("kid"u8, externalId);
            json.WriteString("url"u8, newAccount.OriginalString);
        });
        var signed = $"{Encode(header)}.{Encode(key.Jwk)}";
        return Flattened(signed, HMACSHA256.HashData(externalKey, Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>Asks for an account (§7.3); one that exists already is found by its key.</summary>
    /// <param name="contact">URLs, as in <c>mailto:hostmaster@provider.example</c>; may be empty.</param>
    /// <param name="externalBinding">See <see cref="ExternalBinding"/>; null for none.</param>
    public static string NewAccount(IReadOnlyList<string> contact, string? externalBinding) => Json(json =>
    {
        json.WriteBoolean("termsOfServiceAgreed"u8, true);
        json.WriteStartArray("contact"u8);
        foreach (var url in contact)
            json.WriteStringValue(url);
        json.WriteEndArray();
        if (externalBinding is not null)
        {
            json.WritePropertyName("externalAccountBinding"u8);
            json.WriteRawValue(externalBinding);
        }
    });

    /// <summary>Asks for a certificate for these names (§7.4).</summary>
    public static string NewOrder(IReadOnlyList<string> names) => Json(json =>
    {
        json.WriteStartArray("identifiers"u8);
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "dns"u8);
            json.WriteString("value"u8, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Says that a challenge may be looked at (§7.5.1).</summary>
    public const string ChallengeIsMet = "{}";

    /// <summary>Hands the signing request in (§7.4).</summary>
    /// <param name="signingRequest">PKCS #10, DER.</param>
    public static string Finalize(byte[] signingRequest) => Json(json => json.WriteString("csr"u8, Base64Url.EncodeToString(signingRequest)));

    private static string Header(Uri url, string nonce, Action<Utf8JsonWriter> signer) => Json(json =>
    {
        json.WriteString("alg"u8, "ES256"u8);
        signer(json);
        json.WriteString("nonce"u8, nonce);
        // As the server wrote it: it compares octets (§6.4).
        json.WriteString("url"u8, url.OriginalString);
    });

    private static byte[] Signed(AcmeAccountKey key, string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return Encoding.ASCII.GetBytes(Flattened(signed, key.Sign(Encoding.ASCII.GetBytes(signed))));
    }

    // Base64url has nothing that JSON would escape.
    private static string Flattened(string signed, byte[] signature)
    {
        var dot = signed.IndexOf('.', StringComparison.Ordinal);
        return $$"""{"protected":"{{signed[..dot]}}","payload":"{{signed[(dot + 1)..]}}","signature":"{{Base64Url.EncodeToString(signature)}}"}""";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
