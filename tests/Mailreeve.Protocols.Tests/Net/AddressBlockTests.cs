using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Tests.Net;

public class AddressBlockTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.2.0/24")]
    [InlineData("192.0.2.77/28", "192.0.2.64", "192.0.2.79", "192.0.2.64/28")]
    [InlineData("192.0.2.3 - 192.0.2.9", "192.0.2.3", "192.0.2.9", "192.0.2.3-192.0.2.9")]
    [InlineData("192.0.2.128\u2013192.0.2.255", "192.0.2.128", "192.0.2.255", "192.0.2.128/25")]
    [InlineData("2001:db8:1::/48", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::/48")]
    public void A_prefix_or_a_range_is_a_block(string text, string first, string last, string shown)
    {
        Assert.True(AddressBlock.TryParse(text, out var block));

        Assert.Equal((Address.Parse(first), Address.Parse(last), shown), (block.First, block.Last, block.ToString()));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1/32")]
    [InlineData("2001:db8::1/128")]
    [InlineData("0.0.0.0/0")]
    [InlineData("192.0.0.0/7")]
    [InlineData("::/0")]
    [InlineData("10.0.0.0-250.0.0.0")]
    [InlineData("192.0.2.9-192.0.2.3")]
    [InlineData("192.0.2.9-2001:db8::1")]
    [InlineData("2024-05-07")]
    [InlineData("shop/24")]
    public void A_single_address_or_half_the_internet_is_none(string text)
    {
        Assert.False(AddressBlock.TryParse(text, out _));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.40")]
    [InlineData("192.0.2.44/30", "192.0.2.44")]
    [InlineData("192.0.2.48-192.0.2.60", "192.0.2.50")]
    [InlineData("198.51.100.0/24", null)]
    [InlineData("192.0.2.51/31", "192.0.2.50")]
    [InlineData("192.0.2.52/30", null)]
    public void Of_a_block_the_lowest_address_that_is_ours_stands_for_it(string text, string? expected)
    {
        var own = new OwnResources([Prefix.Parse("192.0.2.40/29"), Prefix.Parse("192.0.2.50")], [], []);
        Assert.True(AddressBlock.TryParse(text, out var block));

        Assert.Equal(expected, own.FirstIn(block)?.ToString());
    }
}
