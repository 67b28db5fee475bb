using System.Collections.Frozen;
using System.Text.Json;
using Checks = System.Collections.Frozen.FrozenDictionary<string, System.Func<System.Text.Json.JsonElement, bool>>;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// XARF v1 to v3: <c>Version</c>, <c>ReporterInfo</c>, <c>Report</c>. Version "3" has a published schema and is held to it; the
/// earlier versions and the "3.0.0" dialect have none and are read for what they say.
/// </summary>
internal static class XarfV3
{
    private static readonly string[] Severities = ["low", "medium", "high"];
    private static readonly string[] HashAlgorithms =
        ["sha1", "sha2", "sha3", "sha256", "sha512", "md5", "argon2id", "scrypt", "bcrypt", "pbkdf2"];

    private static readonly FrozenSet<string> ReporterFields =
    [
        "ReporterType", "ReporterOrg", "ReporterOrgDomain", "ReporterOrgEmail", "ReporterOrgAddress", "ReporterContactEmail",
        "ReporterContactName", "ReporterContactPhone",
    ];

    private static readonly Checks ReportChecks = new Dictionary<string, Func<JsonElement, bool>>
    {
        ["ReportSubType"] = XarfRules.IsText,
        ["ReporterCaseID"] = XarfRules.IsText,
        ["ReporterSeverity"] = v => IsOneOf(v, Severities),
        ["ReporterNotes"] = XarfRules.IsText,
        ["Custom"] = IsCustom,
        ["FirstSeen"] = XarfRules.IsTime,
        ["SourcePort"] = XarfRules.IsPort,
        ["ASN"] = v => XarfRules.IsInteger(v) && v.GetInt64() is > 0 and <= 4_199_999_999,
        ["DestinationIp"] = XarfRules.IsIp,
        ["DestinationPort"] = ArePorts,
        ["AttackerIp"] = XarfRules.IsIp,
        ["AttackerPort"] = ArePorts,
        ["ByteCount"] = XarfRules.IsInteger,
        ["PacketCount"] = XarfRules.IsInteger,
        ["Ongoing"] = XarfRules.IsBoolean,
        ["ThreatActor"] = XarfRules.IsText,
        ["Samples"] = v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() > 0 && v.EnumerateArray().All(IsSample),
        ["SmtpMailFromAddress"] = XarfRules.IsEmail,
        ["SmtpRcptToAddress"] = XarfRules.IsEmail,
        ["ServiceName"] = XarfRules.IsText,
        ["ServiceVersion"] = XarfRules.IsText,
        ["TransportProtocol"] = v => IsOneOf(v, ["tcp", "udp"]),
        ["RpzDomain"] = XarfRules.IsHost,
        ["MalwareName"] = XarfRules.IsText,
        ["BotnetName"] = XarfRules.IsText,
        ["InfringedMaterial"] = XarfRules.IsText,
        ["MaterialType"] = XarfRules.IsText,
        ["SharingProtocol"] = XarfRules.IsText,
        ["CourtOrder"] = XarfRules.IsUri,
        ["TrademarkedMaterial"] = XarfRules.IsText,
        ["RegistrationOffice"] = XarfRules.IsText,
        ["RegistrationNumber"] = XarfRules.IsText,
        ["FileName"] = XarfRules.IsText,
        ["FileSize"] = IsSize,
        ["FileHash"] = IsHash,
        ["PasswordHash"] = IsHash,
        ["Harasser"] = XarfRules.IsText,
        ["HarassmentDescription"] = XarfRules.IsText,
        ["HarassmentType"] = v => IsOneOf(v, ["doxing", "stalking", "sexual", "believes", "defamation", "extortion", "hate"]),
        ["HarassmentLocation"] = v => IsOneOf(v, ["website", "chat", "game"]),
        ["CVE"] = IsCve,
        ["CVSS"] = IsCvss,
    }.ToFrozenDictionary();

