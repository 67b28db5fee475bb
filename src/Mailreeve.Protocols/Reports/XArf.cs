namespace Mailreeve.Protocols.Reports;

/// <summary>
/// X-ARF 0.1 and 0.2: a text part of <c>Key: value</c> lines (written as YAML, read here without a YAML reader: the documents in use
/// are flat). Recognised by its keys, because the part is named and typed differently by everyone.
/// </summary>
internal static class XArf
{
    private const int PartsTried = 20;
    private const int DocumentsMax = 1_000;

    public static (MailPart Part, Fields Fields)? Find(MailParts mail)
    {
        foreach (var part in mail.Parts.Where(p => p.Level == 0 && (p.Type?.IsMimeType("text", "*") != false || p.Is("application", "json") || p.Is("application", "octet-stream") || p.Is("application", "x-yaml") || p.Is("application", "yaml"))).Take(PartsTried))
        {
            if (mail.Content(part).Span.IndexOf("Report-Type"u8) < 0)
                continue;
            var text = mail.Text(part);
            var fields = text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{") ? Fields.ReadJson(text) : Fields.Read(text);
            if (fields.First("Report-Type") is not null && fields.First("Source") is not null
                && (fields.First("Schema-URL") ?? fields.First("Category")) is not null)
                return (part, fields);
        }

        return null;
    }

    public static ReportReading Read(MailParts mail, MailPart part, Fields fields, Findings findings)
    {
        var original = Evidence.Beside(mail, part, findings);
        findings.Add(ReadObservation(fields, findings));
        // A bulk report has one document after the other, as YAML separates them.
        foreach (var further in Further(mail.Text(part)))
            findings.Add(ReadObservation(further, findings));
        return new ReportReading
        {
            Format = FormatOf(mail, fields),
            ReportId = findings.Keep(Value(fields, "Report-ID")),
            Reporter = Notation.Mailbox(Value(fields, "Reported-From")) is { } from ? new ReportParty(from) : null,
            Original = original,
            OriginalRecipients = original is null ? [] : [.. Evidence.Recipients(original, findings.Limits)],
        };
    }

    private static IEnumerable<Fields> Further(string text)
    {
        var isFirst = true;
        foreach (var document in text.ReplaceLineEndings("\n").Split("\n---", DocumentsMax))
        {
            var fields = Fields.Read(document);
            if (fields.First("Report-Type") is null || fields.First("Source") is null)
                continue;
            if (!isFirst)
                yield return fields;
            isFirst = false;
        }
    }

    // "Version" is the generator's in some reports, so only the two that exist are believed; then the header fields.
    private static ReportFormat FormatOf(MailParts mail, Fields fields)
    {
        var version = Value(fields, "Version");
        if (version is "0.2" or "0.1")
            return version == "0.2" ? ReportFormat.XArf02 : ReportFormat.XArf01;
        return mail.Root.Header("X-XARF") is not null && mail.Root.Header("X-ARF") is null ? ReportFormat.XArf02 : ReportFormat.XArf01;
    }

    private static Observation ReadObservation(Fields fields, Findings findings)
    {
        var category = Value(fields, "Category") ?? "";
        var type = Value(fields, "Report-Type") ?? "";
        var kind = AbuseType.FromXArf(category, type);
        var source = findings.Keep(Value(fields, "Source"));
        var address = Net.Address.ParseOrNull(source) ?? Net.Address.ParseOrNull(Value(fields, "IP"));
        var link = findings.Keep(Value(fields, "Download-Link"));
        var date = findings.Keep(Value(fields, "Date"));
        var time = ReportedTime.Read(date);
        if (date is not null && time.Utc is null)
            findings.Problem($"Date '{Notation.Shorten(date)}' is not a date.");

        var observation = new Observation
        {
            Category = kind.Category,
            Type = kind.Type,
            ReportedType = findings.Keep($"{category}/{type}") ?? "",
            Role = kind.Role,
            Address = address,
            Port = Notation.Port(Value(fields, "Source-Port")),
            Url = Notation.IsUrl(source) ? source : Notation.IsUrl(link) ? link : null,
            Domain = Notation.Domain(Value(fields, "Domain")) ?? Notation.Domain(source),
            Mailbox = source is not null && source.Contains('@') && !Notation.IsUrl(source) ? Notation.Mailbox(source) : null,
            Time = time,
        };
        if (!observation.HasResource && source is not null)
            findings.Problem($"Source '{Notation.Shorten(source)}' is neither an address nor a URL, domain or mailbox.");
        return observation;
    }

    private static string? Value(Fields fields, string name)
    {
        var text = fields.First(name)?.Trim();
        if (text is { Length: > 1 } && text[0] is '"' or '\'' && text![^1] == text[0])
            text = text[1..^1].Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
