namespace Mailreeve.Protocols.Imap;

/// <summary>What STATUS asks for.</summary>
[Flags]
public enum StatusItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>MESSAGES (RFC 3501 §6.3.10).</summary>
    Messages = 1,

    /// <summary>RECENT (RFC 3501 §6.3.10).</summary>
    Recent = 2,

    /// <summary>UIDNEXT (RFC 3501 §6.3.10).</summary>
    UidNext = 4,

    /// <summary>UIDVALIDITY (RFC 3501 §6.3.10).</summary>
    UidValidity = 8,

    /// <summary>UNSEEN: how many are unread (RFC 3501 §6.3.10).</summary>
    Unseen = 16,

    /// <summary>SIZE: octets of all messages (RFC 8438 §3).</summary>
    Size = 32,

    /// <summary>HIGHESTMODSEQ (RFC 7162 §3.1.7).</summary>
    HighestModSeq = 64,

    /// <summary>DELETED: how many are marked so (RFC 9208 §4.1.4).</summary>
    Deleted = 128,

    /// <summary>APPENDLIMIT: octets of the largest message taken (RFC 7889).</summary>
    AppendLimit = 256,
}

/// <summary>What STATUS tells.</summary>
public readonly record struct StatusFigures
{
    /// <summary>How many messages.</summary>
    public uint Messages { get; init; }

    /// <summary>How many no session has been told of.</summary>
    public uint Recent { get; init; }

    /// <summary>At least the UID of the next message.</summary>
    public uint UidNext { get; init; }

    /// <summary>At least 1.</summary>
    public uint UidValidity { get; init; }

    /// <summary>How many are unread.</summary>
    public uint Unseen { get; init; }

    /// <summary>Octets of all messages.</summary>
    public ulong SizeBytes { get; init; }

    /// <summary>At least 1.</summary>
    public ulong HighestModSeq { get; init; }

    /// <summary>How many are marked as deleted.</summary>
    public uint Deleted { get; init; }

    /// <summary>Octets of the largest message that APPEND takes.</summary>
    public ulong AppendLimitBytes { get; init; }
}
