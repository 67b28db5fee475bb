using CsCheck;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;

namespace Mailreeve.Storage.Tests.Live;

public sealed class AddressMapTests
{
    private static readonly string[] Highs =
        ["198.18.2.0", "198.18.255.0", "198.19.0.0", "0.0.0.0", "255.255.255.0", "2001:db8::", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00"];

    // Few different bits, so that prefixes meet: the low bits on both sides of an upper half, and of IPv4 and the rest.
    private static readonly Gen<Address> Addresses = Gen.Select(
        Gen.Byte, Gen.Int[0, Highs.Length - 1], (low, high) => new Address(Address.Parse(Highs[high]).Bits | low));

    private static readonly Gen<Prefix> Prefixes = Gen.Select(
        Addresses, Gen.OneOf(Gen.Int[118, 128], Gen.Int[108, 116], Gen.Int[94, 97], Gen.Const(0), Gen.Const(32), Gen.Const(64)), (address, length) => new Prefix(address, length));

    [Fact]
    public void It_answers_as_a_plain_list_would() =>
        Gen.Select(Gen.Select(Prefixes, Gen.Int[0, 3]).List[0, 40], Addresses, Prefixes).Sample((entries, address, prefix) =>
        {
            var map = AddressMap<int>.From(entries.Select(e => (e.Item1, e.Item2)));

            var covering = entries.Where(e => e.Item1.Contains(address)).OrderByDescending(e => e.Item1.Length).Select(e => e.Item2).ToList();
            Assert.Equal(covering, map.Covering(address));
            Assert.Equal(covering.Contains(2), map.TryFind(address, 2, (value, wanted) => value == wanted, out _));
            var overlapping = entries.Where(e => e.Item1.Overlaps(prefix)).Select(e => e.Item2);
            Assert.Equal(overlapping.Order(), map.Overlapping(prefix).Order());
        });

    [Fact]
    public void Empty_it_covers_nothing()
    {
        var map = AddressMap<int>.From([]);

        Assert.Empty(map.Covering(Some.Address));
        Assert.Empty(map.Overlapping(Prefix.Parse("::/0")));
    }
}
