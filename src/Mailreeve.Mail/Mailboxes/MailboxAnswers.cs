using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>UIDs that were given, or why not.</summary>
/// <param name="Outcome">Whether.</param>
/// <param name="Folder">The folder.</param>
/// <param name="UidValidity">Its UIDVALIDITY.</param>
/// <param name="FirstUid">The first message's UID; the others follow.</param>
/// <param name="FirstModSeq">The first message's modification sequence; the others follow.</param>
[Immutable, GenerateSerializer]
public sealed record Reservation(
    [property: Id(0)] ReserveOutcome Outcome, [property: Id(1)] FolderId Folder, [property: Id(2)] uint UidValidity,
    [property: Id(3)] uint FirstUid, [property: Id(4)] ulong FirstModSeq);

/// <summary>Whether messages may come.</summary>
public enum ReserveOutcome
{
    /// <summary>They may.</summary>
    Reserved,

    /// <summary>They would not fit (C9).</summary>
    OverQuota,

    /// <summary>The folder is gone.</summary>
    NoFolder,
}

/// <summary>A change of flags.</summary>
[Immutable, GenerateSerializer]
public sealed record FlagChange
{
    /// <summary>Of these messages; UIDs that are gone are passed over.</summary>
    [Id(0)]
    public required IReadOnlyList<uint> Uids { get; init; }

    /// <summary>What is done with the flags.</summary>
    [Id(1)]
    public required StoreMode Operation { get; init; }

    /// <summary>The flags that IMAP knows.</summary>
    [Id(2)]
    public required SystemFlags Flags { get; init; }

    /// <summary>Other flags.</summary>
    [Id(3)]
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>Messages that were changed after this are left alone (RFC 7162 §3.1.3); null to change all.</summary>
    [Id(4)]
    public ulong? UnchangedSince { get; init; }
}

/// <summary>What came of a change of flags.</summary>
/// <param name="Modified">UIDs that were left alone because they had changed meanwhile.</param>
/// <param name="TooManyKeywords">The folder has as many keywords as it may; nothing was changed.</param>
[Immutable, GenerateSerializer]
public sealed record FlagsStored([property: Id(0)] IReadOnlyList<uint> Modified, [property: Id(1)] bool TooManyKeywords);

/// <summary>What came of a copy.</summary>
/// <param name="Outcome">Whether.</param>
/// <param name="UidValidity">Of the folder that was copied to.</param>
/// <param name="From">UIDs that were copied, ascending.</param>
/// <param name="To">The UIDs that they got, in the same order.</param>
[Immutable, GenerateSerializer]
public sealed record Copied(
    [property: Id(0)] ReserveOutcome Outcome, [property: Id(1)] uint UidValidity,
    [property: Id(2)] IReadOnlyList<uint> From, [property: Id(3)] IReadOnlyList<uint> To);

/// <summary>What came of a change of folders.</summary>
public enum FolderOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>There is one of that name.</summary>
    Exists,

    /// <summary>There is none of that name.</summary>
    Missing,

    /// <summary>There are others below it.</summary>
    HasChildren,

    /// <summary>That cannot be done with INBOX.</summary>
    IsInbox,

    /// <summary>The name cannot be one.</summary>
    BadName,

    /// <summary>There are as many as there may be.</summary>
    TooMany,

    /// <summary>Another folder is for that already (RFC 6154 §3).</summary>
    UseTaken,
}
