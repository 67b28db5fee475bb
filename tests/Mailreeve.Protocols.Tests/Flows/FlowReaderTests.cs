using System.Buffers.Binary;
using CsCheck;
using Mailreeve.Protocols.Flows;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Flows;

/// <summary>NetFlow 5, NetFlow 9 and IPFIX.</summary>
public sealed class FlowReaderTests
{
    private static readonly Address Router = Address.Parse("192.0.2.1");
    private static readonly Instant Exported = Instant.FromUtc(2026, 3, 2, 10, 0);

    private readonly FlowReader reader = new();
    private readonly List<FlowRecord> flows = [];

    [Fact]
    public void NetFlow_5_has_one_form()
    {
        var datagram = new Octets().U16(5, 1).U32(100_000, Seconds).U32(0, 7).Raw(0, 0).U16(0)
            .U32(0xCB007109, 0xC0000205, 0).U16(1, 2).U32(3, 120, 80_000, 90_000).U16(50096, 22).Raw(0, 0x02, 6, 0).U16(0, 0).Raw(0, 0).U16(0).ToArray();
        Assert.Equal(FlowOutcome.Read, reader.Read(datagram, Router, flows));
        Assert.Equal(Flow("203.0.113.9", "192.0.2.5", Exported - Duration.FromSeconds(10)), Assert.Single(flows));
        Assert.Equal(FlowOutcome.Malformed, reader.Read(datagram.AsSpan(0, datagram.Length - 1), Router, []));

        datagram[23] = 100;
        Assert.Equal(FlowOutcome.Sampled, reader.Read(datagram, Router, []));
    }

    [Fact]
    public void NetFlow_9_is_read_once_its_template_is_known_and_templates_are_each_routers_own()
    {
        var data = Nine(new Octets().Set(300, d => d.U32(0xCB007109, 0xC0000205).U16(50096, 22).Raw(6, 0x02).U32(90_000).Raw(0, 0)));
        Assert.Equal(FlowOutcome.WithoutTemplate, reader.Read(data, Router, flows));
        Assert.Empty(flows);

        var template = Nine(new Octets().Set(0, t => t.U16(300, 7).U16(8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 6, 1, 21, 4)));
        Assert.Equal(FlowOutcome.Read, reader.Read(template, Router, flows));
        Assert.Equal(FlowOutcome.WithoutTemplate, reader.Read(data, Address.Parse("192.0.2.2"), flows));
        Assert.Equal(FlowOutcome.Read, reader.Read(data, Router, flows));
        Assert.Equal(Flow("203.0.113.9", "192.0.2.5", Exported - Duration.FromSeconds(10)), Assert.Single(flows));
    }

    [Fact]
    public void IPFIX_has_fields_of_enterprises_fields_of_any_length_and_withdraws_templates()
    {
        // The second element is an enterprise's own and of any length; it stands between others and is passed over.
        var template = Ten(new Octets().Set(2, t => t.U16(400, 7).U16(27, 16, 0x8000 | 5, 65535).U32(29305).U16(28, 16, 7, 2, 11, 2, 4, 1, 6, 2)));
        reader.Read(template, Router, flows);
        var source = Address.Parse("2001:db8::9");
        var target = Address.Parse("2001:db8::5");
        var data = Ten(new Octets().Set(400, d => d
            .Raw(source.ToBytes()).Raw(3, 1, 2, 3).Raw(target.ToBytes()).U16(50096, 22).Raw(6).U16(0x0012)
            .Raw(source.ToBytes()).Raw(255, 1, 4).Raw(new byte[260]).Raw(target.ToBytes()).U16(50097, 22).Raw(6).U16(0x0002)));
        Assert.Equal(FlowOutcome.Read, reader.Read(data, Router, flows));
        Assert.Equal([TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Syn], flows.Select(f => f.TcpFlags));
        Assert.All(flows, f => Assert.Equal((source, target, Exported), (f.Source, f.Destination, f.EndedAt)));

        reader.Read(Ten(new Octets().Set(2, t => t.U16(400, 0))), Router, flows);
        Assert.Equal(FlowOutcome.WithoutTemplate, reader.Read(data, Router, flows));
    }

