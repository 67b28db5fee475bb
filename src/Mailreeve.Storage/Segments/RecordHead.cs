using Mailreeve.Policy;
using NodaTime;

namespace Mailreeve.Storage.Segments;

/// <summary>What stands before a message in its record: enough to make its rows again after a crash.</summary>
public sealed record RecordHead
{
    /// <summary>When the server saved it, by its own clock; retention (C9) counts from here. Kept to 100 ns.</summary>
    public required Instant SavedAt { get; init; }

    /// <summary>INTERNALDATE (RFC 3501 §2.3.3): what a client may set at APPEND. Kept to 100 ns.</summary>
    public required Instant InternalDate { get; init; }

    /// <summary>Envelope sender; empty for the null sender and for APPEND. At most 65,535 octets in UTF-8.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>The folders it is in from the start; each is a message of its own to its mailbox.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }
}

/// <summary>A message's entry in one folder, with the UID that the mailbox gave it.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Uid">Its UID in the folder (RFC 3501 §2.3.1.1).</param>
/// <param name="ModSeq">Its modification sequence number (RFC 7162 §3.1).</param>
/// <param name="Flags">System flags as bits; what each means is the mailbox's affair.</param>
/// <param name="Keywords">Keywords, separated by one space each. At most 65,535 octets in UTF-8.</param>
public sealed record Delivery(MailboxId Mailbox, FolderId Folder, uint Uid, ulong ModSeq, long Flags, string Keywords);
