using System.Text;
using Mailreeve.Protocols.AuthResults;

namespace Mailreeve.Protocols.Tests.AuthResults;

public sealed class OwnResultsTests
{
    private const string Host = "mx.provider.example";

    [Fact]
    public void What_our_server_wrote_is_read_back()
    {
        var written = AuthenticationResults.Write(Host,
        [
            new AuthResult("spf", "pass") { Comment = "192.0.2.1 is allowed; see \"x\"", Properties = [("smtp.mailfrom", "reporter.example")] },
            new AuthResult("dkim", "fail") { Comment = "body (changed", Properties = [("header.d", "reporter.example"), ("header.s", "a;b=c")] },
            new AuthResult("dmarc", "pass") { Properties = [("header.from", "reporter.example")] },
        ]);

        var read = OwnResults.Read(Encoding.UTF8.GetBytes(written + "Received: from a by b; x\r\n\r\nbody"), Host);

        Assert.Equal([("spf", "pass"), ("dkim", "fail"), ("dmarc", "pass")], read.Select(r => (r.Method, r.Result)));
        Assert.Contains(("smtp.mailfrom", "reporter.example"), read[0].Properties);
        Assert.Contains(("header.s", "a;b=c"), read[1].Properties);
    }

    [Theory]
    [InlineData("Authentication-Results: other.example; spf=pass smtp.mailfrom=a.example\r\n\r\n")]
    [InlineData("Received: x\r\nAuthentication-Results: mx.provider.example; spf=pass smtp.mailfrom=a.example\r\n\r\n")]
    [InlineData("Authentication-Results: (x; mx.provider.example; spf=pass smtp.mailfrom=a.example\r\n\r\n")]
    [InlineData("Authentication-Results:\r\n\r\n")]
    [InlineData("")]
    public void Only_the_first_field_counts_and_only_ours(string message) => Assert.Empty(OwnResults.Read(Encoding.UTF8.GetBytes(message), Host));

    [Fact]
    public void What_strangers_wrote_in_comments_and_quotes_is_no_result()
    {
        const string message = "Authentication-Results: mx.provider.example; spf=none (\\); dmarc=pass header.from=a.example)\r\n"
            + "\tsmtp.mailfrom=\"x; dkim=pass header.d=a.example\"\r\n\r\n";

        var only = Assert.Single(OwnResults.Read(Encoding.UTF8.GetBytes(message), Host));

        Assert.Equal(("spf", "none"), (only.Method, only.Result));
    }
}
