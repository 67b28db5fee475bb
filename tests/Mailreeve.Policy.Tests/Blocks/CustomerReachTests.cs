using CsCheck;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class CustomerReachTests
{
    private static readonly Prefix Small = Prefix.Parse("192.0.2.0/28");

    private static readonly Gen<Prefix> AnyPrefix = Gen.Select(
        Gen.Int[0, 15], Gen.Int[0, 4], (at, bits) => new Prefix(new Address(Small.First.Bits + (UInt128)at), 128 - bits));

    [Theory]
    [InlineData("192.0.2.0/28", "192.0.2.4/30", "192.0.2.0/30 192.0.2.8/29")]
    [InlineData("192.0.2.0/28 192.0.2.8/30", "", "192.0.2.0/28")]
    // The provider's own, around it, is no obstacle; nor is what both have.
    [InlineData("192.0.2.0/28", "192.0.2.0/24", "192.0.2.0/28")]
    [InlineData("192.0.2.0/28", "192.0.2.0/28", "192.0.2.0/28")]
    [InlineData("192.0.2.0/28 192.0.2.4/30", "192.0.2.4/30", "192.0.2.0/28")]
    [InlineData("192.0.2.0/28 192.0.2.5", "192.0.2.4/30", "192.0.2.0/30 192.0.2.5 192.0.2.8/29")]
    [InlineData("2001:db8::/48 192.0.2.7", "2001:db8:0:1::/64 203.0.113.0/24", "192.0.2.7 2001:db8::/64 2001:db8:0:2::/63 2001:db8:0:4::/62")]
    [InlineData("", "192.0.2.0/24", "")]
    public void It_is_what_the_customer_has_and_nobody_else_inside_of_it(string own, string others, string reach)
    {
        var prefixes = CustomerReach.Of(Prefixes(own), Prefixes(others)).Take(reach.Length == 0 ? 1 : reach.Split(' ').Length);

        Assert.Equal(reach, string.Join(' ', prefixes));
    }

    [Fact]
    public void An_address_is_in_it_when_the_most_specific_prefix_is_the_customers() =>
        Gen.Select(AnyPrefix.Array[0, 6], AnyPrefix.Array[0, 6]).Sample((own, others) =>
        {
            var reach = CustomerReach.Of(own, others);
            for (var i = 0; i < 16; i++)
            {
                var address = new Address(Small.First.Bits + (UInt128)i);
                var (mine, theirs) = (Longest(own, address), Longest(others, address));
                Assert.Equal(mine >= 0 && mine >= theirs, reach.Any(p => p.Contains(address)));
            }
        });

    private static int Longest(Prefix[] prefixes, Address address) => prefixes.Where(p => p.Contains(address)).Select(p => p.Length).DefaultIfEmpty(-1).Max();

    private static Prefix[] Prefixes(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Prefix.Parse)];
}
