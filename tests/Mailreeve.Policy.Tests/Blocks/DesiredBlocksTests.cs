using CsCheck;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Tests.Blocks;

public sealed class DesiredBlocksTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 0);
    private static readonly Prefix[] Small = [Prefix.Parse("192.0.2.0/27"), Prefix.Parse("2001:db8::/123")];

    // All addresses of two small networks, and one far away in each family.
    private static readonly Address[] Universe =
    [
        .. Small.SelectMany(p => Enumerable.Range(0, 32).Select(i => new Address(p.First.Bits + (UInt128)i))),
        Address.Parse("203.0.113.9"),
        Address.Parse("2001:db8:9::9"),
    ];

    private static readonly Gen<Prefix> AnyPrefix = Gen.Select(
        Gen.OneOf(Gen.Const(Small[0]), Gen.Const(Small[1])), Gen.Int[0, 31], Gen.Int[0, 6], (network, at, bits) => bits == 6
            ? Prefix.Parse(network.IsIPv4 ? "0.0.0.0/0" : "::/0")
            : new Prefix(new Address(network.First.Bits + (UInt128)at), 128 - bits));

    private static readonly Gen<Block> AnyBlock = Gen.Select(
        AnyPrefix, Gen.OneOf(Gen.Const(BlockScope.All), Gen.Const(BlockScope.Port25)), Gen.Int[-2, 1], Gen.Int[0, 2], (prefix, scope, from, until) => new Block
        {
            Prefix = prefix,
            Scope = scope,
            StartsAt = Now + Duration.FromHours(from),
            ExpiresAt = Now + Duration.FromHours(until),
        });

    [Fact]
    public void It_stops_what_a_block_stops_and_is_not_never_blocked() =>
        Gen.Select(AnyBlock.Array[0, 12], AnyPrefix.Where(p => p.Length >= 120).Array[0, 4]).Sample((blocks, never) =>
        {
            var elements = Desired(never).At(blocks, Now);

            foreach (var address in Universe)
            {
                foreach (var scope in Enum.GetValues<BlockScope>())
                {
                    var expected = blocks.Any(b => b.Scope == scope && b.StartsAt <= Now && b.ExpiresAt > Now && Covers(b.Prefix, address))
                        && !never.Any(n => Covers(n, address));
                    Assert.Equal(expected, elements.Any(e => e.List == DesiredBlocks.ListOf(scope) && Covers(e.Prefix, address)));
                }

                Assert.Equal(never.Any(n => Covers(n, address)), elements.Any(e => e.List == EnforcedList.Never && Covers(e.Prefix, address)));
            }
        });

    [Fact]
    public void Elements_of_a_list_never_overlap() =>
        Gen.Select(AnyBlock.Array[0, 12], AnyPrefix.Array[0, 4]).Sample((blocks, never) =>
        {
            var elements = Desired(never).At(blocks, Now).ToList();

            foreach (var one in elements)
            {
                Assert.DoesNotContain(elements, other => other != one && other.List == one.List
                    && other.Prefix.IsIPv4 == one.Prefix.IsIPv4 && other.Prefix.Overlaps(one.Prefix));
            }
        });

    [Fact]
    public void About_one_address_it_says_the_same_as_about_all() =>
        Gen.Select(AnyBlock.Array[0, 12], AnyPrefix.Where(p => p.Length >= 120).Array[0, 4]).Sample((blocks, never) =>
        {
            var desired = Desired(never);
            var elements = desired.At(blocks, Now);

            foreach (var address in Universe)
            {
                foreach (var scope in Enum.GetValues<BlockScope>())
                {
                    var isCovered = blocks.Any(b => b.Scope == scope && b.IsInForce(Now) && !b.Prefix.IsSingle && Covers(b.Prefix, address));
                    Assert.Equal(
                        isCovered ? null : elements.Contains(new EnforcedElement(DesiredBlocks.ListOf(scope), Prefix.Single(address))),
                        desired.HasSingle(address, scope, blocks.Where(b => b.Prefix.Contains(address)), Now));
                }
            }
        });

    [Fact]
    public void One_of_two_blocks_on_an_address_may_end_without_opening_it()
    {
        var block = Of("192.0.2.7");
        var over = Of("192.0.2.7") with { ExpiresAt = Now };

        Assert.Equal([Element("192.0.2.7")], Desired().At([block, over], Now));
        Assert.Equal([Element("192.0.2.7")], Desired().At([block], Now));
        Assert.Empty(Desired().At([over], Now));
    }

    [Fact]
    public void All_of_the_internet_is_blocked_but_for_what_never_is()
    {
        var elements = Desired(Prefix.Parse("192.0.2.1"), Prefix.Parse("2001:db8::1")).At([Of("0.0.0.0/0"), Of("::/0")], Now);

        // 32 and 128 halves that go round one address, and the two addresses themselves.
        Assert.Equal(32 + 128 + 2, elements.Count);
        Assert.DoesNotContain(elements, e => e.List == EnforcedList.All && e.Prefix.Contains(Address.Parse("192.0.2.1")) && e.Prefix.IsIPv4);
        Assert.DoesNotContain(elements, e => e.List == EnforcedList.All && e.Prefix.Contains(Address.Parse("2001:db8::1")));
        Assert.Contains(elements, e => e.List == EnforcedList.All && e.Prefix.Contains(Address.Parse("192.0.2.0")));
    }

    [Fact]
    public void What_is_never_blocked_in_all_its_addresses_is_known() =>
        Assert.Equal([true, false, false], new[] { "192.0.2.4/31", "192.0.2.0/24", "::/0" }.Select(p => Desired(Prefix.Parse("192.0.2.4/30")).IsNever(Prefix.Parse(p))));

    private static DesiredBlocks Desired(params Prefix[] never) => new(never.Select(n => new NeverBlockEntry(n, "ours")));

    // ::/0 is all of IPv6, although the 128-bit form of an IPv4 address lies in it.
    private static bool Covers(Prefix prefix, Address address) => prefix.IsIPv4 == address.IsIPv4 && prefix.Contains(address);

    private static EnforcedElement Element(string prefix) => new(EnforcedList.All, Prefix.Parse(prefix));

    private static Block Of(string prefix) => new() { Prefix = Prefix.Parse(prefix), Scope = BlockScope.All, StartsAt = Now, ExpiresAt = Now + Duration.FromHours(1) };

    private sealed record Block : BlockTarget;
}
