using System.Text.Json;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// SMTP TLS reports (RFC 8460 §4): how others fared when they delivered to a domain. A signal about our own infrastructure, not an
/// allegation.
/// </summary>
internal static class TlsRpt
{
    /// <summary>Whether a JSON object is such a report.</summary>
    public static bool Is(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("organization-name", out _)
        && root.TryGetProperty("policies", out var policies) && policies.ValueKind == JsonValueKind.Array;

    public static ReportReading Read(JsonElement root, Findings findings)
    {
        var end = root.TryGetProperty("date-range", out var range) ? Cells.Time(XarfRules.Text(range, "end-datetime") ?? "", null) : ReportedTime.Missing;
        var day = end with { Confidence = end.Utc is null ? TimeConfidence.None : TimeConfidence.Day };
        foreach (var policy in root.GetProperty("policies").EnumerateArray())
        {
            var domain = policy.ValueKind == JsonValueKind.Object && policy.TryGetProperty("policy", out var its) ? Cells.Domain(XarfRules.Text(its, "policy-domain") ?? "") : null;
            if (domain is null)
            {
                findings.Problem("A policy names no policy-domain.");
                continue;
            }

            findings.Add(new Observation
            {
                Category = "reputation",
                Type = "tls",
                ReportedType = findings.Keep(Failures(policy)) ?? "",
                Role = ObservationRole.Other,
                Domain = domain,
                Time = day,
                Count = policy.TryGetProperty("summary", out var summary) && summary.ValueKind == JsonValueKind.Object
                    && summary.TryGetProperty("total-failure-session-count", out var failed)
                    && failed.ValueKind == JsonValueKind.Number && failed.TryGetInt64(out var count) && count > 0 ? count : 1,
            });
        }

        return new ReportReading
        {
            Format = ReportFormat.TlsReport,
            ReportId = findings.Keep(XarfRules.Text(root, "report-id")),
            Reporter = new ReportParty(findings.Keep(Cells.Mailbox(XarfRules.Text(root, "contact-info") ?? "")), findings.Keep(XarfRules.Text(root, "organization-name"))),
        };
    }

    private static string Failures(JsonElement policy)
    {
        if (!policy.TryGetProperty("failure-details", out var details) || details.ValueKind != JsonValueKind.Array)
            return "no failures";
        var kinds = details.EnumerateArray().Select(d => XarfRules.Text(d, "result-type")).OfType<string>().Distinct().Take(10).ToList();
        return kinds.Count == 0 ? "no failures" : string.Join(", ", kinds);
    }
}
