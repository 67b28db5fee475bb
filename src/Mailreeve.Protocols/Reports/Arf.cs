using System.Globalization;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Abuse Reporting Format: a <c>message/feedback-report</c> part in whatever surrounds it (RFC 5965 §2, RFC 6591, RFC 6692), in its
/// standard and older dialects.
/// </summary>
internal static class Arf
{
    /// <summary>The machine-readable part nearest to the surface: one inside the evidence may be the spammer's own.</summary>
    public static MailPart? Find(MailParts mail) =>
        mail.Parts.Where(p => p.Is("message", "feedback-report")).MinBy(p => p.Level);

    public static ReportReading Read(MailParts mail, MailPart part, Findings findings)
    {
        var fields = Fields.Read(mail.Text(part));
        var original = Evidence.Beside(mail, part, findings);
        ReadObservations(fields, original, findings);
        return new ReportReading
        {
            Format = ReportFormat.Arf,
            Original = original,
            IsFeedbackLoop = IsLoop(fields.First("User-Agent")),
            OriginalRecipients = Recipients(fields, original, findings.Limits),
        };
    }

    // What runs the loops names itself; the same names stand in reports of the largest of them for years.
    private static bool IsLoop(string? userAgent) =>
        userAgent is not null && LoopNames.Any(n => userAgent.Contains(n, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] LoopNames =
        ["fbl", "feedbackloop", "feedback loop", "feedback-loop", "yahoo!-mail-feedback", "aol scomp", "abuse-feedback"];

    /// <summary>Whether the feedback type says that the facts are in an attached XARF document.</summary>
    public static bool IsWrapper(MailParts mail, MailPart part) =>
        string.Equals(Fields.Read(mail.Text(part)).First("Feedback-Type"), "xarf", StringComparison.OrdinalIgnoreCase);

    private static void ReadObservations(Fields fields, OriginalMessage? original, Findings findings)
    {
        var reported = findings.Keep(fields.First("Feedback-Type"));
        if (reported is null)
            findings.Problem("Feedback-Type is missing (RFC 5965 §3.1 requires it).");
        var kind = AbuseType.FromArf(reported ?? "");
        var (url, domain, also) = Named(fields, findings);
        var template = new Observation
        {
            Category = kind.Category,
            Type = kind.Type,
            ReportedType = reported ?? "",
            Role = kind.Role,
            Port = ReadPort(fields, findings),
            Url = url,
            Domain = domain,
            AlsoNamed = also,
            Mailbox = findings.Keep(Notation.Mailbox(fields.First("Original-Mail-From"))),
            Time = ReadTime(fields, findings),
            Count = ReadCount(fields, findings),
        };

        var seen = new HashSet<Address>();
        foreach (var text in fields.All("Source-IP"))
        {
            if (Notation.Address(FirstWord(text), "Source-IP", findings) is not { } address || !seen.Add(address))
                continue;
            findings.Add(template with { Address = address });
        }

        if (seen.Count == 0)
            findings.Add(template with { Candidates = original?.Hops ?? [] });
    }

    // "[192.0.2.7]", "192.0.2.7 (unverified)"
    private static string FirstWord(string text)
    {
        var word = text.AsSpan().Trim();
        var end = word.IndexOfAny(' ', '\t');
        if (end > 0)
            word = word[..end];
        word = word is ['[', .. var inner, ']'] ? inner : word;
        return (word.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? word[5..] : word).ToString();
    }

    private static (string? Url, string? Domain, IReadOnlyList<string> Also) Named(Fields fields, Findings findings)
    {
        string? url = null;
        string? domain = null;
        var also = new List<string>();
        foreach (var text in fields.All("Reported-URI"))
        {
            var uri = findings.Keep(text);
            if (url is null && Notation.IsUrl(uri))
                url = uri;
            else if (uri is not null && also.Count < findings.Limits.AlsoNamed)
                also.Add(uri);
        }

        foreach (var text in fields.All("Reported-Domain"))
        {
            if (Notation.Domain(text) is not { } name)
                findings.Problem($"Reported-Domain '{Notation.Shorten(text)}' is not a host name.");
            else if (domain is null)
                domain = name;
            else if (also.Count < findings.Limits.AlsoNamed)
                also.Add(name);
        }

        return (url, domain, also);
    }

    private static ReportedTime ReadTime(Fields fields, Findings findings)
    {
        // Received-Date is the name in the drafts that large feedback loops still follow.
        var text = findings.Keep(fields.First("Arrival-Date") ?? fields.First("Received-Date"));
        var time = ReportedTime.Read(text);
        if (text is not null && time.Utc is null)
            findings.Problem($"Arrival-Date '{Notation.Shorten(text)}' is not a date.");
        return time;
    }

    private static int? ReadPort(Fields fields, Findings findings)
    {
        var text = fields.First("Source-Port");
        var port = Notation.Port(text);
        if (text is not null && port is null)
            findings.Problem($"Source-Port '{Notation.Shorten(text)}' is not a port (RFC 6692 §3).");
        return port;
    }

    private static long ReadCount(Fields fields, Findings findings)
    {
        var text = fields.First("Incidents");
        if (text is null)
            return 1;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
            return count;
        findings.Problem($"Incidents '{Notation.Shorten(text)}' is not a positive number (RFC 5965 §3.2).");
        return 1;
    }

    private static List<string> Recipients(Fields fields, OriginalMessage? original, ReportLimits limits)
    {
        var stated = fields.All("Original-Rcpt-To").Concat(fields.All("Removal-Recipient")).Concat(fields.All("Redacted-Address"))
            .Select(Notation.Mailbox).OfType<string>().Where(m => m.IndexOf('@') is > 0 and var at && at < m.Length - 1);
        var read = original is null ? [] : Evidence.Recipients(original, limits);
        return [.. stated.Concat(read).Distinct(StringComparer.OrdinalIgnoreCase).Take(200)];
    }
}
