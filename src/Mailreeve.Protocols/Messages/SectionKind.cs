namespace Mailreeve.Protocols.Messages;

/// <summary>What of a part is asked for (RFC 3501 §6.4.5).</summary>
public enum SectionKind
{
    /// <summary>The content of the part, <c>BODY[1.2]</c>; without a path the whole message, <c>BODY[]</c>.</summary>
    Whole,

    /// <summary>Header of the message, <c>HEADER</c>, with the blank line after it.</summary>
    Header,

    /// <summary>Everything after the header of the message, <c>TEXT</c>.</summary>
    Text,

    /// <summary>Header of the part itself, <c>MIME</c>, with the blank line after it.</summary>
    Mime,
}
