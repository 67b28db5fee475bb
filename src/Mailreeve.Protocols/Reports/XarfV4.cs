using System.Collections.Frozen;
using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// XARF v4 (4.x). What its core schema requires is required here. What its type schemas require is only noted: much of it does not
/// bear on whom the report is about, and senders lag behind the schemas (a message with a null sender cannot satisfy messaging/spam).
/// </summary>
internal static class XarfV4
{
    private static readonly FrozenDictionary<string, string[]> TypeFields = new Dictionary<string, string[]>
    {
        ["messaging/spam"] = ["protocol"],
        ["messaging/bulk_messaging"] = ["protocol", "recipient_count"],
        ["connection/login_attack"] = ["protocol", "first_seen"],
        ["connection/port_scan"] = ["protocol", "first_seen"],
        ["connection/ddos"] = ["protocol", "first_seen"],
        ["connection/infected_host"] = ["protocol", "bot_type", "first_seen"],
        ["connection/reconnaissance"] = ["protocol", "probed_resources", "first_seen"],
        ["connection/scraping"] = ["protocol", "first_seen", "total_requests"],
        ["connection/sql_injection"] = ["protocol", "first_seen"],
        ["connection/vulnerability_scan"] = ["scan_type", "protocol", "first_seen"],
        ["copyright/copyright"] = ["infringing_url"],
        ["copyright/p2p"] = ["p2p_protocol"],
        ["copyright/cyberlocker"] = ["infringing_url", "hosting_service"],
        ["copyright/link_site"] = ["infringing_url", "site_name"],
        ["copyright/ugc_platform"] = ["infringing_url", "platform_name"],
        ["copyright/usenet"] = ["newsgroup"],
        ["infrastructure/botnet"] = ["compromise_evidence"],
        ["infrastructure/compromised_server"] = ["compromise_method"],
        ["reputation/blocklist"] = ["threat_type"],
        ["reputation/threat_intelligence"] = ["threat_type"],
        ["vulnerability/cve"] = ["service", "service_port", "cve_id"],
        ["vulnerability/open_service"] = ["service"],
        ["vulnerability/misconfiguration"] = ["service"],
    }.ToFrozenDictionary();

