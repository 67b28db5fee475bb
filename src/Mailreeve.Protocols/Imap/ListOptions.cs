namespace Mailreeve.Protocols.Imap;

/// <summary>Which mailboxes LIST looks for (RFC 5258 §3.1).</summary>
[Flags]
public enum ListSelection
{
    /// <summary>All that match.</summary>
    None = 0,

    /// <summary>SUBSCRIBED: those subscribed to, existing or not.</summary>
    Subscribed = 1,

    /// <summary>REMOTE: also those on other servers, of which there are none.</summary>
    Remote = 2,

    /// <summary>RECURSIVEMATCH: also those whose children are selected. Never alone.</summary>
    RecursiveMatch = 4,

    /// <summary>SPECIAL-USE: those with a special use (RFC 6154 §2).</summary>
    SpecialUse = 8,
}

/// <summary>What LIST tells about each mailbox (RFC 5258 §3.2).</summary>
[Flags]
public enum ListReturn
{
    /// <summary>Only what it tells anyway.</summary>
    None = 0,

    /// <summary>SUBSCRIBED: <c>\Subscribed</c> where that is so.</summary>
    Subscribed = 1,

    /// <summary>CHILDREN: <c>\HasChildren</c> or <c>\HasNoChildren</c>.</summary>
    Children = 2,

    /// <summary>SPECIAL-USE: <c>\Sent</c> and so on (RFC 6154 §2).</summary>
    SpecialUse = 4,

    /// <summary>STATUS: a STATUS reply after each LIST reply (RFC 5819 §2).</summary>
    Status = 8,
}

/// <summary>What a mailbox is for (RFC 6154 §2).</summary>
[Flags]
public enum SpecialUse
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary><c>\All</c>.</summary>
    All = 1,

    /// <summary><c>\Archive</c>.</summary>
    Archive = 2,

    /// <summary><c>\Drafts</c>.</summary>
    Drafts = 4,

    /// <summary><c>\Flagged</c>.</summary>
    Flagged = 8,

    /// <summary><c>\Junk</c>.</summary>
    Junk = 16,

    /// <summary><c>\Sent</c>.</summary>
    Sent = 32,

    /// <summary><c>\Trash</c>.</summary>
    Trash = 64,
}

/// <summary>What LIST and LSUB tell of a mailbox (RFC 3501 §7.2.2, RFC 5258 §3).</summary>
[Flags]
public enum ListAttributes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>\Noinferiors</c>: nothing can be created in it.</summary>
    NoInferiors = 1,

    /// <summary><c>\Noselect</c>: only a place that holds others.</summary>
    NoSelect = 2,

    /// <summary><c>\NonExistent</c>: a name that someone subscribed to, or that others begin with.</summary>
    NonExistent = 4,

    /// <summary><c>\HasChildren</c> (RFC 3348).</summary>
    HasChildren = 8,

    /// <summary><c>\HasNoChildren</c> (RFC 3348).</summary>
    HasNoChildren = 16,

    /// <summary><c>\Marked</c>: probably has new messages.</summary>
    Marked = 32,

    /// <summary><c>\Unmarked</c>: has no new messages.</summary>
    Unmarked = 64,

    /// <summary><c>\Subscribed</c>.</summary>
    Subscribed = 128,

    /// <summary><c>\Remote</c>.</summary>
    Remote = 256,
}
