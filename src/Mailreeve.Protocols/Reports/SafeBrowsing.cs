namespace Mailreeve.Protocols.Reports;

/// <summary>Google Safe Browsing alerts for network administrators: lists of URLs with the address that served them.</summary>
internal static class SafeBrowsing
{
    public const string Root = "notification_message";

    public static ReportReading Read(XmlNode document, Findings findings)
    {
        foreach (var list in document.Descendants("list"))
        {
            var reported = list.Attribute("type") ?? list.Attribute("name") ?? "";
            var kind = KindWords.Find(reported) ?? new AbuseType("content", "malware", ObservationRole.Site);
            foreach (var info in list.Children.Where(c => c.Name == "url_info"))
            {
                var time = Cells.Time(Value(info, "date") ?? Value(info, "time") ?? Value(list, "date") ?? Value(document, "date") ?? "", null);
                var observation = new Observation
                {
                    Category = kind.Category,
                    Type = kind.Type,
                    ReportedType = findings.Keep(reported) ?? "",
                    Role = ObservationRole.Site,
                    Url = findings.Keep(Cells.Url(Value(info, "url") ?? info.Text)),
                    Address = Cells.Addresses(Value(info, "ip") ?? "").Select(a => (Net.Address?)a.Address).FirstOrDefault(),
                    Time = time,
                };
                if (observation.HasResource)
                    findings.Add(observation);
                else
                    findings.Problem("A url_info names neither a URL nor an address.");
            }
        }

        return new ReportReading { Format = ReportFormat.SafeBrowsing };
    }

    private static string? Value(XmlNode node, string name) => node.Attribute(name) ?? node.TextAt(name);
}