    [Fact]
    public void A_router_that_says_it_samples_is_told_apart()
    {
        reader.Read(Nine(new Octets().Set(1, t => t.U16(500, 4, 4).U16(1, 4, 34, 4))), Router, flows);
        Assert.Equal(FlowOutcome.Sampled, reader.Read(Nine(new Octets().Set(500, d => d.U32(0, 1000))), Router, flows));
        Assert.Equal(FlowOutcome.Read, reader.Read(Nine(new Octets().Set(500, d => d.U32(0, 1))), Router, flows));
        Assert.Empty(flows);
    }

    [Fact]
    public void A_template_without_octets_never_loops_and_too_many_are_not_kept()
    {
        reader.Read(Nine(new Octets().Set(0, t => t.U16(300, 1).U16(8, 0))), Router, flows);
        Assert.Equal(FlowOutcome.Read, reader.Read(Nine(new Octets().Set(300, d => d.U32(1, 2, 3))), Router, flows));
        Assert.Empty(flows);
        Assert.Equal(FlowOutcome.Malformed, reader.Read(Nine(new Octets().Set(0, t => t.U16(300, 60_000).U16(8, 4))), Router, flows));

        for (var i = 0; i < 2 * FlowTemplates.CountMax; i++)
            reader.Read(Nine(new Octets().Set(0, t => t.U16(300, 1).U16(8, 4)), domain: (uint)i), Router, flows);
        Assert.Equal(FlowTemplates.CountMax, reader.Templates.Count);
    }

    [Fact]
    public void Whatever_comes_nothing_is_thrown()
    {
        var template = new Octets().Set(0, t => t.U16(300, 3).U16(8, 4, 12, 4, 7, 2)).ToArray();
        Gen.Select(Gen.Int[5, 10], Gen.Byte.Array[0, 200]).Sample((version, octets) =>
        {
            var read = new FlowReader();
            read.Read(Nine(new Octets().Raw(template)), Router, []);
            read.Read(new Octets().U16(version).Raw(octets).ToArray(), Router, []);
            read.Read(Nine(new Octets().Raw(octets)), Router, []);
            read.Read(Ten(new Octets().Raw(octets)), Router, []);
        });
    }

    private static uint Seconds => (uint)Exported.ToUnixTimeSeconds();

    private static FlowRecord Flow(string source, string destination, Instant ended) =>
        new(Address.Parse(source), Address.Parse(destination), 50096, 22, FlowRecord.Tcp, TcpFlags.Syn, ended);

    private static byte[] Nine(Octets sets, uint domain = 0) => new Octets().U16(9, 1).U32(100_000, Seconds, 1, domain).Raw(sets.ToArray()).ToArray();

    private static byte[] Ten(Octets sets) => new Octets().U16(10, 16 + sets.ToArray().Length).U32(Seconds, 1, 0).Raw(sets.ToArray()).ToArray();

    private sealed class Octets
    {
        private readonly List<byte> octets = [];

        public Octets U16(params int[] numbers)
        {
            foreach (var number in numbers)
                octets.AddRange([(byte)(number >> 8), (byte)number]);
            return this;
        }

        public Octets U32(params uint[] numbers)
        {
            Span<byte> four = stackalloc byte[4];
            foreach (var number in numbers)
            {
                BinaryPrimitives.WriteUInt32BigEndian(four, number);
                octets.AddRange(four);
            }

            return this;
        }

        public Octets Raw(params byte[] raw)
        {
            octets.AddRange(raw);
            return this;
        }

        public Octets Set(int id, Action<Octets> content)
        {
            var inner = new Octets();
            content(inner);
            return U16(id, inner.octets.Count + 4).Raw([.. inner.octets]);
        }

        public byte[] ToArray() => [.. octets];
    }
}
