using System.Text;
using Mailreeve.Protocols.Acme;

namespace Mailreeve.Protocols.Tests.Acme;

/// <summary>What a server says, and what somebody says who is none.</summary>
public sealed class AcmeReplyTests
{
    [Fact]
    public void A_directory_is_read()
    {
        var directory = AcmeDirectory.Read(Json("""
            {
              "newNonce": "https://acme.example/nonce", "newAccount": "https://acme.example/account", "newOrder": "https://acme.example/order",
              "meta": { "termsOfService": "https://acme.example/terms", "externalAccountRequired": true }
            }
            """))!;

        Assert.Equal("https://acme.example/order", directory.NewOrder.OriginalString);
        Assert.Equal("https://acme.example/terms", directory.TermsOfService!.OriginalString);
        Assert.True(directory.NeedsExternalAccount);
    }

    [Fact]
    public void An_order_that_failed_says_why_in_one_line()
    {
        var order = AcmeOrder.Read(Json("""
            {
              "status": "invalid", "authorizations": ["https://acme.example/authz/1", 7], "finalize": "https://acme.example/finalize/1",
              "error": { "type": "urn:ietf:params:acme:error:caa", "detail": "not\r\nallowed",
                         "subproblems": [{ "detail": "CAA forbids it", "identifier": { "type": "dns", "value": "mail.provider.example" } }] }
            }
            """))!;

        Assert.Equal(AcmeStatus.Invalid, order.Status);
        Assert.Single(order.Authorizations);
        Assert.Null(order.Certificate);
        Assert.Equal("caa: not  allowed; mail.provider.example: CAA forbids it", $"{order.Problem}");
    }

    [Fact]
    public void Challenges_with_a_token_that_is_none_are_left_out()
    {
        var authorization = AcmeAuthorization.Read(Json("""
            {
              "status": "pending", "identifier": { "type": "dns", "value": "mail.provider.example" },
              "challenges": [
                { "type": "http-01", "url": "https://acme.example/c/1", "token": "../../etc" },
                { "type": "http-01", "url": "https://acme.example/c/2", "token": "" },
                { "type": "http-01", "url": "ftp://acme.example/c/3", "token": "abc" },
                { "type": "http-01", "url": "https://acme.example/c/4", "token": "DGyRejmCefe7v4NfDGDKfA" }
              ]
            }
            """))!;

        Assert.Equal("DGyRejmCefe7v4NfDGDKfA", Assert.Single(authorization.Challenges).Token);
    }

    [Fact]
    public void A_problem_without_a_type_of_ACME_has_no_kind()
    {
        Assert.Equal(new AcmeProblem("", "closed"), AcmeProblem.Read(Json("""{"type":"about:blank","detail":"closed"}""")));
        Assert.True(AcmeProblem.Read(Json("""{"type":"urn:ietf:params:acme:error:badNonce"}"""))!.IsBadNonce);
        Assert.Equal(501, AcmeProblem.Read(Json($$"""{"detail":"{{new string('x', 10_000)}}"}"""))!.Detail.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"newNonce":1,"status":[],"finalize":{},"identifier":"x","newAccount":null}""")]
    [InlineData("""{"newNonce":"/nonce","newAccount":"javascript:1","newOrder":"","finalize":"file:///x","identifier":{"value":1}}""")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]}")]
    public void What_is_none_is_none(string text)
    {
        Assert.Null(AcmeDirectory.Read(Json(text)));
        Assert.Null(AcmeOrder.Read(Json(text)));
        Assert.Null(AcmeAuthorization.Read(Json(text)));
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
