using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>A message in a folder. Immutable; a change of flags makes another one with the same body.</summary>
/// <param name="Uid">Its number in the folder (RFC 3501 §2.3.1.1).</param>
/// <param name="ModSeq">When it was last changed, as a number (RFC 7162 §3.1).</param>
/// <param name="Flags">The flags that IMAP knows.</param>
/// <param name="Keywords">All other flags, separated by spaces, each once; empty for none.</param>
/// <param name="Body">What does not change.</param>
[Immutable, GenerateSerializer]
public sealed record StoredMessage(
    [property: Id(0)] uint Uid, [property: Id(1)] ulong ModSeq, [property: Id(2)] SystemFlags Flags, [property: Id(3)] string Keywords,
    [property: Id(4)] MessageBody Body);

/// <summary>What does not change in a message, shared by all copies of it.</summary>
/// <param name="Place">Where its octets lie.</param>
/// <param name="SavedAt">When this server got it (RFC 8514 §2): what retention counts from (C9). No client can set it, and a copy keeps it.</param>
/// <param name="InternalDate">IMAP's INTERNALDATE, which a client may set.</param>
[Immutable, GenerateSerializer]
public sealed record MessageBody(
    [property: Id(0)] MessagePlace Place, [property: Id(1)] Instant SavedAt, [property: Id(2)] Instant InternalDate)
{
    /// <summary>Size in octets.</summary>
    public int Length => Place.Length;

    /// <summary>Envelope, structure and the like; null until somebody asked for it.</summary>
    [field: NonSerialized]
    public MessageSummary? Summary { get; set; }
}
