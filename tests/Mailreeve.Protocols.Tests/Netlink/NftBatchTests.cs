using CsCheck;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Netlink;

namespace Mailreeve.Protocols.Tests.Netlink;

public sealed class NftBatchTests
{
    private static readonly Gen<Prefix> AnyPrefix = Gen.Select(Gen.Bool, Gen.UInt, Gen.Int[0, 32], (isIPv4, at, bits) => isIPv4
        ? new Prefix(new Address(Address.Parse("0.0.0.0").Bits + at), 128 - bits)
        : new Prefix(new Address(((UInt128)at << 96) + at), 128 - (bits * 4)));

    [Fact]
    public void Prefixes_are_read_as_they_were_written() =>
        AnyPrefix.Array[0, 30].Sample(prefixes =>
        {
            foreach (var isIPv4 in new[] { true, false })
            {
                // As the kernel has them: those that do not overlap.
                var disjoint = prefixes.Where(p => p.IsIPv4 == isIPv4).OrderBy(p => p.First).ThenBy(p => p.Length)
                    .Aggregate(new List<Prefix>(), (kept, p) => kept.Count > 0 && kept[^1].Overlaps(p) ? kept : [.. kept, p]);
                var batch = new NftBatch("mailreeve", sequence: 7);
                batch.Ranges(add: true, "all_4_net", disjoint);

                Assert.Equal(disjoint, NftAnswer.Ranges(Elements(batch), isIPv4));
            }
        });

    [Fact]
    public void A_hundred_thousand_addresses_are_one_batch_of_many_messages()
    {
        var addresses = Enumerable.Range(0, 100_000).Select(i => new Address(Address.Parse("2001:db8::").Bits + (UInt128)i)).ToList();
        var batch = new NftBatch("mailreeve", sequence: 7);
        batch.Singles(add: true, "all_6", addresses);

        Assert.Equal(addresses, Elements(batch).Select(e => e.Address(isIPv4: false)));
        Assert.Equal(7u, batch.First);
        Assert.InRange(batch.Last, 8u, 200u);
    }

    [Fact]
    public void An_empty_batch_says_so()
    {
        var batch = new NftBatch("mailreeve", sequence: 1);
        batch.Singles(add: true, "all_4", []);
        batch.Ranges(add: false, "all_4_net", []);

        Assert.True(batch.IsEmpty);
    }

    [Fact]
    public void Only_the_last_change_is_acknowledged_and_numbers_go_on()
    {
        var batch = new NftBatch("mailreeve", sequence: 7);
        batch.ReplaceTable([NftPart.Set("mailreeve", "all_4", NftKeyType.IPv4, NftSetFlags.None), new NftRule("mailreeve", "x").TcpTo(25).Then(NftVerdict.Drop)], _ => 0);

        var seen = new List<(uint Sequence, bool Ack)>();
        foreach (var message in new NetlinkMessages(batch.Finish().Span))
            seen.Add((message.Sequence, (message.Flags & NetlinkFlags.Ack) != 0));

        Assert.Equal(Enumerable.Range(7, 7).Select(i => ((uint)i, i == (int)batch.Last)), seen);
    }

    [Fact]
    public void A_rule_is_the_same_when_the_kernel_says_more_about_it_and_not_when_it_says_less_or_otherwise()
    {
        var rule = new NftRule("mailreeve", "x").From(isIPv4: true, "all_4").Then(NftVerdict.Drop);
        var more = new NftRule("mailreeve", "x").From(isIPv4: true, "all_4").To(isIPv4: true, "all_4").Then(NftVerdict.Drop);
        var other = new NftRule("mailreeve", "x").From(isIPv4: true, "all_5").Then(NftVerdict.Drop);

        Assert.Equal([true, false, false], new[] { rule, more, other }.Select(told => IsTold(rule, told)));
        Assert.False(IsTold(more, rule));
    }

    [Fact]
    public void An_error_has_the_kernels_number() =>
        Assert.Equal(
            [2, int.MaxValue],
            new[] { -2, int.MinValue }.Select(code =>
            {
                var writer = new NetlinkWriter();
                writer.Begin(NetlinkMessage.Error, NetlinkFlags.None, sequence: 1);
                writer.PutRaw(BitConverter.GetBytes(code));
                writer.End();
                foreach (var message in new NetlinkMessages(writer.Written.Span))
                    return message.ErrorNumber;
                return 0;
            }));

    private static bool IsTold(NftPart made, NftPart told)
    {
        var batch = new NftBatch("mailreeve", sequence: 1);
        batch.ReplaceTable([told], _ => 0);
        foreach (var message in new NetlinkMessages(batch.Finish().Span))
        {
            if (NftAnswer.NameOf(NftKind.Rule, message) == "x")
                return made.IsTold(NftAnswer.Attributes(message));
        }

        return false;
    }

    private static List<NftElement> Elements(NftBatch batch)
    {
        var elements = new List<NftElement>();
        foreach (var message in new NetlinkMessages(batch.Finish().Span))
            NftAnswer.Elements(message, elements);
        return elements;
    }
}
