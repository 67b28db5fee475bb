using CsCheck;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;

namespace Mailreeve.Storage.Tests.Live;

public sealed class PrefixMapTests
{
    // Few different bits, so that prefixes meet: the last 8 bits of an address, any length from /120 on, and a few short ones.
    private static readonly Gen<Address> Addresses =
        Gen.Select(Gen.Byte, Gen.Bool, (low, six) => new Address(Address.Parse(six ? "2001:db8::" : "192.0.2.0").Bits | low));

    private static readonly Gen<Prefix> Prefixes =
        Gen.Select(Addresses, Gen.OneOf(Gen.Int[118, 128], Gen.Const(0), Gen.Const(32), Gen.Const(96)), (address, length) => new Prefix(address, length));

    private static readonly Gen<(bool Add, Prefix Prefix, int Value)> Steps =
        Gen.Select(Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false))), Prefixes, Gen.Int[0, 3], (add, prefix, value) => (add, prefix, value));

    [Fact]
    public void It_answers_as_a_plain_list_would_after_any_additions_and_removals() =>
        Gen.Select(Steps.List[0, 40], Addresses, Prefixes).Sample((steps, address, prefix) =>
        {
            var map = PrefixMap<int>.Empty;
            var list = new List<(Prefix Prefix, int Value)>();
            foreach (var step in steps)
            {
                map = step.Add ? map.Add(step.Prefix, step.Value) : map.Remove(step.Prefix, v => v == step.Value);
                if (step.Add)
                    list.Add((step.Prefix, step.Value));
                else
                    list.RemoveAll(e => e.Prefix == step.Prefix && e.Value == step.Value);
            }

            AssertSame(list, map, address, prefix);
            AssertSame(list, PrefixMap<int>.From(list), address, prefix);
        });

    [Fact]
    public void A_map_does_not_change_when_another_is_made_from_it()
    {
        var prefix = Some.Prefix;
        var one = PrefixMap<int>.Empty.Add(prefix, 1);

        var two = one.Add(prefix, 2);
        var none = two.Remove(prefix, _ => true);

        Assert.Equal([1], one.Covering(Some.Address));
        Assert.Equal([1, 2], two.Covering(Some.Address));
        Assert.Empty(none.Covering(Some.Address));
    }

    private static void AssertSame(List<(Prefix Prefix, int Value)> list, PrefixMap<int> map, Address address, Prefix prefix)
    {
        var covering = list.Where(e => e.Prefix.Contains(address)).OrderByDescending(e => e.Prefix.Length).Select(e => e.Value);
        Assert.Equal(covering, map.Covering(address));
        var overlapping = list.Where(e => e.Prefix.Contains(prefix) || prefix.Contains(e.Prefix)).Select(e => e.Value);
        Assert.Equal(overlapping.Order(), map.Overlapping(prefix).Order());
    }
}
