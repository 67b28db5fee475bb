using System.Buffers.Binary;
using System.Net;
using Mailreeve.Network.Detections;
using Mailreeve.Protocols.Flows;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailreeve.Network.Tests.Detections;

/// <summary>Scanners are found in flows.</summary>
public sealed class FlowCollectorTests
{
    private static readonly Address Router = Address.Parse("192.0.2.1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_answered_by_few_scans_and_a_server_that_answers_many_does_not()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var collector = Collect(test.Database);
        for (var i = 1; i <= 20; i++)
        {
            collector.Take(Flow("192.0.2.77", $"203.0.113.{i}", 50_000 + i, 22, 0x02), Router);
            // A client of a server of ours, and what the server answers: SYN and ACK, from the lower port.
            collector.Take(Flow($"203.0.113.{i}", "192.0.2.80", 50_000, 443, 0x1B), Router);
            collector.Take(Flow("192.0.2.80", $"203.0.113.{i}", 443, 50_000, 0x1B), Router);
            // Only refusals, to which nobody connected.
            collector.Take(Flow("192.0.2.81", $"203.0.113.{i}", 22, 50_000, 0x14), Router);
        }

        await collector.WriteAsync(Stop);
        var row = Assert.Single(await RowsAsync(test.Database));
        Assert.Equal((Address.Parse("192.0.2.77"), "flows", 20L, 0L, 1L), (row.Address, row.Sensor, row.Targets, row.TwoWay, row.Ours));
        Assert.Equal(80, collector.Counts.Records);
    }

    [Fact]
    public async Task Nobody_but_the_routers_tells_anything()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var collector = Collect(test.Database);
        for (var i = 1; i <= 20; i++)
            collector.Take(Flow("192.0.2.77", $"203.0.113.{i}", 50_000, 22, 0x02), Address.Parse("203.0.113.1"));
        collector.Take([1, 2, 3], Router);

        await collector.WriteAsync(Stop);
        Assert.Empty(await RowsAsync(test.Database));
        Assert.Equal((20, 1), (collector.Counts.Unknown, collector.Counts.Of(FlowOutcome.Malformed)));
    }

    private static FlowCollector Collect(Database database) => new(
        new DetectionOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)], Exporters = [Prefix.Single(Router)] }, TestProvider.Here, database, Some.Clock(),
        NullLogger<FlowCollector>.Instance);

    // NetFlow 5, one record.
    private static byte[] Flow(string source, string destination, int sourcePort, int destinationPort, byte flags)
    {
        var datagram = new byte[24 + 48];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, 5);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), (uint)Some.Time.ToUnixTimeSeconds());
        var record = datagram.AsSpan(24);
        Address.Parse(source).ToBytes().AsSpan(12).CopyTo(record);
        Address.Parse(destination).ToBytes().AsSpan(12).CopyTo(record[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(record[32..], (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(record[34..], (ushort)destinationPort);
        record[37] = flags;
        record[38] = FlowRecord.Tcp;
        return datagram;
    }

    private static Task<IReadOnlyList<DetectionRow>> RowsAsync(Database database) => database.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);
}
