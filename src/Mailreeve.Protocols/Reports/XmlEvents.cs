using System.Xml;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// XML of no format that is known by name: elements that hold an address, a URL or a domain in a child or an attribute whose name says
/// so are events, as the objects of JSON are.
/// </summary>
internal static class XmlEvents
{
    private const int ValuesMax = 300;

    /// <summary>Reads a document that is XML as a whole, or as far as it can be read.</summary>
    /// <returns>Null when it is none or holds no event.</returns>
    public static ReportReading? Read(string text, EventContext context, Findings findings)
    {
        var begin = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (!begin.StartsWith("<?xml") || begin[..Math.Min(begin.Length, 2_000)].Contains("<html", StringComparison.OrdinalIgnoreCase)
            || begin.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || begin.Contains("<!ENTITY", StringComparison.OrdinalIgnoreCase))
            return null;
        XmlNode root;
        try
        {
            root = XmlNode.Read(begin.ToString(), findings.Limits);
        }
        catch (XmlException e)
        {
            findings.Problem($"The XML document cannot be read: {e.Message}");
            return null;
        }

        var before = findings.Observations.Count;
        Walk(root, [], new EventReader(context, findings), findings);
        return findings.Observations.Count > before ? new ReportReading { Format = ReportFormat.Json } : null;
    }

    // The depth is bounded by the reader of the document.
    private static bool Walk(XmlNode node, List<(Meaning Meaning, string Value)> inherited, EventReader events, Findings findings)
    {
        if (findings.TooMany)
            return false;
        var own = new List<(Meaning Meaning, string Value)>();
        foreach (var (name, value) in node.Attributes)
            Add(own, node.Name, name, value);
        foreach (var leaf in node.Children.Where(c => c.Children.Count == 0))
        {
            Add(own, node.Name, leaf.Name, leaf.Text);
            foreach (var (name, value) in leaf.Attributes)
                Add(own, leaf.Name, name, value);
        }

        List<(Meaning Meaning, string Value)> values = [.. own, .. inherited.Take(ValuesMax)];
        var found = false;
        foreach (var child in node.Children.Where(c => c.Children.Count > 0 && Columns.Resolve(c.Name) is var its && (its == default || its.Part != Part.None)))
            found |= Walk(child, values, events, findings);
        return found || (own.Exists(v => v.Meaning.IsResource) && events.Read(values));
    }

    private static void Add(List<(Meaning, string)> values, string parent, string name, string value)
    {
        if (value.Length == 0 || values.Count >= ValuesMax)
            return;
        var meaning = Columns.Resolve($"{parent}.{name}");
        if (meaning == default)
            meaning = Columns.Resolve(name);
        if (meaning.Part != Part.None)
            values.Add((meaning, value));
    }
}
