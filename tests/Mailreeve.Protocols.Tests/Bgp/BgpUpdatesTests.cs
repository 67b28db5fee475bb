using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Protocols.Tests.Bgp;

public class BgpUpdatesTests
{
    private const string Marker = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    private static readonly BgpUpdates Internal = new()
    {
        LocalAs = 64500,
        IsInternal = true,
        NextHop = Address.Parse("192.0.2.254"),
        NextHopIPv6 = Address.Parse("2001:db8::dead"),
    };

    // Written by hand from the RFCs.
    [Theory]
    [InlineData(BgpDrop.Blackhole, "203.0.113.66",
        "003C 02 0000 0020 40010100 400200 400304C00002FE 40050400000064 C00808FFFF029AFFFFFF01 20CB007142")]
    [InlineData(BgpDrop.Blackhole, "2001:db8:66::/48",
        "004F 02 0000 0038 800E1C 000201 10 20010DB800000000000000000000DEAD 00 3020010DB80066 40010100 400200 40050400000064 C00808FFFF029AFFFFFF01")]
    [InlineData(BgpDrop.From, "192.0.2.7",
        "0046 02 0000 002F 800E0C 000185 00 00 06 0220C0000207 40010100 400200 40050400000064 C00804FFFFFF01 C010088006000000000000")]
    [InlineData(BgpDrop.MailTo, "192.0.2.0/25",
        "004C 02 0000 0035 800E12 000185 00 00 0C 0119C0000200 038106 058119 40010100 400200 40050400000064 C00804FFFFFF01 C010088006000000000000")]
    [InlineData(BgpDrop.MailFrom, "2001:db8:1::/64",
        "0051 02 0000 003A 800E17 000285 00 00 11 02400020010DB800010000 038106 058119 40010100 400200 40050400000064 C00804FFFFFF01 C010088006000000000000")]
    [InlineData(BgpDrop.To, "::/0",
        "0043 02 0000 002C 800E09 000285 00 00 03 010000 40010100 400200 40050400000064 C00804FFFFFF01 C010088006000000000000")]
    public void An_announcement_within_the_autonomous_system_is_written(BgpDrop drop, string prefix, string hex)
    {
        var message = Assert.Single(Internal.Announce([new BgpRoute(drop, Prefix.Parse(prefix))]));

        Assert.Equal(Marker + hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(message));
    }

    [Theory]
    [InlineData(true, "40020602010000FC04")]
    [InlineData(false, "4002040201FC04")]
    public void To_another_autonomous_system_it_says_who_we_are_and_no_preference(bool hasLongAs, string path)
    {
        var external = Internal with { LocalAs = 64516, IsInternal = false, HasLongAs = hasLongAs, Communities = [0xFC00_029A] };
        var message = Assert.Single(external.Announce([new BgpRoute(BgpDrop.Blackhole, Prefix.Parse("203.0.113.66"))]));

        Assert.EndsWith($"40010100{path}400304C00002FEC00808FC00029AFFFFFF0120CB007142", Convert.ToHexString(message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BgpDrop.Blackhole, "203.0.113.66", "001C 02 0005 20CB007142 0000")]
    [InlineData(BgpDrop.Blackhole, "2001:db8:66::/48", "0024 02 0000 000D 800F0A 000201 3020010DB80066")]
    [InlineData(BgpDrop.From, "192.0.2.7", "0024 02 0000 000D 800F0A 000185 06 0220C0000207")]
    public void A_withdrawal_is_written(BgpDrop drop, string prefix, string hex)
    {
        var message = Assert.Single(BgpUpdates.Withdraw([new BgpRoute(drop, Prefix.Parse(prefix))]));

        Assert.Equal(Marker + hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(message));
    }

    [Theory]
    [InlineData(BgpFamily.UnicastIPv4, "0017 02 0000 0000")]
    [InlineData(BgpFamily.FlowIPv6, "001D 02 0000 0006 800F03 000285")]
    public void End_of_RIB_is_written(BgpFamily family, string hex) =>
        Assert.Equal(Marker + hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(BgpUpdates.EndOfRib(family)));

    [Fact]
    public void What_is_written_is_read_whatever_it_is()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var routes = Enumerable.Range(0, random.Next(1, 2000)).Select(_ => AnyRoute(random)).ToHashSet();
            var isInternal = random.Next(2) == 0;
            var from = Internal with { IsInternal = isInternal, Communities = [.. Enumerable.Range(0, random.Next(1, 32)).Select(i => (uint)i)] };

            var announced = from.Announce(routes).Select(m => BgpReader.Update(m)).ToList();
            var withdrawn = BgpUpdates.Withdraw(routes).Select(m => BgpReader.Update(m)).ToList();

            Assert.Equal(routes, announced.SelectMany(u => u.Announced).ToHashSet());
            Assert.Equal(routes.Count, announced.Sum(u => u.Announced.Count));
            Assert.Equal(routes, withdrawn.SelectMany(u => u.Withdrawn).ToHashSet());
            Assert.All(announced, u =>
            {
                Assert.Contains(0xFFFF_FF01, u.Communities);
                Assert.Equal(isInternal ? [] : [64500u], u.Path);
                Assert.Equal(isInternal ? 100u : null, u.LocalPreference);
                Assert.Single(u.Announced.Select(r => r.Family).Distinct());
                Assert.Empty(u.Withdrawn);
                Assert.Equal(u.Announced[0].Drop == BgpDrop.Blackhole ? "" : "8006000000000000", Convert.ToHexString(u.Extended));
            });
        }
    }

    [Fact]
    public void As_many_routes_as_fit_are_in_one_message()
    {
        var routes = Enumerable.Range(0, 100_000).Select(i => new BgpRoute(BgpDrop.Blackhole, Prefix.Single(new Address(Address.Parse("203.0.113.0").Bits + (UInt128)i)))).ToList();
        var messages = Internal.Announce(routes).ToList();

        Assert.All(messages, m => Assert.InRange(m.Length, 1, BgpHeader.MessageLengthMax));
        // Five octets each, and less than a hundred of everything else.
        Assert.InRange(messages.Count, 1, (100_000 * 5 / 3990) + 1);
    }

    private static BgpRoute AnyRoute(Random random)
    {
        var first = random.Next(2) == 0 ? Address.Parse("192.0.2.0") : Address.Parse("2001:db8::");
        var length = first.IsIPv4 ? random.Next(Prefix.MappedLength, 129) : random.Next(129);
        return new BgpRoute((BgpDrop)random.Next(5), new Prefix(new Address(first.Bits + (UInt128)random.Next(1 << 16)), length));
    }
}
