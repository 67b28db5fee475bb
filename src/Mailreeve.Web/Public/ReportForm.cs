namespace Mailreeve.Web.Public;

/// <summary>What someone typed into the report form, as typed.</summary>
public sealed record ReportForm
{
    /// <summary>What happened, one of <see cref="ReportKind.All"/>.</summary>
    public string Kind { get; init; } = "spam";

    /// <summary>Where: an IP address, a web address or a domain.</summary>
    public string Source { get; init; } = "";

    /// <summary>Port at the source.</summary>
    public string Port { get; init; } = "";

    /// <summary>When, as <c>2026-11-24T08:15</c>.</summary>
    public string When { get; init; } = "";

    /// <summary>Distance of that time from UTC, <c>+01:00</c>.</summary>
    public string Offset { get; init; } = "+00:00";

    /// <summary>Why it is abuse.</summary>
    public string Explanation { get; init; } = "";

    /// <summary>The message in full, pasted.</summary>
    public string Message { get; init; } = "";

    /// <summary>Who reports.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where the answer goes.</summary>
    public string Email { get; init; } = "";

    /// <summary>Whether the tick about good faith was set.</summary>
    public bool GoodFaith { get; init; }
}

/// <summary>Something that can be reported.</summary>
/// <param name="Id">As the form sends it.</param>
/// <param name="Label">As people call it.</param>
/// <param name="Category">XARF v4 category.</param>
/// <param name="Type">XARF v4 type.</param>
internal sealed record ReportKind(string Id, string Label, string Category, string Type)
{
    /// <summary>Sexual abuse of children: may be reported without a name (Regulation (EU) 2022/2065, Art. 16(2)(c)).</summary>
    public const string ChildAbuse = "child-abuse";

    public static readonly IReadOnlyList<ReportKind> All =
    [
        new("spam", "Spam: mail that I did not ask for", "messaging", "spam"),
        new("site", "A site that spam advertises", "content", "spamvertised"),
        new("phishing", "Phishing", "content", "phishing"),
        new("malware", "Malware", "content", "malware"),
        new("login", "Attempts to break in", "connection", "login_attack"),
        new("scan", "Port scan", "connection", "port_scan"),
        new(ChildAbuse, "Sexual abuse of children", "content", "csam"),
        new("other", "Something else", "messaging", "other"),
    ];

    public static ReportKind? Find(string id) => All.FirstOrDefault(k => k.Id == id);
}
