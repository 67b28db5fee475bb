using System.Net;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Detections;

/// <summary>What sees attacks (C5), and what follows.</summary>
public sealed record DetectionOptions
{
    /// <summary>Nothing does.</summary>
    public static readonly DetectionOptions None = new();

    /// <summary>Where flows are taken (NetFlow 5, NetFlow 9, IPFIX); empty for nowhere.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Whose: their addresses are all that vouches for flows, so these and this machine belong on a network of their own.</summary>
    public IReadOnlyList<Prefix> Exporters { get; init; } = [];

    /// <summary>Suricata's logs on this machine.</summary>
    public IReadOnlyList<EveLog> Logs { get; init; } = [];

    /// <summary>The figures.</summary>
    public DetectionTerms Terms { get; init; } = new();
}

/// <summary>A log of Suricata's (EVE, JSON lines) on this machine.</summary>
/// <param name="Sensor">The name that the sensor has here.</param>
/// <param name="Path">The file.</param>
/// <param name="SeverityMax">Alerts up to this severity are taken; 1 is the worst.</param>
public sealed record EveLog(string Sensor, string Path, long SeverityMax);