    // What each report type must have besides a Date: the resource, then further fields. "|" means one of them.
    private static readonly FrozenDictionary<string, string[]> Needs = new Dictionary<string, string[]>
    {
        ["Activity/DOS"] = ["SourceIp"],
        ["Activity/Exploit"] = ["SourceIp"],
        ["Activity/LoginAttack"] = ["SourceIp"],
        ["Activity/PortScan"] = ["SourceIp"],
        ["Activity/Spam"] = ["SourceIp"],
        ["Activity/Malware"] = ["SourceIp"],
        ["Activity/Harassment"] = ["SourceIp|SourceUrl", "Harasser", "HarassmentDescription"],
        ["Activity/WebCrawler"] = ["SourceIp|SourceUrl"],
        ["Activity/PotentiallyCompromisedAccount"] = ["Account"],
        ["Content/Botnet"] = ["SourceIp|SourceUrl"],
        ["Content/ChildAbuse"] = ["SourceIp|SourceUrl"],
        ["Content/Copyright"] = ["SourceIp|SourceUrl", "InfringedMaterial", "FileName"],
        ["Content/Malware"] = ["SourceIp|SourceUrl"],
        ["Content/Phishing"] = ["SourceIp|SourceUrl", "SourceUrl"],
        ["Content/Trademark"] = ["SourceIp|SourceUrl", "TrademarkedMaterial"],
        ["Vulnerability/OpenService"] = ["SourceIp|SourceUrl", "ServiceName"],
    }.ToFrozenDictionary();

