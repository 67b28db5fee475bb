using Mailreeve.Protocols.ClientSetup;

namespace Mailreeve.Protocols.Tests.ClientSetup;

public class SetupAddressTests
{
    [Theory]
    [InlineData("reader@provider.example", "reader@provider.example")]
    [InlineData("  reader@Provider.example\n", "reader@Provider.example")]
    [InlineData("o'neil&<b>@provider.example", null)]
    [InlineData("\"<b>\"@provider.example", "\"<b>\"@provider.example")]
    [InlineData("müller@bücher.example", "müller@bücher.example")]
    [InlineData("reader@[192.0.2.1]", null)]
    [InlineData("reader", null)]
    [InlineData("%EMAILADDRESS%", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_address_is_read_as_an_envelope_would_have_it(string? text, string? expected) =>
        Assert.Equal(expected, SetupAddress.ParseOrNull(text)?.ToString());

    [Theory]
    [InlineData("a\u202eb@provider.example")]
    [InlineData("a\u200bb@provider.example")]
    [InlineData("a\ufffeb@provider.example")]
    [InlineData("a\U0001fffeb@provider.example")]
    [InlineData("a\ue000b@provider.example")]
    [InlineData("\"a\u0001b\"@provider.example")]
    [InlineData("ab@provider\u200b.example")]
    public void What_nobody_sees_or_no_xml_can_hold_is_refused(string text) => Assert.Null(SetupAddress.ParseOrNull(text));

    [Fact]
    public void A_long_text_is_not_even_looked_at() =>
        Assert.Null(SetupAddress.ParseOrNull(new string(' ', 2000) + "reader@provider.example"));
}
