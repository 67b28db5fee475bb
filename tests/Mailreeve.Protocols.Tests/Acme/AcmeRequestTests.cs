using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mailreeve.Protocols.Acme;

namespace Mailreeve.Protocols.Tests.Acme;

public sealed class AcmeRequestTests : IDisposable
{
    private static readonly Uri Url = new("https://acme.example/order/1");

    // The key of RFC 7515 §A.3.
    private readonly ECDsa key = ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        },
        D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
    });

    public void Dispose() => key.Dispose();

    [Fact]
    public void The_thumbprint_is_that_of_the_canonical_form()
    {
        var account = new AcmeAccountKey(key);

        // Computed by another program.
        Assert.Equal("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", account.Thumbprint);
        Assert.Equal($"a-token.{account.Thumbprint}", account.AuthorizationFor("a-token"));
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.Throws<ArgumentException>(() => new AcmeAccountKey(other));
    }

    [Fact]
    public void A_request_before_there_is_an_account_carries_the_key_and_a_signature_that_holds()
    {
        var (header, payload) = Verified(AcmeRequest.SignedByKey(new AcmeAccountKey(key), Url, "nonce-1", """{"a":1}"""));

        Assert.Equal("ES256", header.GetProperty("alg").GetString());
        Assert.Equal("nonce-1", header.GetProperty("nonce").GetString());
        Assert.Equal(Url.OriginalString, header.GetProperty("url").GetString());
        Assert.Equal("P-256", header.GetProperty("jwk").GetProperty("crv").GetString());
        Assert.False(header.TryGetProperty("kid", out _));
        Assert.Equal("""{"a":1}""", payload);
    }

    [Fact]
    public void A_request_of_an_account_names_it_and_one_that_only_asks_has_an_empty_payload()
    {
        var (header, payload) = Verified(
            AcmeRequest.SignedByAccount(new AcmeAccountKey(key), new Uri("https://acme.example/account/7"), Url, "nonce-2", payload: null));

        Assert.Equal("https://acme.example/account/7", header.GetProperty("kid").GetString());
        Assert.False(header.TryGetProperty("jwk", out _));
        Assert.Empty(payload);
    }

    [Fact]
    public void An_external_account_signs_our_key_with_its_secret()
    {
        var account = new AcmeAccountKey(key);
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

        var binding = JsonDocument.Parse(AcmeRequest.ExternalBinding(account, "customer \"7\"", secret, Url)).RootElement;

        var signed = $"{binding.GetProperty("protected").GetString()}.{binding.GetProperty("payload").GetString()}";
        Assert.Equal(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)), Decoded(binding, "signature"));
        Assert.Equal(account.Jwk, Encoding.ASCII.GetString(Decoded(binding, "payload")));
        var header = JsonDocument.Parse(Decoded(binding, "protected")).RootElement;
        Assert.Equal("HS256", header.GetProperty("alg").GetString());
        Assert.Equal("customer \"7\"", header.GetProperty("kid").GetString());
        Assert.False(header.TryGetProperty("nonce", out _));
    }

    [Fact]
    public void What_is_asked_for_is_JSON()
    {
        Assert.Equal("""{"identifiers":[{"type":"dns","value":"a.example"},{"type":"dns","value":"b.example"}]}""", AcmeRequest.NewOrder(["a.example", "b.example"]));
        Assert.Equal("""{"termsOfServiceAgreed":true,"contact":[]}""", AcmeRequest.NewAccount([], externalBinding: null));
        Assert.Equal("""{"csr":"-_8"}""", AcmeRequest.Finalize([0xFB, 0xFF]));
    }

    private (JsonElement Header, string Payload) Verified(byte[] request)
    {
        var json = JsonDocument.Parse(request).RootElement;
        var signed = $"{json.GetProperty("protected").GetString()}.{json.GetProperty("payload").GetString()}";
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes(signed), Decoded(json, "signature"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        return (JsonDocument.Parse(Decoded(json, "protected")).RootElement, Encoding.UTF8.GetString(Decoded(json, "payload")));
    }

    private static byte[] Decoded(JsonElement json, string name) => Base64Url.DecodeFromChars(json.GetProperty(name).GetString());
}
