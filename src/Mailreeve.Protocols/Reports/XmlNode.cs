using System.Xml;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// An element of an XML document, by local names. Read without DTD, entities and resolving; prefixes need not be declared, because
/// documents pasted into mails lose their first lines.
/// </summary>
internal sealed class XmlNode(string name)
{
    private const int NodesMax = 500_000;

    private readonly List<XmlNode> children = [];
    private readonly Dictionary<string, string> attributes = [];

    public string Name => name;

    /// <summary>Its own text, trimmed.</summary>
    public string Text { get; private set; } = "";

    public IReadOnlyList<XmlNode> Children => children;

    /// <summary>Its attributes by local name.</summary>
    public IReadOnlyDictionary<string, string> Attributes => attributes;

    /// <summary>The attribute of that name, or null.</summary>
    public string? Attribute(string attribute) => attributes.GetValueOrDefault(attribute);

    /// <summary>The first child of that name, or null.</summary>
    public XmlNode? Child(string child) => children.Find(c => c.Name == child);

    /// <summary>The text at a path of children; null when it is not there or empty.</summary>
    public string? TextAt(params ReadOnlySpan<string> path)
    {
        XmlNode? at = this;
        foreach (var step in path)
            at = at?.Child(step);
        return string.IsNullOrEmpty(at?.Text) ? null : at.Text;
    }

    /// <summary>All descendants of that name, in the order of the document.</summary>
    public IEnumerable<XmlNode> Descendants(string descendant)
    {
        var open = new Stack<XmlNode>([this]);
        while (open.TryPop(out var node))
        {
            if (node != this && node.Name == descendant)
                yield return node;
            for (var i = node.children.Count - 1; i >= 0; i--)
                open.Push(node.children[i]);
        }
    }

    /// <summary>Finds the document with this root element in a text and reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="root">The local name of the root element.</param>
    /// <param name="findings">Takes why it cannot be read.</param>
    /// <param name="document">The root; null when the document cannot be read.</param>
    /// <returns>Whether there is such a document.</returns>
    public static bool TryFind(string text, string root, Findings findings, out XmlNode? document)
    {
        document = null;
        var at = StartOf(text, root);
        if (at < 0)
            return false;
        var end = text.LastIndexOf(root + ">", StringComparison.Ordinal);
        if (text[..at].Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || text[..at].Contains("<!ENTITY", StringComparison.OrdinalIgnoreCase))
        {
            findings.Problem($"The XML document {root} declares a DTD or entities, which are not read.");
            return true;
        }

        try
        {
            document = Read(end > at ? text[at..(end + root.Length + 1)] : text[at..], findings.Limits);
        }
        catch (XmlException e)
        {
            findings.Problem($"The XML document {root} cannot be read: {e.Message}");
        }

        return true;
    }

    // "<root", "<prefix:root", followed by anything that ends a name.
    private static int StartOf(string text, string root)
    {
        for (var at = 0; (at = text.IndexOf(root, at, StringComparison.Ordinal)) >= 0; at += root.Length)
        {
            var open = text.LastIndexOf('<', at, Math.Min(at + 1, 40));
            var after = at + root.Length < text.Length ? text[at + root.Length] : ' ';
            if (open >= 0 && (open == at - 1 || text[at - 1] == ':') && text[open + 1] != '/' && !text.AsSpan(open + 1, at - open - 1).ContainsAny(' ', '>')
                && after is ' ' or '>' or '\r' or '\n' or '\t' or '/')
                return open;
        }

        return -1;
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="XmlException">It is not well-formed, or beyond the limits.</exception>
    public static XmlNode Read(string text, ReportLimits limits)
    {
        using var reader = new XmlTextReader(new StringReader(text))
        {
            Namespaces = false,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            WhitespaceHandling = WhitespaceHandling.None,
        };
        var open = new Stack<XmlNode>();
        XmlNode? root = null;
        var nodes = 0;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (++nodes > NodesMax || reader.Depth > limits.XmlDepth)
                        throw new XmlException($"It has more than {NodesMax} elements or {limits.XmlDepth} levels.");
                    var node = new XmlNode(Local(reader.Name));
                    if (open.TryPeek(out var parent))
                        parent.children.Add(node);
                    root ??= node;
                    if (!reader.IsEmptyElement)
                        open.Push(node);
                    while (reader.MoveToNextAttribute())
                        node.attributes[Local(reader.Name)] = reader.Value;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when open.TryPeek(out var holder):
                    holder.Text = holder.Text.Length == 0 ? reader.Value.Trim() : holder.Text + reader.Value.Trim();
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    if (open.Count == 0)
                        return root!;
                    break;
            }
        }

        return root ?? throw new XmlException("It has no element.");
    }

    private static string Local(string qualified) => qualified[(qualified.IndexOf(':') + 1)..];
}
