namespace Mailreeve.Protocols.Imap;

/// <summary>The flags that the protocol defines (RFC 3501 §2.3.2).</summary>
[Flags]
public enum SystemFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>\Seen</c>: read.</summary>
    Seen = 1,

    /// <summary><c>\Answered</c>.</summary>
    Answered = 2,

    /// <summary><c>\Flagged</c>.</summary>
    Flagged = 4,

    /// <summary><c>\Deleted</c>: goes with the next EXPUNGE.</summary>
    Deleted = 8,

    /// <summary><c>\Draft</c>.</summary>
    Draft = 16,

    /// <summary><c>\Recent</c>: this session is the first to see it. Clients cannot set it.</summary>
    Recent = 32,
}

/// <summary>Flags of a message.</summary>
/// <param name="System">The protocol's own.</param>
/// <param name="Keywords">The clients' own, as written, each once. They are compared without regard to case.</param>
public sealed record ImapFlags(SystemFlags System, ImapList<string> Keywords)
{
    /// <summary>No flag.</summary>
    public static readonly ImapFlags None = new(SystemFlags.None, []);
}
