namespace Mailreeve.Policy.Files;

/// <summary>Categories and types of XARF v4. A report type that is not among them would never be reported.</summary>
internal static class XarfTypes
{
    public static readonly IReadOnlyList<string> All =
    [
        "messaging/spam", "messaging/bulk_messaging",
        "connection/login_attack", "connection/port_scan", "connection/ddos", "connection/infected_host",
        "connection/reconnaissance", "connection/scraping", "connection/sql_injection", "connection/vulnerability_scan",
        "content/phishing", "content/malware", "content/csam", "content/csem", "content/exposed_data",
        "content/brand_infringement", "content/fraud", "content/remote_compromise", "content/suspicious_registration",
        "copyright/copyright", "copyright/p2p", "copyright/cyberlocker", "copyright/ugc_platform", "copyright/link_site", "copyright/usenet",
        "vulnerability/cve", "vulnerability/open_service", "vulnerability/misconfiguration",
        "infrastructure/botnet", "infrastructure/compromised_server",
        "reputation/blocklist", "reputation/threat_intelligence",
    ];
}
