using Mailreeve.Network.Lists;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Tests.Lists;

public sealed class ListingIndexTests
{
    private const uint Now = 1_000;

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.8")]
    [InlineData("2001:db8::7", "2001:db8::8")]
    public void What_covers_an_address_is_found_the_most_specific_first(string inside, string beside)
    {
        var index = new ListingIndex(0);
        var address = Address.Parse(inside);
        foreach (var length in (int[])[104, 128, 120, 96])
            index.Add(new Prefix(address, length), new Listing(0, uint.MaxValue, (uint)length, 1));

        Assert.Equal([128u, 120u, 104u, 96u], Find(index, address).Select(l => l.Case));
        Assert.Equal([120u, 104u, 96u], Find(index, Address.Parse(beside)).Select(l => l.Case));
    }

    [Fact]
    public void Begin_and_end_are_looked_at_when_it_is_asked()
    {
        var index = new ListingIndex(0);
        var prefix = Prefix.Parse("198.51.100.7");
        index.Add(prefix, new Listing(Now, Now + 1, 1, 1));
        index.Add(prefix, new Listing(Now + 1, Now + 2, 2, 1));
        index.Add(prefix, new Listing(0, Now, 3, 1));

        Assert.Equal([1u], Find(index, prefix.First).Select(l => l.Case));
    }

    [Fact]
    public void IPv4_and_IPv6_do_not_list_each_other()
    {
        var index = new ListingIndex(0);
        index.Add(Prefix.Parse("::/0"), new Listing(0, uint.MaxValue, 6, 1));
        index.Add(Prefix.Parse("0.0.0.0/0"), new Listing(0, uint.MaxValue, 4, 1));

        Assert.Equal([4u], Find(index, Address.Parse("198.51.100.7")).Select(l => l.Case));
        Assert.Equal([6u], Find(index, Address.Parse("2001:db8::7")).Select(l => l.Case));
    }

    [Fact]
    public void After_many_changes_it_is_as_a_plain_list_would_be()
    {
        var random = new Random(5);
        var index = new ListingIndex(3);
        var plain = new List<(Prefix Prefix, Listing Listing)>();
        for (var step = 0; step < 20_000; step++)
        {
            // Few addresses, side by side and at both ends of the table, so that they get into each other's way.
            var address = new Address(0xFFFF_0000_0000UL + (uint)(random.Next(64) * (random.Next(2) == 0 ? 1 : 0x3FFF_FFFF)));
            var prefix = new Prefix(address, random.Next(4) == 0 ? 124 : 128);
            var listing = new Listing(0, (uint)random.Next(900, 1_100), (uint)random.Next(3), (ushort)random.Next(1, 3));
            if (random.Next(2) == 0 && plain.Count > 0)
            {
                var one = plain[random.Next(plain.Count)];
                plain.Remove(one);
                index.Remove(one.Prefix, one.Listing);
                index.Remove(prefix, listing with { Case = 99 });
            }
            else if (plain.Count(p => p.Prefix.Overlaps(prefix)) < 8)
            {
                plain.Add((prefix, listing));
                index.Add(prefix, listing);
            }

            Assert.Equal(plain.Count, index.Count);
            if (step % 10 == 0)
            {
                var expected = plain.Where(p => p.Prefix.Contains(address) && p.Listing.Until > Now).Select(p => p.Listing).Order(Comparer<Listing>.Create((a, b) => (a.Until, a.Case, a.Reason).CompareTo((b.Until, b.Case, b.Reason))));
                Assert.Equal(expected, Find(index, address).Order(Comparer<Listing>.Create((a, b) => (a.Until, a.Case, a.Reason).CompareTo((b.Until, b.Case, b.Reason)))));
            }
        }
    }

    private static Listing[] Find(ListingIndex index, Address address)
    {
        var found = new Listing[64];
        lock (index.Gate)
            return found[..index.Find(address, Now, found)];
    }
}
