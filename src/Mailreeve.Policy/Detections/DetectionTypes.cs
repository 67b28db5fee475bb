using System.Collections.Frozen;

namespace Mailreeve.Policy.Detections;

/// <summary>What sensors tell apart, as types of XARF v4. The ladder of network abuse in the policy file knows the same words.</summary>
public static class DetectionTypes
{
    /// <summary>Many hosts or ports were tried, and few answered.</summary>
    public const string PortScan = "connection/port_scan";

    /// <summary>Passwords were tried.</summary>
    public const string LoginAttack = "connection/login_attack";

    /// <summary>Somebody looked for holes, or tried to use one.</summary>
    public const string VulnerabilityScan = "connection/vulnerability_scan";

    /// <summary>Information was gathered.</summary>
    public const string Reconnaissance = "connection/reconnaissance";

    /// <summary>The host does what somebody else bids it.</summary>
    public const string InfectedHost = "connection/infected_host";

    /// <summary>A flood.</summary>
    public const string Flood = "connection/ddos";

    /// <summary>All of them, by the short names in which commands take them.</summary>
    public static FrozenDictionary<string, string> ByName { get; } = new Dictionary<string, string>
    {
        ["port-scan"] = PortScan,
        ["login-attack"] = LoginAttack,
        ["vulnerability-scan"] = VulnerabilityScan,
        ["reconnaissance"] = Reconnaissance,
        ["infected-host"] = InfectedHost,
        ["ddos"] = Flood,
    }.ToFrozenDictionary();
}
