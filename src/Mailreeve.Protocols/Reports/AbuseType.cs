using System.Buffers;
using System.Collections.Frozen;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// A kind of abuse in the XARF v4 vocabulary (category and type). Added by us, because reports say it and XARF v4 has no word:
/// messaging/not_spam, messaging/opt_out, messaging/auth_failure, messaging/harassment, content/spamvertised, infrastructure/account,
/// reputation/dmarc, reputation/tls
/// and the type "other" in each category.
/// </summary>
/// <param name="Category">One of seven, lower case.</param>
/// <param name="Type">Lower case with underscores.</param>
/// <param name="Role">What the resource named with it usually did.</param>
public sealed record AbuseType(string Category, string Type, ObservationRole Role = ObservationRole.Source)
{
    private const string Messaging = "messaging";
    private const string Connection = "connection";
    private const string Content = "content";
    private const string Copyright = "copyright";
    private const string Vulnerability = "vulnerability";
    private const string Infrastructure = "infrastructure";
    private const string Reputation = "reputation";

    private static readonly SearchValues<char> WordChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Unsolicited mail or messages.</summary>
    public static AbuseType Spam { get; } = new(Messaging, "spam");

    /// <summary>The opposite of a complaint: a user took a message out of the junk folder (RFC 6430). Lowers a count.</summary>
    public static AbuseType NotSpam { get; } = new(Messaging, "not_spam", ObservationRole.Other);

    // XARF v4.2, schemas/v4/xarf-v4-master.json.
    private static readonly FrozenDictionary<string, FrozenSet<string>> Known = new Dictionary<string, FrozenSet<string>>
    {
        [Messaging] = ["spam", "bulk_messaging"],
        [Connection] =
        [
            "login_attack", "port_scan", "ddos", "infected_host", "reconnaissance", "scraping", "sql_injection", "vulnerability_scan",
        ],
        [Vulnerability] = ["cve", "open_service", "misconfiguration"],
        [Reputation] = ["blocklist", "threat_intelligence"],
        [Infrastructure] = ["botnet", "compromised_server"],
        [Content] =
        [
            "phishing", "malware", "csam", "csem", "exposed_data", "brand_infringement", "fraud", "remote_compromise",
            "suspicious_registration",
        ],
        [Copyright] = ["copyright", "p2p", "cyberlocker", "ugc_platform", "link_site", "usenet"],
    }.ToFrozenDictionary();

    // Feedback-Type: RFC 5965 §7.3, RFC 6591 §3.1, RFC 6430 §3, and what feedback loops send.
    private static readonly FrozenDictionary<string, AbuseType> Arf = new Dictionary<string, AbuseType>
    {
        ["abuse"] = Spam,
        ["spam"] = Spam,
        ["fraud"] = new(Content, "fraud"),
        ["phishing"] = new(Content, "phishing"),
        ["virus"] = new(Content, "malware"),
        ["auth-failure"] = new(Messaging, "auth_failure"),
        ["dkim"] = new(Messaging, "auth_failure"),
        ["not-spam"] = NotSpam,
        ["miscategorized"] = NotSpam,
        ["opt-out"] = new(Messaging, "opt_out"),
        ["opt-out-list"] = new(Messaging, "opt_out"),
        ["other"] = new(Messaging, "other"),
    }.ToFrozenDictionary();

    // X-ARF 0.1/0.2 Report-Type; the fall-backs at the end are the Category.
    private static readonly FrozenDictionary<string, AbuseType> XArf = new Dictionary<string, AbuseType>
    {
        ["spam"] = Spam,
        ["mail"] = new(Connection, "login_attack"),
        ["comment-spam"] = new(Messaging, "spam"),
        ["regbot"] = new(Messaging, "spam"),
        ["badbot"] = new(Connection, "scraping"),
        ["harvesting"] = new(Connection, "scraping"),
        ["login-attack"] = new(Connection, "login_attack"),
        ["bruteforcelogin"] = new(Connection, "login_attack"),
        ["ssh"] = new(Connection, "login_attack"),
        ["ftp"] = new(Connection, "login_attack"),
        ["imap"] = new(Connection, "login_attack"),
        ["sip"] = new(Connection, "login_attack"),
        ["apache"] = new(Connection, "vulnerability_scan"),
        ["w00tw00t"] = new(Connection, "vulnerability_scan"),
        ["rfi-attack"] = new(Connection, "vulnerability_scan"),
        ["portscan"] = new(Connection, "port_scan"),
        ["port-scan"] = new(Connection, "port_scan"),
        ["portflood"] = new(Connection, "ddos"),
        ["ddos"] = new(Connection, "ddos"),
        ["dos"] = new(Connection, "ddos"),
        ["malware"] = new(Content, "malware", ObservationRole.Site),
        ["malware-attack"] = new(Content, "malware", ObservationRole.Site),
        ["phishing"] = new(Content, "phishing", ObservationRole.Site),
        ["bot"] = new(Infrastructure, "botnet"),
        ["bot-infection"] = new(Infrastructure, "botnet"),
        ["grumbot-infection"] = new(Infrastructure, "botnet"),
        ["compromised-account"] = new(Infrastructure, "account", ObservationRole.Victim),
        ["compromised-server"] = new(Infrastructure, "compromised_server"),
        ["openrelay"] = new(Vulnerability, "open_service"),
        ["openresolver"] = new(Vulnerability, "open_service"),
        ["dnsbl"] = new(Reputation, "blocklist"),
        ["spamvertized"] = new(Content, "spamvertised", ObservationRole.Site),
        ["spamvertised"] = new(Content, "spamvertised", ObservationRole.Site),
        ["vertized"] = new(Content, "spamvertised", ObservationRole.Site),
        ["category:abuse"] = new(Connection, "other"),
        ["category:auth"] = new(Connection, "login_attack"),
        ["category:fraud"] = new(Content, "fraud", ObservationRole.Site),
        ["category:virus"] = new(Content, "malware"),
        ["category:vertized"] = new(Content, "spamvertised", ObservationRole.Site),
        ["category:info"] = new(Reputation, "other"),
        ["category:private"] = new(Connection, "other"),
    }.ToFrozenDictionary();

