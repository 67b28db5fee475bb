using System.Globalization;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// DMARC aggregate reports (RFC 7489 §7.2 and appendix C): who sends mail in the name of a domain. A signal about our own
/// infrastructure, not an allegation.
/// </summary>
internal static class DmarcAggregate
{
    public const string Root = "feedback";

    public static ReportReading? Read(XmlNode document, Findings findings)
    {
        if (document.Child("policy_published") is null && document.Child("report_metadata") is null)
            return null;
        var metadata = document.Child("report_metadata");
        var end = Cells.Time(metadata?.TextAt("date_range", "end") ?? "", null);
        var day = end with { Confidence = end.Utc is null ? TimeConfidence.None : TimeConfidence.Day };
        foreach (var record in document.Children.Where(c => c.Name == "record"))
        {
            var row = record.Child("row");
            if (!Cells.TryAddress(row?.TextAt("source_ip") ?? "", out var address, out _))
            {
                findings.Problem("A record has no source_ip that can be read.");
                continue;
            }

            var dkim = row!.TextAt("policy_evaluated", "dkim") ?? "none";
            var spf = row.TextAt("policy_evaluated", "spf") ?? "none";
            findings.Add(new Observation
            {
                Category = "reputation",
                Type = "dmarc",
                ReportedType = findings.Keep($"dkim={dkim} spf={spf} disposition={row.TextAt("policy_evaluated", "disposition") ?? "none"}")!,
                Role = ObservationRole.Other,
                Address = address,
                Domain = Cells.Domain(record.TextAt("identifiers", "header_from") ?? document.TextAt("policy_published", "domain") ?? ""),
                Time = day,
                Count = long.TryParse(row.TextAt("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 1,
            });
        }

        return new ReportReading
        {
            Format = ReportFormat.DmarcAggregate,
            ReportId = findings.Keep(metadata?.TextAt("report_id")),
            Reporter = metadata is null ? null
                : new ReportParty(findings.Keep(Cells.Mailbox(metadata.TextAt("email") ?? "")), findings.Keep(metadata.TextAt("org_name"))),
        };
    }
}
