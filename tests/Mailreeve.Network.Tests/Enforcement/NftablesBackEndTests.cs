using Mailreeve.Network.Enforcement;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests.Enforcement;

public sealed class NftablesBackEndTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly EnforcedElement[] Some =
    [
        new(EnforcedList.Never, Prefix.Parse("127.0.0.0/8")), new(EnforcedList.Never, Prefix.Parse("192.0.2.1")), new(EnforcedList.Never, Prefix.Parse("::1")),
        new(EnforcedList.All, Prefix.Parse("203.0.113.66")), new(EnforcedList.All, Prefix.Parse("203.0.113.128/25")), new(EnforcedList.All, Prefix.Parse("128.0.0.0/1")),
        new(EnforcedList.All, Prefix.Parse("0.0.0.0/2")), new(EnforcedList.All, Prefix.Parse("64.0.0.0/3")),
        new(EnforcedList.All, Prefix.Parse("2001:db8::7")), new(EnforcedList.All, Prefix.Parse("8000::/1")), new(EnforcedList.All, Prefix.Parse("::/2")),
        new(EnforcedList.Port25, Prefix.Parse("192.0.2.7")), new(EnforcedList.Port25, Prefix.Parse("2001:db8:1::/64")),
    ];

    [Fact]
    public void What_is_written_is_read_back()
    {
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        // Prefixes within the same list must not overlap.
        var elements = Some.Where(e => e.Prefix != Prefix.Parse("203.0.113.128/25")).ToHashSet();

        Assert.Null(filter.Read());
        filter.Replace(elements);
        Assert.Equal(elements, filter.Read()!);
        filter.Replace([]);
        Assert.Empty(filter.Read()!);
        Assert.True(filter.TryApply([], elements));
        Assert.Equal(elements, filter.Read()!);
        Assert.True(filter.TryApply(elements, []));
        Assert.Empty(filter.Read()!);
        filter.Remove();
        Assert.Null(filter.Read());
    }

    [Fact]
    public void What_changes_at_random_is_read_back()
    {
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        var random = new Random(7);
        var elements = new HashSet<EnforcedElement>();
        filter.Replace(elements);

        for (var round = 0; round < 200; round++)
        {
            var never = Enumerable.Range(0, 3).Select(_ => new NeverBlockEntry(AnyPrefix(random), "x")).ToList();
            var blocks = Enumerable.Range(0, random.Next(12)).Select(_ => Block(AnyPrefix(random), (BlockScope)random.Next(2))).ToList();
            var next = new DesiredBlocks(never).At(blocks, Testing.Some.Time);
            Assert.True(filter.TryApply([.. elements.Except(next)], [.. next.Except(elements)]), $"round {round}");
            elements = next;
            Assert.True(filter.Read()!.SetEquals(elements), $"round {round}");
        }
    }

    [Fact]
    public void A_change_that_is_wrong_in_part_changes_nothing()
    {
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        filter.Replace([Some[3]]);

        Assert.False(filter.TryApply([Some[11]], [Some[8]]));
        Assert.False(filter.TryApply([Some[3], Some[4]], []));
        Assert.Equal([Some[3]], filter.Read()!);
        Assert.True(filter.Has(Some[3]));
        Assert.False(filter.Has(Some[8]));
    }

    [Fact]
    public void A_table_that_others_have_changed_is_not_ours()
    {
        var nft = Required.Program("nft", "nftables");
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        foreach (var change in new[]
        {
            "delete table inet mailreeve", "flush ruleset", "flush chain inet mailreeve deciding_4", "add rule inet mailreeve arriving accept",
            "insert rule inet mailreeve deciding_6 accept", "add chain inet mailreeve another", "add set inet mailreeve another { type ipv4_addr; }",
            "flush set inet mailreeve lease",
        })
        {
            filter.Replace(Some[..4]);
            Assert.NotNull(filter.Read());
            network.Run(nft, change);
            Assert.True(filter.Read() is null, change);
        }

        filter.Replace(Some[..4]);
        network.Run(nft, "add table inet another; add chain inet another x { type filter hook input priority 0; }");
        Assert.NotNull(filter.Read());
        // What it looks like to a person.
        Assert.Contains("203.0.113.66", network.Run(nft, "list table inet mailreeve"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_by_others_is_told_and_ours_is_not()
    {
        var nft = Required.Program("nft", "nftables");
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        var told = filter.ForeignChangeAsync(Stop);
        filter.Replace(Some[..4]);
        network.Run(nft, "add table inet another");
        Assert.True(filter.TryApply([], [Some[8]]));
        Assert.False(told.IsCompleted);

        network.Run(nft, "add element inet mailreeve all_4 { 192.0.2.55 }");
        await told;
        Assert.Contains(new EnforcedElement(EnforcedList.All, Prefix.Parse("192.0.2.55")), filter.Read()!);

        told = filter.ForeignChangeAsync(Stop);
        network.Run(nft, "flush ruleset");
        await told;
    }

    [Fact]
    public async Task After_a_change_that_is_too_large_to_be_told_of_others_are_told_again()
    {
        var nft = Required.Program("nft", "nftables");
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        var told = filter.ForeignChangeAsync(Stop);
        var many = Enumerable.Range(0, 20_000).Select(i => new EnforcedElement(EnforcedList.All, Prefix.Single(new Address(Address.Parse("203.0.113.0").Bits + (UInt128)i)))).ToHashSet();
        filter.Replace(many);
        Assert.True(filter.TryApply(many.Take(10_000).ToList(), []));
        Assert.Equal(10_000, filter.Read()!.Count);
        Assert.False(told.IsCompleted);

        network.Run(nft, "flush set inet mailreeve all_4");
        await told;
        Assert.Empty(filter.Read()!);
        // Of the many messages about it a few may have come while the first were taken.
        var again = 0;
        while (filter.ForeignChangeAsync(Stop).IsCompleted)
            again++;
        Assert.InRange(again, 0, 3);
    }

    [Fact]
    public void A_set_that_is_full_is_made_larger()
    {
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        EnforcedElement[] many = [.. Enumerable.Range(0, 20_000).Select(i => new EnforcedElement(EnforcedList.All, Prefix.Single(new Address(Address.Parse("203.0.113.0").Bits + (UInt128)i))))];
        filter.Replace(many[..1]);

        Assert.True(filter.TryApply([], many[1..1000]));
        Assert.False(filter.TryApply([], many[1000..]));
        Assert.Equal(1000, filter.Read()!.Count);
        filter.Replace(many);
        Assert.Equal(20_000, filter.Read()!.Count);
    }

    [Fact]
    public void One_process_in_a_network_has_it()
    {
        using var network = NetworkNamespace.Make();
        using var elsewhere = NetworkNamespace.Make();
        using var another = Open(elsewhere);
        using (Open(network))
            Assert.Null(network.In(NftablesBackEnd.TryOpen));

        using var next = Open(network);
    }

    [Fact]
    public async Task Without_a_word_from_us_it_ends()
    {
        using var network = NetworkNamespace.Make();
        using var filter = Open(network);
        filter.Replace(Some[..4]);
        Assert.True(filter.TryRenew(Duration.FromMinutes(5)));
        Assert.NotNull(filter.Read());

        Assert.True(filter.TryRenew(Duration.FromMilliseconds(100)));
        await Eventually.TrueAsync(() => filter.Read() is null);
    }

    private static NftablesBackEnd Open(NetworkNamespace network) => network.In(NftablesBackEnd.TryOpen)!;

    private static Prefix AnyPrefix(Random random)
    {
        var first = random.Next(2) == 0 ? Address.Parse("192.0.2.0") : Address.Parse("2001:db8::");
        return new Prefix(new Address(first.Bits + (UInt128)random.Next(64)), 128 - (random.Next(2) == 0 ? 0 : random.Next(7)));
    }

    private static Target Block(Prefix prefix, BlockScope scope) =>
        new Target { Prefix = prefix, Scope = scope, StartsAt = Testing.Some.Time, ExpiresAt = Testing.Some.Time + Duration.FromHours(1) };

    private sealed record Target : BlockTarget;
}