    // XARF v1 to v3: ReportType without punctuation. The class (Activity, Content …) decides only what is not listed.
    private static readonly FrozenDictionary<string, AbuseType> Xarf3 = new Dictionary<string, AbuseType>
    {
        ["spam"] = Spam,
        ["harassment"] = new(Messaging, "harassment"),
        ["loginattack"] = new(Connection, "login_attack"),
        ["portscan"] = new(Connection, "port_scan"),
        ["ddos"] = new(Connection, "ddos"),
        ["dos"] = new(Connection, "ddos"),
        ["exploit"] = new(Connection, "vulnerability_scan"),
        ["webcrawler"] = new(Connection, "scraping"),
        ["phishing"] = new(Content, "phishing", ObservationRole.Site),
        ["malware"] = new(Content, "malware", ObservationRole.Site),
        ["fraud"] = new(Content, "fraud", ObservationRole.Site),
        ["childabuse"] = new(Content, "csam", ObservationRole.Site),
        ["trademark"] = new(Content, "brand_infringement", ObservationRole.Site),
        ["copyright"] = new(Copyright, "copyright", ObservationRole.Site),
        ["botnet"] = new(Infrastructure, "botnet"),
        ["potentiallycompromisedaccount"] = new(Infrastructure, "account", ObservationRole.Victim),
        ["openservice"] = new(Vulnerability, "open_service"),
        ["blacklist"] = new(Reputation, "blocklist"),
        ["class:activity"] = new(Connection, "other"),
        ["class:network"] = new(Connection, "other"),
        ["class:messaging"] = new(Messaging, "other"),
        ["class:content"] = new(Content, "other", ObservationRole.Site),
        ["class:vulnerability"] = new(Vulnerability, "other"),
        ["class:system"] = new(Infrastructure, "other"),
    }.ToFrozenDictionary();

    // Words of XARF v4 drafts still sent as v4.
    private static readonly FrozenDictionary<string, AbuseType> Xarf4Drafts = new Dictionary<string, AbuseType>
    {
        ["connection/auth_failure"] = new(Connection, "login_attack"),
        ["connection/bot"] = new(Connection, "infected_host"),
        ["content/phishing_site"] = new(Content, "phishing", ObservationRole.Site),
        ["content/defacement"] = new(Content, "remote_compromise", ObservationRole.Site),
        ["content/web_hack"] = new(Content, "remote_compromise", ObservationRole.Site),
        ["content/spamvertised"] = new(Content, "spamvertised", ObservationRole.Site),
        ["copyright/trademark"] = new(Content, "brand_infringement", ObservationRole.Site),
        ["vulnerability/open"] = new(Vulnerability, "open_service"),
    }.ToFrozenDictionary();

    /// <summary>Whether XARF v4 knows the category.</summary>
    public static bool IsCategory(string category) => Known.ContainsKey(category);

    /// <summary>Whether category and type are words of XARF v4 itself.</summary>
    public static bool IsKnown(string category, string type) => Known.TryGetValue(category, out var types) && types.Contains(type);

    /// <summary>The kind for an ARF Feedback-Type; unknown ones are messaging/other (RFC 5965 §7.3 "other").</summary>
    public static AbuseType FromArf(string feedbackType)
    {
        var type = feedbackType.Trim(' ', '\t', '"', ';', '.').ToLowerInvariant();
        // Types of one's own begin with "x-" (RFC 5965 §3.1 leaves them free).
        return Arf.GetValueOrDefault(type) ?? Arf.GetValueOrDefault(type.StartsWith("x-", StringComparison.Ordinal) ? type[2..] : type)
            ?? new AbuseType(Messaging, "other");
    }

    /// <summary>The kind for X-ARF's Category and Report-Type.</summary>
    public static AbuseType FromXArf(string category, string type) =>
        XArf.GetValueOrDefault(type.ToLowerInvariant())
        ?? XArf.GetValueOrDefault("category:" + category.ToLowerInvariant())
        ?? new AbuseType(Connection, "other", ObservationRole.Other);

    /// <summary>The kind for XARF v1–v3's ReportClass and ReportType.</summary>
    public static AbuseType FromXarf3(string reportClass, string reportType) =>
        Xarf3.GetValueOrDefault(Squeeze(reportType))
        ?? Xarf3.GetValueOrDefault("class:" + reportClass.ToLowerInvariant())
        ?? new AbuseType(Connection, "other", ObservationRole.Other);

    /// <summary>The kind for XARF v4's category and type. A type that is not a plain word becomes "other".</summary>
    public static AbuseType FromXarf4(string category, string type)
    {
        var role = category is Content or Copyright ? ObservationRole.Site
            : category == Reputation ? ObservationRole.Other
            : ObservationRole.Source;
        return Xarf4Drafts.GetValueOrDefault($"{category}/{type}")
            ?? new AbuseType(category, IsWord(type) ? type : "other", role);
    }

    private static bool IsWord(string type) =>
        type.Length is > 0 and <= 40 && !type.AsSpan().ContainsAnyExcept(WordChars);

    private static string Squeeze(string text) =>
        string.Concat(text.Where(char.IsAsciiLetterOrDigit).Take(40).Select(char.ToLowerInvariant));
}
