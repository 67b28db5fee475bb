namespace Mailreeve.Protocols.Imap;

/// <summary>Which text of a part is asked for (RFC 3501 §6.4.5).</summary>
public enum SectionText
{
    /// <summary>All of it: <c>BODY[]</c>, <c>BODY[1]</c>.</summary>
    All,

    /// <summary><c>HEADER</c>.</summary>
    Header,

    /// <summary><c>HEADER.FIELDS</c>: only the named fields.</summary>
    HeaderFields,

    /// <summary><c>HEADER.FIELDS.NOT</c>: all but the named fields.</summary>
    HeaderFieldsNot,

    /// <summary><c>TEXT</c>: what follows the header.</summary>
    Text,

    /// <summary><c>MIME</c>: the header of a part.</summary>
    Mime,
}

/// <summary>Under which name a section was asked for, and has to be answered.</summary>
public enum SectionName
{
    /// <summary><c>BODY[…]</c>, also for <c>BODY.PEEK[…]</c>.</summary>
    Body,

    /// <summary><c>RFC822</c>, the same as <c>BODY[]</c>.</summary>
    Rfc822,

    /// <summary><c>RFC822.HEADER</c>, the same as <c>BODY.PEEK[HEADER]</c>.</summary>
    Rfc822Header,

    /// <summary><c>RFC822.TEXT</c>, the same as <c>BODY[TEXT]</c>.</summary>
    Rfc822Text,
}

/// <summary>The piece of a section that is asked for: <c>&lt;offset.length&gt;</c>.</summary>
/// <param name="Offset">First octet, from 0. Beyond the end of the section the answer is an empty string (RFC 3501 §6.4.5).</param>
/// <param name="Length">Octets at most; at least 1.</param>
public readonly record struct PartialRange(long Offset, long Length);

/// <summary>One section of a message that FETCH asks for.</summary>
/// <param name="Part">The numbers of the part, each at least 1; empty for the message itself.</param>
/// <param name="Text">Which text of it.</param>
/// <param name="Fields">Names of header fields, as written; empty unless the text is of the kind that has them.</param>
/// <param name="Partial">The piece; <see langword="null"/> for the whole.</param>
/// <param name="Peek">Whether the message stays unread: no <c>\Seen</c> is set.</param>
/// <param name="Name">How it was asked for.</param>
public sealed record FetchSection(
    ImapList<int> Part,
    SectionText Text,
    ImapList<string> Fields,
    PartialRange? Partial,
    bool Peek,
    SectionName Name = SectionName.Body);

/// <summary>What FETCH asks for besides sections. ALL, FAST and FULL have been resolved (RFC 3501 §6.4.5).</summary>
[Flags]
public enum FetchItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>FLAGS.</summary>
    Flags = 1,

    /// <summary>INTERNALDATE.</summary>
    InternalDate = 2,

    /// <summary>RFC822.SIZE.</summary>
    Size = 4,

    /// <summary>ENVELOPE.</summary>
    Envelope = 8,

    /// <summary>BODY without a section: the structure, without extension data.</summary>
    Body = 16,

    /// <summary>BODYSTRUCTURE.</summary>
    BodyStructure = 32,

    /// <summary>UID. Set for every UID FETCH, whether asked for or not (RFC 3501 §6.4.8).</summary>
    Uid = 64,

    /// <summary>MODSEQ (RFC 7162 §3.1.4.2). Set with CHANGEDSINCE, whether asked for or not.</summary>
    ModSeq = 128,

    /// <summary>SAVEDATE (RFC 8514 §4).</summary>
    SaveDate = 256,
}
