namespace Mailreeve.Policy.Notices;

/// <summary>Report types (XARF v4) in words that a customer understands.</summary>
public static class ReportTypeWords
{
    /// <summary>A few words, with the type itself behind them where it helps; an unknown type is shown as it is.</summary>
    public static string Of(string type) => type switch
    {
        "messaging/spam" => "unsolicited mail",
        "messaging/bulk_messaging" => "unsolicited bulk mail",
        "connection/login_attack" => "attempts to break into accounts",
        "connection/port_scan" => "port scanning",
        "connection/ddos" => "part in a denial-of-service attack",
        "connection/infected_host" => "signs of an infected machine",
        "connection/reconnaissance" => "probing for weak points",
        "connection/sql_injection" => "attempts at SQL injection",
        "connection/vulnerability_scan" => "scanning for vulnerabilities",
        "content/phishing" => "a phishing page",
        "content/fraud" => "a fraudulent page",
        "content/malware" => "a page that spreads malware",
        "content/suspicious_registration" => "a suspicious domain",
        "content/remote_compromise" => "a site that was broken into",
        "infrastructure/botnet" => "part in a botnet",
        "infrastructure/compromised_server" => "a server that was broken into",
        _ => type,
    };
}