    /// <summary>Reads one document.</summary>
    /// <param name="root">The document.</param>
    /// <param name="format">Its version.</param>
    /// <param name="findings">Takes what it says and what is wrong with it.</param>
    /// <param name="isByMail">Whether the facts of a document that breaks the schema are read too, for the person who looks at it.</param>
    public static ReportReading Read(JsonElement root, ReportFormat format, Findings findings, bool isByMail)
    {
        var rules = new XarfRules(findings);
        var report = rules.Object(root, "Report");
        if (report is { } r && root.TryGetProperty("Version", out var version) && version.ToString() == "3")
            CheckSchema(root, r, rules);
        else if (report is not null && XarfRules.Text(report.Value, "ReportType") is null)
            rules.Fail("ReportType", "is missing");
        else if (!root.TryGetProperty("Version", out _))
            rules.Fail("Version", "is missing");
        var reporter = ReadParty(root, "ReporterInfo", "Reporter", findings);
        var invalid = XarfJson.Invalid(format) with { Reporter = reporter };
        if (!rules.Kept)
        {
            if (isByMail && report is { } broken && ReadObservation(broken, findings) is { HasResource: true } stated)
                findings.Add(stated);
            return invalid;
        }

        var original = ReadSamples(report!.Value, findings);
        findings.Add(ReadObservation(report.Value, findings));
        var recipient = Notation.Mailbox(XarfRules.Text(report.Value, "SmtpRcptToAddress"));
        var read = original is null ? [] : Evidence.Recipients(original, findings.Limits);
        return new ReportReading
        {
            Format = format,
            ReportId = findings.Keep(XarfRules.Text(report.Value, "ReporterCaseID")),
            Reporter = ReadParty(root, "OnBehalfOf", "Complainant", findings) ?? reporter,
            Sender = reporter,
            Original = original,
            OriginalRecipients = [.. (recipient is null ? [] : new[] { recipient }).Concat(read).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static Observation ReadObservation(JsonElement report, Findings findings)
    {
        var reportClass = XarfRules.Text(report, "ReportClass") ?? "";
        var reportType = XarfRules.Text(report, "ReportType") ?? "";
        var subType = XarfRules.Text(report, "ReportSubType");
        var kind = AbuseType.FromXarf3(reportClass, reportType);
        var source = report.TryGetProperty("Source", out var inner) ? inner : default;
        var account = report.TryGetProperty("Account", out var a) ? a : default;
        var ip = XarfRules.Text(report, "SourceIp") ?? XarfRules.Text(source, "IP");
        var url = findings.Keep(XarfRules.Text(report, "SourceUrl") ?? XarfRules.Text(source, "URL"));
        var date = findings.Keep(XarfRules.Text(report, "Date"));
        var time = ReportedTime.Read(date);
        if (date is not null && time.Utc is null)
            findings.Problem($"Date '{Notation.Shorten(date)}' is not a date.");
        return new Observation
        {
            Category = kind.Category,
            Type = kind.Type,
            ReportedType = findings.Keep(string.Join('/', new[] { reportClass, reportType, subType }.Where(t => !string.IsNullOrEmpty(t)))) ?? "",
            Role = kind.Role == ObservationRole.Site && url is null ? ObservationRole.Source : kind.Role,
            Address = string.IsNullOrEmpty(ip) ? null : Notation.Address(ip, "SourceIp", findings),
            Port = Notation.Port(XarfRules.Text(report, "SourcePort") ?? XarfRules.Text(source, "Port")),
            Url = url,
            Domain = Notation.Domain(XarfRules.Text(report, "SourceDomain")),
            Mailbox = Notation.Mailbox(XarfRules.Text(account, "AccountEmail") ?? XarfRules.Text(report, "SmtpMailFromAddress"))
                ?? findings.Keep(XarfRules.Text(account, "AccountIdentifier") ?? XarfRules.Text(account, "AccountName")),
            Time = time,
        };
    }

    private static OriginalMessage? ReadSamples(JsonElement report, Findings findings)
    {
        foreach (var name in (string[])["Samples", "Attachment"])
        {
            if (!report.TryGetProperty(name, out var samples) || samples.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var sample in samples.EnumerateArray().Take(50))
            {
                var type = XarfRules.Text(sample, "ContentType");
                var payload = XarfRules.Text(sample, "Payload") ?? XarfRules.Text(sample, "Data");
                if (payload is null || type is null || !type.StartsWith("message/rfc822", StringComparison.OrdinalIgnoreCase))
                    continue;
                var encoded = name == "Attachment" || (sample.TryGetProperty("Base64Encoded", out var flag) && flag.ValueKind == JsonValueKind.True);
                if (!encoded)
                    return Evidence.FromBytes(System.Text.Encoding.UTF8.GetBytes(payload), findings);
                if (XarfJson.FromBase64(payload, findings.Limits) is { } bytes)
                    return Evidence.FromBytes(bytes, findings);
                findings.Problem($"{name}: the message is not base64 or too large.");
            }
        }

        return null;
    }

    private static ReportParty? ReadParty(JsonElement root, string name, string prefix, Findings findings)
    {
        if (!root.TryGetProperty(name, out var info) || info.ValueKind != JsonValueKind.Object)
            return null;
        var mailbox = Notation.Mailbox(XarfRules.Text(info, prefix + "ContactEmail") ?? XarfRules.Text(info, prefix + "OrgEmail"));
        var organisation = findings.Keep(XarfRules.Text(info, prefix + "Org") ?? XarfRules.Text(info, prefix + "ContactName"));
        return mailbox is null && organisation is null
            ? null
            : new ReportParty(mailbox, organisation, Notation.Domain(XarfRules.Text(info, prefix + "OrgDomain")));
    }

    private static void CheckSchema(JsonElement root, JsonElement report, XarfRules rules)
    {
        if (!root.TryGetProperty("Disclosure", out var disclosure) || !XarfRules.IsBoolean(disclosure))
            rules.Fail("Disclosure", "must be true or false");
        if (rules.Object(root, "ReporterInfo") is { } reporter)
            CheckParty(reporter, "Reporter", rules, ReporterFields);
        if (root.TryGetProperty("OnBehalfOf", out _) && rules.Object(root, "OnBehalfOf") is { } complainant)
            CheckParty(complainant, "Complainant", rules, allowed: null);
        if (root.TryGetProperty("InternalProcessing", out var own) && !IsInternal(own))
            rules.Fail("InternalProcessing", "has values of the wrong type");

        rules.Required(report, "Date", XarfRules.IsTime, "is not a date and time");
        rules.Each(report, ReportChecks);
        var kind = $"{rules.Required(report, "ReportClass")}/{rules.Required(report, "ReportType")}";
        if (!Needs.TryGetValue(kind, out var needs))
        {
            rules.Fail("ReportType", $"'{Notation.Shorten(kind)}' is not in the schema");
            return;
        }

        if (kind == "Activity/Malware" && XarfRules.Text(report, "ReportSubType") != "RPZ-Rewrite")
            rules.Fail("ReportSubType", "must be RPZ-Rewrite for Activity/Malware");
        foreach (var need in needs)
            if (!need.Split('|').Any(field => Has(report, field)))
                rules.Fail(need.Replace("|", " or ", StringComparison.Ordinal), "is missing or not valid");
        if (needs[0] == "Account" && (Has(report, "SourceIp") || Has(report, "SourceUrl")))
            rules.Fail("SourceIp or SourceUrl", "must not be there: the account is the resource");
    }

    private static bool Has(JsonElement report, string field) => report.TryGetProperty(field, out var value) && field switch
    {
        "SourceIp" => XarfRules.IsIp(value),
        "SourceUrl" => XarfRules.IsUri(value),
        "Account" => IsAccount(value),
        _ => XarfRules.IsText(value),
    };

    private static void CheckParty(JsonElement party, string prefix, XarfRules rules, FrozenSet<string>? allowed)
    {
        foreach (var property in party.EnumerateObject())
        {
            if (allowed is not null && !allowed.Contains(property.Name))
                rules.Fail(Notation.Shorten(property.Name), "is not allowed in ReporterInfo");
            else if (!property.Name.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            else if (!IsPartyField(property.Name[prefix.Length..], property.Value))
                rules.Fail(property.Name, $"'{Notation.Shorten(property.Value.ToString())}' is not valid");
        }

        if (XarfRules.Text(party, prefix + "Type") == "Person")
            return;
        foreach (var field in (string[])["Org", "OrgDomain", "OrgEmail"])
            if (!party.TryGetProperty(prefix + field, out _))
                rules.Fail(prefix + field, "is missing");
    }

    private static bool IsPartyField(string field, JsonElement value) => field switch
    {
        "Type" => IsOneOf(value, ["Org", "Person"]),
        "OrgDomain" => XarfRules.IsHost(value),
        "OrgEmail" or "ContactEmail" => XarfRules.IsEmail(value),
        "Org" or "ContactName" or "ContactPhone" => XarfRules.IsText(value) && value.GetString()!.Length >= 3,
        "OrgAddress" => XarfRules.IsText(value),
        _ => true,
    };

    private static bool IsAccount(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any()
        && (!value.TryGetProperty("AccountIdentifier", out var id) || (XarfRules.IsText(id) && !XarfRules.IsEmail(id)))
        && (!value.TryGetProperty("AccountEmail", out var email) || XarfRules.IsText(email));

    private static bool IsSample(JsonElement sample)
    {
        if (sample.ValueKind != JsonValueKind.Object)
            return false;
        var payload = XarfRules.Text(sample, "ContentType") is not null && sample.TryGetProperty("Payload", out var p) && XarfRules.IsText(p)
            && (!sample.TryGetProperty("Base64Encoded", out var flag) || XarfRules.IsBoolean(flag))
            && (!sample.TryGetProperty("Description", out var description) || XarfRules.IsText(description));
        var file = sample.TryGetProperty("FileName", out var name) && XarfRules.IsText(name)
            && (!sample.TryGetProperty("FileSize", out var size) || IsSize(size))
            && (!sample.TryGetProperty("FileHash", out var hash) || IsHash(hash));
        return payload || file;
    }

    private static bool IsHash(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("HashValue", out var text) && XarfRules.IsText(text)
        && value.TryGetProperty("HashAlgorithm", out var algorithm) && IsOneOf(algorithm, HashAlgorithms)
        && (!value.TryGetProperty("HashComplete", out var complete) || XarfRules.IsBoolean(complete));

    private static bool IsSize(JsonElement value) => XarfRules.IsInteger(value) && value.GetInt64() >= 0;

    private static bool IsCustom(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().All(p => XarfRules.IsText(p.Value) || XarfRules.IsInteger(p.Value));

    private static bool ArePorts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(XarfRules.IsPort) : XarfRules.IsPort(value);

    private static bool IsOneOf(JsonElement value, ReadOnlySpan<string> allowed) =>
        XarfRules.IsText(value) && allowed.Contains(value.GetString()!);

    private static bool IsCve(JsonElement value)
    {
        if (!XarfRules.IsText(value) || value.GetString()!.Split('-') is not ["CVE", { Length: 4 } year, { Length: >= 4 and <= 7 } number])
            return false;
        return year.All(char.IsAsciiDigit) && number.All(char.IsAsciiDigit);
    }

    private static bool IsCvss(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || XarfRules.Text(value, "Vector") is not { } vector)
            return false;
        return XarfRules.Text(value, "Version") switch
        {
            "2" => vector.TrimStart('(').StartsWith("AV:", StringComparison.Ordinal),
            "3.0" or "3.1" => vector.StartsWith("CVSS:3.", StringComparison.Ordinal),
            _ => false,
        };
    }

    // Not for us, but a wrong type here shows a generator that does not follow the schema.
    private static bool IsInternal(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var name in (string[])["SubscriberInformation", "ContractInformation"])
        {
            if (!value.TryGetProperty(name, out var information))
                continue;
            if (information.ValueKind != JsonValueKind.Object)
                return false;
            foreach (var property in information.EnumerateObject())
            {
                var texts = property.Value.ValueKind == JsonValueKind.Object
                    ? property.Value.EnumerateObject().All(p => XarfRules.IsText(p.Value))
                    : XarfRules.IsText(property.Value);
                if (!texts)
                    return false;
            }
        }

        return !value.TryGetProperty("EventTags", out var tags)
            || (tags.ValueKind == JsonValueKind.Array && tags.EnumerateArray().All(XarfRules.IsText));
    }
}
