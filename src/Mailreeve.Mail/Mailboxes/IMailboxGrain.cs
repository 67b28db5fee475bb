using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>
/// The owner of a mailbox; its key is the mailbox's id. It gives UIDs, holds the list of messages, and is the only one that changes it.
/// What it shows stands on the <see cref="MailboxBoard"/>, from where sessions read; a change is there, and durable, when the call returns.
/// </summary>
/// <remarks>Only for mailboxes that exist: every call throws <see cref="KeyNotFoundException"/> otherwise.</remarks>
public interface IMailboxGrain : IGrainWithIntegerKey
{
    /// <summary>Puts the mailbox on the board, unless it is there.</summary>
    Task OpenAsync();

    /// <summary>Gives UIDs to messages that are about to be made durable. Each is then published or abandoned.</summary>
    /// <param name="folder">Where to; null for INBOX.</param>
    /// <param name="sizes">The size of each message in octets, in the order in which they come.</param>
    Task<Reservation> ReserveAsync(FolderId? folder, IReadOnlyList<long> sizes);

    /// <summary>Messages with reserved UIDs are durable. They are seen when the call returns, which waits for those with lower UIDs.</summary>
    Task PublishAsync(FolderId folder, IReadOnlyList<StoredMessage> messages);

    /// <summary>Messages with reserved UIDs will not come. The UIDs are not given again.</summary>
    Task AbandonAsync(FolderId folder, uint firstUid, int count);

    /// <summary>Changes flags (RFC 3501 §6.4.6; RFC 7162 §3.1.3).</summary>
    Task<FlagsStored> StoreAsync(FolderId folder, FlagChange change);

    /// <summary>Removes messages for good (RFC 3501 §6.4.3).</summary>
    /// <param name="folder">From where.</param>
    /// <param name="uids">Only these; null for all.</param>
    /// <param name="onlyDeleted">Only those that are marked <c>\Deleted</c>.</param>
    /// <returns>The UIDs that were removed, ascending.</returns>
    Task<IReadOnlyList<uint>> ExpungeAsync(FolderId folder, IReadOnlyList<uint>? uids, bool onlyDeleted);

    /// <summary>Copies messages (RFC 3501 §6.4.7), or moves them (RFC 6851). Flags, INTERNALDATE and the time of saving go along; a move is one act.</summary>
    Task<Copied> CopyAsync(FolderId from, IReadOnlyList<uint> uids, FolderId to, bool move);

    /// <summary>Makes a folder, and those above it that are missing.</summary>
    Task<FolderOutcome> CreateFolderAsync(string name, SpecialUse use);

    /// <summary>Removes a folder and what is in it; not one that has others below it, nor INBOX.</summary>
    Task<FolderOutcome> DeleteFolderAsync(string name);

    /// <summary>Renames a folder and all below it; of INBOX only the messages move (RFC 3501 §6.3.5).</summary>
    Task<FolderOutcome> RenameFolderAsync(string from, string to);

    /// <summary>Says whether clients show a folder.</summary>
    Task<FolderOutcome> SubscribeAsync(string name, bool subscribed);

    /// <summary>The UID from which on messages are <c>\Recent</c> to the session that asks, which is the only one to be told so.</summary>
    Task<uint> TakeRecentAsync(FolderId folder);

    /// <summary>Takes the lock that a POP3 session holds (RFC 1939 §4); false when another one has it.</summary>
    /// <param name="session">Names the session.</param>
    Task<bool> LockAsync(string session);

    /// <summary>Gives the lock back, if the session has it.</summary>
    Task UnlockAsync(string session);

    /// <summary>Removes what was saved before (C9).</summary>
    /// <returns>How many messages.</returns>
    Task<int> ExpireAsync(Instant savedBefore);
}
