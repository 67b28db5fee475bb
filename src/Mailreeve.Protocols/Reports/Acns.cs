namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Copyright notices in the Automated Copyright Notice System's XML (ACNS 2), attached or in the text. No matter of this policy: they
/// are read so that the queue for them has the facts, and always go to a person.
/// </summary>
internal static class Acns
{
    public const string Root = "Infringement";

    public static ReportReading Read(XmlNode document, Findings findings)
    {
        foreach (var source in document.Children.Where(c => c.Name == "Source"))
        {
            var type = string.Equals(source.Child("SubType")?.Attribute("BaseType"), "P2P", StringComparison.OrdinalIgnoreCase)
                || source.TextAt("Type") is { } words && words.Contains("torrent", StringComparison.OrdinalIgnoreCase) ? "p2p" : "copyright";
            var url = document.Descendants("URL").Select(u => Cells.Url(u.Text)).FirstOrDefault(u => u is not null);
            var template = new Observation
            {
                Category = "copyright",
                Type = type,
                ReportedType = "copyright",
                Role = ObservationRole.Source,
                Port = Notation.Port(source.TextAt("Port")),
                Url = findings.Keep(url),
                Domain = Cells.Domain(source.TextAt("DNS_Name") ?? ""),
                Time = Cells.Time(source.TextAt("TimeStamp") ?? "", null),
            };
            var addresses = source.Children.Where(c => c.Name == "IP_Address").SelectMany(a => Cells.Addresses(a.Text)).ToList();
            foreach (var (address, port, block) in addresses)
                findings.Add(template with { Address = address, Block = block, Port = template.Port ?? port });
            if (addresses.Count == 0 && template.HasResource)
                findings.Add(template with { Role = ObservationRole.Site });
        }

        var complainant = document.Child("Complainant");
        return new ReportReading
        {
            Format = ReportFormat.Acns,
            ReportId = findings.Keep(document.TextAt("Case", "ID")),
            Reporter = complainant is null ? null
                : new ReportParty(findings.Keep(Cells.Mailbox(complainant.TextAt("Email") ?? "")), findings.Keep(complainant.TextAt("Entity"))),
            NeedsPerson = new Attention(AttentionReason.Copyright, "A copyright notice: it belongs to the copyright queue, and is never a case under this policy."),
        };
    }
}
