using Mailreeve.Protocols.Reports.FreeText;

namespace Mailreeve.Protocols.Tests.Reports.FreeText;

public class MentionScannerTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("(192.0.2.7).", "192.0.2.7")]
    [InlineData("[192.0.2.7]", "192.0.2.7")]
    [InlineData("ip=192.0.2.7,x", "192.0.2.7")]
    [InlineData("192.0.2.7:25", "192.0.2.7 port 25")]
    [InlineData("192[.]0[.]2[.]7", "192.0.2.7")]
    [InlineData("192.0.2[.]7", "192.0.2.7")]
    [InlineData("192(.)0(.)2(.)7", "192.0.2.7")]
    [InlineData("192 [.] 0 [.] 2 [.] 7", "192.0.2.7")]
    [InlineData("192[dot]0[dot]2[dot]7", "192.0.2.7")]
    [InlineData("192.000.002.007", "192.0.2.7")]
    [InlineData("192.0.2.7.11211 > 203.0.113.9.80:", "192.0.2.7 port 11211; 203.0.113.9 port 80")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::15", "2001:db8::15")]
    [InlineData("[2001:db8::15]:443", "2001:db8::15 port 443")]
    [InlineData("IPv6:2001:db8::15]", "2001:db8::15")]
    [InlineData("2001:db8[:]1::15", "2001:db8:1::15")]
    [InlineData("from 2001:db8::15.", "2001:db8::15")]
    public void Addresses_are_found_in_the_ways_they_are_written(string text, string expected) => Assert.Equal(expected, Show(text));

    [Theory]
    [InlineData("version 192.0.2.4")]
    [InlineData("v192.0.2.4")]
    [InlineData("Agent/192.0.2.4")]
    [InlineData("firmware: 10.1.2.3")]
    [InlineData("1.3.6.1.4.1.311")]
    [InlineData("192.0.2.x")]
    [InlineData("999.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.0")]
    [InlineData("12:34:56")]
    [InlineData("00:11:22:33:44:55")]
    [InlineData("std::string")]
    [InlineData("dead::beef")]
    [InlineData("192.0.2")]
    [InlineData("wp-login.php")]
    [InlineData("1.234,56")]
    public void What_only_looks_like_an_address_is_none(string text) => Assert.Equal("", Show(text));

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.7/32", "192.0.2.7")]
    [InlineData("192.0.2.0 - 192.0.2.255", "192.0.2.0 - 192.0.2.255")]
    [InlineData("192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    public void Prefixes_and_ranges_are_one_mention(string text, string expected) => Assert.Equal(expected, Show(text));

    [Theory]
    [InlineData("http://evil.example/a?b=c", "http://evil.example/a?b=c")]
    [InlineData("(see http://evil.example/a).", "http://evil.example/a")]
    [InlineData("<https://evil.example>", "https://evil.example")]
    [InlineData("hxxp://evil[.]example/a", "http://evil.example/a")]
    [InlineData("hXXps[:]//evil(.)example/a", "https://evil.example/a")]
    [InlineData("h**p://evil.example/", "http://evil.example/")]
    [InlineData("http://[2001:db8::1]/x", "http://[2001:db8::1]/x")]
    [InlineData("http://evil.example/wiki/A_(b)", "http://evil.example/wiki/A_(b)")]
    [InlineData("evil.example/path", "http://evil.example/path")]
    [InlineData("https://urldefense.proofpoint.com/v2/url?u=http-3A__evil.example_x&d=abc", "http://evil.example/x")]
    [InlineData("https://urldefense.com/v3/__http://evil.example/x__;!!a$", "http://evil.example/x")]
    [InlineData("https://nam01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fevil.example%2Fx&data=1", "http://evil.example/x")]
    [InlineData("https://www.google.com/url?q=http%3A%2F%2Fevil.example%2Fx&sa=D", "http://evil.example/x")]
    [InlineData("evil[.]example", "evil.example")]
    [InlineData("a.b@evil.example", "a.b@evil.example")]
    [InlineData("a [at] evil [dot] example", "a@evil.example")]
    public void Names_lose_their_disguise(string text, string expected) => Assert.Equal(expected, Show(text));

    [Theory]
    [InlineData("1.2.3.4.5.6.7.8.9.0.")]
    [InlineData("1:2:3:4:5:6:7:8:9:")]
    [InlineData("::::::::::")]
    [InlineData("http://http://http://")]
    [InlineData("a[.]b[.]c[.]")]
    [InlineData("a@a@a@a@a@")]
    [InlineData("<<<<<<<<<<")]
    [InlineData("hxxp[:]//[[[[[[((((")]
    [InlineData("192.0.2.1 - 192.0.2.")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa")]
    public void The_cost_grows_with_the_length_and_no_faster(string bait)
    {
        var text = string.Concat(Enumerable.Repeat(bait, 200_000));

        MentionScanner.Scan(text, 100_000, out var looks);

        Assert.InRange(looks, 1, text.Length * 8);
    }

    private static string Show(string text) => string.Join("; ", MentionScanner.Scan(text, 100).Select(m =>
        m.Kind == MentionKind.Address ? m.Address + (m.Port is { } port ? $" port {port}" : "") : m.Text));
}
