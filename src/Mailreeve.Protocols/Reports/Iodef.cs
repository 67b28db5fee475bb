namespace Mailreeve.Protocols.Reports;

/// <summary>
/// IODEF documents (RFC 5070, RFC 7970): incidents whose systems say themselves whether they are source, target or something else.
/// </summary>
internal static class Iodef
{
    private const int DepthMax = 8;

    public const string Root = "IODEF-Document";

    public static ReportReading Read(XmlNode document, EventContext context, Findings findings)
    {
        string? id = null;
        ReportParty? reporter = null;
        foreach (var incident in document.Children.Where(c => c.Name == "Incident"))
        {
            id ??= findings.Keep(incident.TextAt("IncidentID"));
            reporter ??= Reporter(incident, findings);
            var (reported, kind) = Kind(incident, context);
            var template = new Observation
            {
                Category = kind.Category,
                Type = kind.Type,
                ReportedType = findings.Keep(reported) ?? "",
                Role = kind.Role,
                Time = Time(incident),
            };
            ReadEvents(incident, template, depth: 0, findings);
        }

        return new ReportReading { Format = ReportFormat.Iodef, ReportId = id, Reporter = reporter };
    }

    // EventData may hold EventData, and what the outer one says holds for the inner ones (RFC 7970 §3.14).
    private static void ReadEvents(XmlNode parent, Observation template, int depth, Findings findings)
    {
        foreach (var data in parent.Children.Where(c => c.Name == "EventData"))
        {
            var time = Time(data);
            var inherited = time.Utc is null ? template : template with { Time = time };
            foreach (var system in data.Children.Where(c => c.Name == "Flow").SelectMany(f => f.Children).Concat(data.Children).Where(c => c.Name == "System"))
                ReadSystem(system, inherited, findings);
            if (depth < DepthMax)
                ReadEvents(data, inherited, depth + 1, findings);
        }
    }

    private static void ReadSystem(XmlNode system, Observation template, Findings findings)
    {
        var role = system.Attribute("category")?.ToLowerInvariant() switch
        {
            "source" or "watchlist-source" => template.Role,
            "target" or "watchlist-target" => ObservationRole.Victim,
            // Sensors and intermediaries are the reporter's.
            "sensor" or "intermediate" => (ObservationRole?)null,
            _ => ObservationRole.Other,
        };
        if (role is not { } its)
            return;

        var node = system.Child("Node");
        var url = system.Descendants("URL").Concat(system.Descendants("Address").Where(a => a.Attribute("category") == "uri")
            .Concat(system.Descendants("Address").Where(a => a.Attribute("category") == "site-uri"))).Concat(system.Descendants("AdditionalData").Where(d => Columns.Resolve(d.Attribute("meaning")) is { Part: Part.Url, Side: Side.Plain or Side.Source }))
            .Select(u => Cells.Url(u.Text)).FirstOrDefault(u => u is not null);
        var domain = node?.TextAt("NodeName") ?? node?.TextAt("DomainData", "Name");
        var mailbox = system.Descendants("Address").Where(a => a.Attribute("category") == "e-mail").Select(a => Cells.Mailbox(a.Text)).FirstOrDefault();
        var observation = template with
        {
            Role = its,
            Port = Notation.Port(system.TextAt("Service", "Port")),
            Url = findings.Keep(url),
            Mailbox = findings.Keep(mailbox),
        };
        var addresses = system.Descendants("Address").SelectMany(a => Cells.Addresses(a.Text)).DistinctBy(a => a.Address).ToList();
        if (its == ObservationRole.Site && url is null && addresses.Count > 0)
            observation = observation with { Role = ObservationRole.Source };
        foreach (var named in addresses)
            findings.Add(observation with { Address = named.Address, Block = named.Block });
        if (addresses.Count > 0)
            return;
        observation = observation with { Domain = Cells.Domain(domain ?? "") };
        if (observation.HasResource)
            findings.Add(observation);
        else
            findings.Problem($"A system of category '{system.Attribute("category")}' has no address that can be read.");
    }

    private static ReportedTime Time(XmlNode parent)
    {
        foreach (var name in (string[])["StartTime", "DetectTime", "EndTime", "ReportTime", "GenerationTime"])
            if (parent.TextAt(name) is { } text && Cells.Time(text, null) is { Utc: not null } time)
                return time;
        return ReportedTime.Missing;
    }

    private static (string, AbuseType) Kind(XmlNode incident, EventContext context)
    {
        var texts = incident.Descendants("Impact").Select(i => $"{i.Attribute("ext-type") ?? i.Attribute("type")} {i.Text}")
            .Concat(incident.Descendants("SystemImpact").Select(i => i.Attribute("ext-type") ?? i.Attribute("type") ?? ""))
            .Concat(incident.Descendants("IncidentCategory").Select(i => i.Text))
            .Concat(incident.Descendants("ReferenceName").Select(r => r.Text))
            .Concat(incident.Descendants("AttackPhase").Select(r => r.Text))
            .Concat(incident.Descendants("Classification").Select(c => c.Attribute("text") ?? c.Text))
            .Concat(incident.Descendants("Description").Select(d => d.Text))
            .Concat(incident.Descendants("AdditionalData").Select(d => $"{d.Attribute("meaning")} {d.Text}"))
            .Concat(context.Titles);
        string? first = null;
        foreach (var text in texts.Where(t => t.Trim().Length > 0).Take(200))
        {
            if (KindWords.Find(text) is { } kind)
                return (text.Trim(), kind);
            first ??= text.Trim();
        }

        return (first ?? "", new AbuseType("connection", "other"));
    }

    private static ReportParty? Reporter(XmlNode incident, Findings findings)
    {
        var contact = incident.Children.FirstOrDefault(c => c.Name == "Contact" && c.Attribute("role") is "creator" or "irt" or "cc" or null);
        if (contact is null)
            return null;
        var mailbox = contact.Descendants("Email").Select(e => Cells.Mailbox(e.TextAt("EmailTo") ?? e.Text)).FirstOrDefault(m => m is not null);
        return new ReportParty(findings.Keep(mailbox), findings.Keep(contact.TextAt("ContactName")));
    }
}
