namespace Mailreeve.Policy.Notices;

/// <summary>A notice, ready to be sent.</summary>
/// <param name="Subject">One line of plain text, without CR, LF or other controls.</param>
/// <param name="Text">The plain-text part: values as they are. Lines end in LF.</param>
/// <param name="Markdown">The same for an HTML part: values escaped, so that they show and do nothing else. Lines end in LF.</param>
public sealed record RenderedNotice(string Subject, string Text, string Markdown);
