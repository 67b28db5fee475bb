using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Flows;

/// <summary>
/// What routers have said that their records look like (RFC 3954 §9, RFC 7011 §8). A router says it again from time to time, so what was not kept
/// comes back.
/// </summary>
public sealed class FlowTemplates
{
    /// <summary>Templates kept of all routers together; beyond, none is learnt until some are withdrawn.</summary>
    public const int CountMax = 4096;

    /// <summary>Fields that a template may have.</summary>
    public const int FieldsMax = 256;

    private readonly Dictionary<(Address Exporter, uint Domain, ushort Id), FlowTemplate> byId = [];

    /// <summary>How many there are.</summary>
    public int Count => byId.Count;

    internal FlowTemplate? Find(Address exporter, uint domain, ushort id) => byId.GetValueOrDefault((exporter, domain, id));

    internal void Put(Address exporter, uint domain, ushort id, FlowTemplate template)
    {
        if (byId.Count < CountMax || byId.ContainsKey((exporter, domain, id)))
            byId[(exporter, domain, id)] = template;
    }

    internal void Withdraw(Address exporter, uint domain, ushort id) => byId.Remove((exporter, domain, id));
}

/// <summary>What a record looks like.</summary>
/// <param name="IsOptions">Whether it tells about the router, and not about traffic.</param>
/// <param name="Fields">Its fields, in order.</param>
internal sealed record FlowTemplate(bool IsOptions, IReadOnlyList<FlowField> Fields)
{
    /// <summary>Octets that a record has at least; 0 is no record.</summary>
    public int BytesMin { get; } = Fields.Sum(f => f.Length == FlowField.Variable ? 1 : f.Length);
}

/// <summary>A field of a record.</summary>
/// <param name="Element">The information element by its IANA number; <see cref="FlowElement.Foreign"/> for one that an enterprise has defined.</param>
/// <param name="Length">Octets; <see cref="Variable"/> when each record says how many.</param>
internal readonly record struct FlowField(FlowElement Element, ushort Length)
{
    public const ushort Variable = 65535;
}

/// <summary>Information elements that are read (IANA "IPFIX Information Elements"; NetFlow 9 has the same numbers).</summary>
internal enum FlowElement : ushort
{
    Protocol = 4,
    TcpControlBits = 6,
    SourcePort = 7,
    SourceIPv4 = 8,
    DestinationPort = 11,
    DestinationIPv4 = 12,
    EndedUptime = 21,
    SourceIPv6 = 27,
    DestinationIPv6 = 28,
    SamplingInterval = 34,
    SamplerRandomInterval = 50,
    EndedSeconds = 151,
    EndedMilliseconds = 153,
    SamplingPacketSpace = 306,
    Foreign = 0xFFFF,
}
