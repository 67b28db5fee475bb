using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>What a stretch of text names.</summary>
internal enum MentionKind
{
    Address,
    Prefix,
    Url,
    Domain,
    Mailbox,
}

/// <summary>A resource named in a text, and where.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">First character.</param>
/// <param name="End">One past the last character.</param>
internal readonly record struct Mention(MentionKind Kind, int Start, int End)
{
    /// <summary>The address; of a prefix or range the first one; of a URL the one its host is, if it is one.</summary>
    public Address? Address { get; init; }

    /// <summary>URL, domain or mailbox with defanging and link wrappers undone; prefix or range as written.</summary>
    public string Text { get; init; } = "";

    /// <summary>Host of a URL, domain of a mailbox, the domain itself; lower case.</summary>
    public string Host { get; init; } = "";

    /// <summary>Port written directly after the address.</summary>
    public int? Port { get; init; }

    /// <summary>Written so that nobody clicks on it (hxxp, [.]): the writer holds it for bad.</summary>
    public bool IsDefanged { get; init; }

    /// <summary>Stands behind a slash, as in "host/192.0.2.7" or a path: it may be something else.</summary>
    public bool IsWeak { get; init; }
}
