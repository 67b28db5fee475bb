using System.Collections.Frozen;

namespace Mailreeve.Policy.Detections;

/// <summary>
/// What the classifications of Suricata's rules (<c>classification.config</c>) allege, as far as they allege an attack. All others, such as "Not
/// Suspicious Traffic" or "Potential Corporate Privacy Violation", are no concern of the policy.
/// </summary>
public static class AlertCategories
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Detection of a Network Scan"] = DetectionTypes.PortScan,
        ["Attempted Information Leak"] = DetectionTypes.Reconnaissance,
        ["Information Leak"] = DetectionTypes.Reconnaissance,
        ["Large Scale Information Leak"] = DetectionTypes.Reconnaissance,
        ["An attempted login using a suspicious username was detected"] = DetectionTypes.LoginAttack,
        ["Attempt to login by a default username and password"] = DetectionTypes.LoginAttack,
        ["Attempted User Privilege Gain"] = DetectionTypes.VulnerabilityScan,
        ["Unsuccessful User Privilege Gain"] = DetectionTypes.VulnerabilityScan,
        ["Successful User Privilege Gain"] = DetectionTypes.VulnerabilityScan,
        ["Attempted Administrator Privilege Gain"] = DetectionTypes.VulnerabilityScan,
        ["Successful Administrator Privilege Gain"] = DetectionTypes.VulnerabilityScan,
        ["Executable code was detected"] = DetectionTypes.VulnerabilityScan,
        ["access to a potentially vulnerable web application"] = DetectionTypes.VulnerabilityScan,
        ["Web Application Attack"] = DetectionTypes.VulnerabilityScan,
        ["Misc Attack"] = DetectionTypes.VulnerabilityScan,
        ["Attempted Denial of Service"] = DetectionTypes.Flood,
        ["Denial of Service"] = DetectionTypes.Flood,
        ["Detection of a Denial of Service Attack"] = DetectionTypes.Flood,
        ["A Network Trojan was detected"] = DetectionTypes.InfectedHost,
        ["Malware Command and Control Activity Detected"] = DetectionTypes.InfectedHost,
        ["Domain Observed Used for C2 Detected"] = DetectionTypes.InfectedHost,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type that an alert of this classification is a detection of; null for none.</summary>
    public static string? TypeOf(string category) => Types.GetValueOrDefault(category);
}