    /// <summary>Reads one document.</summary>
    /// <param name="root">The document.</param>
    /// <param name="findings">Takes what it says and what is wrong with it.</param>
    /// <param name="isByMail">Whether the facts of a document that breaks the schema are read too, for the person who looks at it.</param>
    public static ReportReading Read(JsonElement root, Findings findings, bool isByMail)
    {
        var rules = new XarfRules(findings);
        rules.Required(root, "xarf_version", v => v.GetString()!.StartsWith("4.", StringComparison.Ordinal), "is not version 4");
        var id = rules.Required(root, "report_id");
        var timestamp = rules.Required(root, "timestamp", XarfRules.IsTime, "is not a date and time");
        var source = rules.Required(root, "source_identifier");
        var category = rules.Required(root, "category", v => AbuseType.IsCategory(v.GetString()!), "is not a category of XARF v4");
        var type = rules.Required(root, "type");
        var reporter = ReadParty(root, "reporter", rules, findings);
        var sender = ReadParty(root, "sender", rules, findings);
        if (root.TryGetProperty("source_port", out var port) && (!XarfRules.IsPort(port) || port.GetInt32() == 0))
            rules.Fail("source_port", "must be 1 to 65535");
        var original = ReadEvidence(root, rules, findings);
        if (!rules.Kept && isByMail && source is not null && category is not null
            && ReadObservation(root, category, type ?? "", source, ReportedTime.Read(timestamp ?? XarfRules.Text(root, "timestamp")), findings) is { HasResource: true } stated)
            findings.Add(stated);
        if (!rules.Kept)
            return XarfJson.Invalid(ReportFormat.XarfV4) with { ReportId = findings.Keep(id), Reporter = reporter, Sender = sender };

        if (!Guid.TryParse(id, out _))
            findings.Problem("report_id is not a UUID.");
        NoteTypeRules(root, $"{category}/{type}", findings);
        findings.Add(ReadObservation(root, category!, type!, source!, ReportedTime.Read(timestamp), findings));
        var recipient = Notation.Mailbox(XarfRules.Text(root, "smtp_to"));
        var read = original is null ? [] : Evidence.Recipients(original, findings.Limits);
        return new ReportReading
        {
            Format = ReportFormat.XarfV4,
            ReportId = findings.Keep(id),
            Reporter = reporter,
            Sender = sender,
            Original = original,
            OriginalRecipients = [.. (recipient is null ? [] : new[] { recipient }).Concat(read).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static Observation ReadObservation(
        JsonElement root, string category, string type, string source, ReportedTime time, Findings findings)
    {
        var kind = AbuseType.FromXarf4(category, type);
        var address = Address.ParseOrNull(source.Trim());
        var url = findings.Keep(XarfRules.Text(root, "url") ?? XarfRules.Text(root, "infringing_url"));
        if (Notation.IsUrl(source))
            url ??= findings.Keep(source);
        var mailbox = Notation.Mailbox(XarfRules.Text(root, "smtp_from"))
            ?? (source.Contains('@') && !Notation.IsUrl(source) ? Notation.Mailbox(source) : null);
        var observation = new Observation
        {
            Category = kind.Category,
            Type = kind.Type,
            ReportedType = findings.Keep($"{category}/{type}") ?? "",
            Role = kind.Role == ObservationRole.Site && url is null && address is not null ? ObservationRole.Source : kind.Role,
            Address = AddressBlock.TryParse(source, out var block) ? block.First : address,
            Block = block == default ? null : block,
            Port = root.TryGetProperty("source_port", out var port) && port.ValueKind == JsonValueKind.Number && port.TryGetInt32(out var number) && number is > 0 and < 65536 ? number : null,
            Url = url,
            Domain = Notation.Domain(source) ?? Notation.Domain(XarfRules.Text(root, "domain")),
            Mailbox = mailbox,
            Time = time,
        };
        if (!observation.HasResource)
            findings.Problem($"source_identifier '{Notation.Shorten(source)}' is neither an address nor a URL, domain or mailbox.");
        return observation;
    }

    private static ReportParty? ReadParty(JsonElement root, string name, XarfRules rules, Findings findings)
    {
        if (rules.Object(root, name) is not { } party)
            return null;
        var contact = rules.Required(party, "contact", XarfRules.IsEmail, "is not a mailbox");
        var organisation = rules.Required(party, "org");
        var domain = rules.Required(party, "domain", XarfRules.IsHost, "is not a host name");
        return new ReportParty(findings.Keep(contact), findings.Keep(organisation), Notation.Domain(domain));
    }

    private static OriginalMessage? ReadEvidence(JsonElement root, XarfRules rules, Findings findings)
    {
        if (!root.TryGetProperty("evidence", out var evidence))
            return null;
        if (evidence.ValueKind != JsonValueKind.Array || evidence.GetArrayLength() > 50)
        {
            rules.Fail("evidence", "must be a list of at most 50 items");
            return null;
        }

        OriginalMessage? original = null;
        foreach (var item in evidence.EnumerateArray())
        {
            if (XarfRules.Text(item, "content_type") is not { } type || XarfRules.Text(item, "payload") is not { } payload)
            {
                rules.Fail("evidence", "needs content_type and payload in each item");
                continue;
            }

            if (original is not null || type.Split(';')[0].Trim().ToLowerInvariant() is not ("message/rfc822" or "text/email"))
                continue;
            if (XarfJson.FromBase64(payload, findings.Limits) is { } bytes)
                original = Evidence.FromBytes(bytes, findings);
            else
                findings.Problem("An evidence payload is not base64, or too large.");
        }

        return original;
    }

    private static void NoteTypeRules(JsonElement root, string kind, Findings findings)
    {
        var slash = kind.IndexOf('/');
        if (!AbuseType.IsKnown(kind[..slash], kind[(slash + 1)..]))
            findings.Problem($"Type '{Notation.Shorten(kind)}' is not in XARF v4.2.");
        var needed = TypeFields.GetValueOrDefault(kind, []);
        if (kind.StartsWith("content/", StringComparison.Ordinal))
            needed = [.. needed, "url"];
        if (kind is "messaging/spam" or "messaging/bulk_messaging" && XarfRules.Text(root, "protocol") == "smtp")
            needed = [.. needed, "smtp_from", "source_port"];
        if (kind is "connection/login_attack" or "connection/port_scan" or "connection/ddos")
            needed = [.. needed, "source_port"];
        foreach (var name in needed)
            if (!root.TryGetProperty(name, out _))
                findings.Problem($"{name} is missing, which {kind} requires.");
    }
}
