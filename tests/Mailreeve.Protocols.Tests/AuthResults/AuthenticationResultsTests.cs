using System.Text;
using Mailreeve.Protocols.AuthResults;

namespace Mailreeve.Protocols.Tests.AuthResults;

public class AuthenticationResultsTests
{
    [Fact]
    public void Each_result_has_a_line()
    {
        var field = AuthenticationResults.Write("mx.provider.example",
        [
            new AuthResult("spf", "pass") { Properties = [("smtp.mailfrom", "ann@sender.example")] },
            new AuthResult("dkim", "fail") { Comment = "the body was changed", Properties = [("header.d", "sender.example"), ("header.s", "s1")] },
        ]);

        Assert.Equal(
            "Authentication-Results: mx.provider.example;\r\n\tspf=pass smtp.mailfrom=ann@sender.example;\r\n"
            + "\tdkim=fail (the body was changed) header.d=sender.example header.s=s1\r\n", field);
    }

    [Fact]
    public void Nothing_a_stranger_wrote_gets_out_of_its_place()
    {
        var field = AuthenticationResults.Write("mx.provider.example",
        [
            new AuthResult("spf", "fail")
            {
                Comment = "a) dmarc=pass (\r\n\r\nhello",
                Properties = [("smtp.mailfrom", "a\"; dmarc=pass\r\nX: y@sender.example"), ("smtp.helo", new string('x', 5000))],
            },
        ]);

        Assert.Contains("(a? dmarc=pass ?????hello)", field, StringComparison.Ordinal);
        Assert.Contains("smtp.mailfrom=\"a\\\"; dmarc=pass??X: y@sender.example\"", field, StringComparison.Ordinal);
        Assert.All(field.Split("\r\n"), line => Assert.True(line.Length < 998));
        Assert.All(field.Split("\r\n")[1..^1], line => Assert.StartsWith("\t", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mx.provider.example; spf=pass", true)]
    [InlineData(" MX.Provider.Example 1; none", true)]
    [InlineData("(a (nested) comment)\r\n\tmx.provider.example;\r\n\tspf=pass", true)]
    [InlineData("\"mx.provider.example\"; spf=pass", true)]
    [InlineData("mx.provider.example.; spf=pass", true)]
    [InlineData("mx.provider.example(x); spf=pass", true)]
    [InlineData("relay.example; spf=pass", false)]
    [InlineData("mx.provider.example.evil.example; spf=pass", false)]
    [InlineData("", false)]
    public void A_field_that_bears_our_name_is_found(string value, bool isForged)
    {
        var header = Encoding.UTF8.GetBytes($"Subject: x\r\nauthentication-results: {value}\r\nFrom: a@b.example\r\n\r\nAuthentication-Results: mx.provider.example; none\r\n");

        var forged = AuthenticationResults.Forged(header, ["mx.provider.example"]);

        Assert.Equal(isForged ? 1 : 0, forged.Count);
        if (isForged)
            Assert.Equal($"authentication-results: {value}\r\n", Encoding.UTF8.GetString(header[forged[0].Start..forged[0].End]));
    }
}
