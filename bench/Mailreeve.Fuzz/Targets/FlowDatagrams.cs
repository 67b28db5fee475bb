using System.Buffers.Binary;
using Mailreeve.Protocols.Flows;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Datagrams of routers with flows, one after another, each after its length in two octets.</summary>
internal static class FlowDatagrams
{
    public static readonly string[] Words =
    [
        "\0\u0005\0\u0001", "\0\u0009\0\u0001", "\0\u000a\0\u0020", "\0\0\0\u0014", "\0\u0001\0\u0014", "\0\u0002\0\u0014", "\0\u0003\0\u0014", "\u0001\u0000\0\u0010",
        "\u0001\u002c\0\u0003", "\0\u0008\0\u0004", "\0\u000c\0\u0004", "\0\u0007\0\u0002", "\0\u000b\0\u0002", "\0\u0004\0\u0001", "\0\u0006\0\u0001", "\0\u001b\0\u0010",
        "\0\u001c\0\u0010", "\0\u0022\0\u0004", "\u0001\u0032\0\u0004", "\0\u0099\0\u0008", "\u0080\u0005\u00ff\u00ff", "\u00ff\0\u0010",
    ];

    private static readonly Address Exporter = new(1);

    public static void Run(byte[] input)
    {
        var reader = new FlowReader();
        var flows = new List<FlowRecord>();
        for (var rest = input.AsSpan(); rest.Length >= 2;)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
            var before = flows.Count;
            reader.Read(rest.Slice(2, length), Exporter, flows);
            Hold.That(flows.Count - before <= length, "A record has at least an octet.");
            Hold.That(reader.Templates.Count <= FlowTemplates.CountMax, "Templates are bounded.");
            rest = rest[(2 + length)..];
        }
    }
}
