using NodaTime;

namespace Mailreeve.Protocols.Imap;

/// <summary>Fields that SEARCH has a key of its own for. For addresses, the key looks at names and addresses alike.</summary>
public enum EnvelopeField
{
    /// <summary>BCC.</summary>
    Bcc,

    /// <summary>CC.</summary>
    Cc,

    /// <summary>FROM.</summary>
    From,

    /// <summary>SUBJECT.</summary>
    Subject,

    /// <summary>TO.</summary>
    To,
}

/// <summary>Which date of a message.</summary>
public enum SearchDate
{
    /// <summary>INTERNALDATE, for BEFORE, ON and SINCE.</summary>
    Internal,

    /// <summary>The Date field, for SENTBEFORE, SENTON and SENTSINCE.</summary>
    Sent,

    /// <summary>When it was saved here, for SAVEDBEFORE, SAVEDON and SAVEDSINCE (RFC 8514 §4.3).</summary>
    Saved,
}

/// <summary>How the date of a message stands to that of the key. Time of day and zone do not count (RFC 3501 §6.4.4).</summary>
public enum DateRelation
{
    /// <summary>On an earlier day.</summary>
    Before,

    /// <summary>On that day.</summary>
    On,

    /// <summary>On that day or a later one.</summary>
    Since,
}

/// <summary>A condition on messages (RFC 3501 §6.4.4). Texts match anywhere and in any case.</summary>
public abstract record SearchKey
{
    private SearchKey()
    {
    }

    /// <summary>ALL.</summary>
    public sealed record All : SearchKey;

    /// <summary>ANSWERED, UNANSWERED, SEEN, RECENT, OLD and so on. NEW is both RECENT and UNSEEN.</summary>
    /// <param name="Which">One flag.</param>
    /// <param name="IsSet">Whether it must be set or not set.</param>
    public sealed record Flag(SystemFlags Which, bool IsSet) : SearchKey;

    /// <summary>KEYWORD, UNKEYWORD.</summary>
    /// <param name="Name">The keyword, in any case.</param>
    /// <param name="IsSet">Whether it must be set or not set.</param>
    public sealed record Keyword(string Name, bool IsSet) : SearchKey;

    /// <summary>FROM, TO, CC, BCC, SUBJECT.</summary>
    /// <param name="Field">Which.</param>
    /// <param name="Value">What it must contain; empty matches each message that has the field.</param>
    public sealed record Envelope(EnvelopeField Field, string Value) : SearchKey;

    /// <summary>HEADER.</summary>
    /// <param name="Name">The field, in any case.</param>
    /// <param name="Value">What it must contain; empty matches each message that has the field.</param>
    public sealed record Header(string Name, string Value) : SearchKey;

    /// <summary>BODY: in the message without its header.</summary>
    /// <param name="Value">What it must contain.</param>
    public sealed record Body(string Value) : SearchKey;

    /// <summary>TEXT: in header or body.</summary>
    /// <param name="Value">What it must contain.</param>
    public sealed record Text(string Value) : SearchKey;

    /// <summary>LARGER.</summary>
    /// <param name="SizeBytes">The message has more octets than this.</param>
    public sealed record Larger(long SizeBytes) : SearchKey;

    /// <summary>SMALLER.</summary>
    /// <param name="SizeBytes">The message has fewer octets than this.</param>
    public sealed record Smaller(long SizeBytes) : SearchKey;

    /// <summary>BEFORE, SENTON, SAVEDSINCE and so on.</summary>
    /// <param name="Which">Which date of the message.</param>
    /// <param name="Relation">How it stands to the day.</param>
    /// <param name="Day">The day.</param>
    public sealed record Date(SearchDate Which, DateRelation Relation, LocalDate Day) : SearchKey;

    /// <summary>SAVEDATESUPPORTED (RFC 8514 §4.3): true for all messages here, since each has a saved date.</summary>
    public sealed record SaveDateSupported : SearchKey;

    /// <summary>YOUNGER: INTERNALDATE within this time before now (RFC 5032 §3).</summary>
    /// <param name="Seconds">At least 1.</param>
    public sealed record Younger(long Seconds) : SearchKey;

    /// <summary>OLDER: INTERNALDATE this time before now or longer (RFC 5032 §3).</summary>
    /// <param name="Seconds">At least 1.</param>
    public sealed record Older(long Seconds) : SearchKey;

    /// <summary>MODSEQ (RFC 7162 §3.1.5). The metadata entry that may be named is ignored: there is one counter for each message.</summary>
    /// <param name="AtLeast">The smallest mod-sequence that matches.</param>
    public sealed record ModSeq(ulong AtLeast) : SearchKey;

    /// <summary>UID.</summary>
    /// <param name="Uids">UIDs; ones that do not exist match nothing.</param>
    public sealed record Uid(SequenceSet Uids) : SearchKey;

    /// <summary>A sequence set: message numbers.</summary>
    /// <param name="Numbers">Message numbers, or the saved result.</param>
    public sealed record Sequence(SequenceSet Numbers) : SearchKey;

    /// <summary>NOT.</summary>
    /// <param name="Key">What must not match.</param>
    public sealed record Not(SearchKey Key) : SearchKey;

    /// <summary>OR.</summary>
    /// <param name="Left">One.</param>
    /// <param name="Right">The other.</param>
    public sealed record Or(SearchKey Left, SearchKey Right) : SearchKey;

    /// <summary>Several keys in a row: all must match.</summary>
    /// <param name="Keys">Two or more.</param>
    public sealed record And(ImapList<SearchKey> Keys) : SearchKey;
}

/// <summary>What SEARCH and SORT return (RFC 4731 §3.1).</summary>
[Flags]
public enum SearchReturn
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>MIN: the smallest number.</summary>
    Min = 1,

    /// <summary>MAX: the largest number.</summary>
    Max = 2,

    /// <summary>ALL: all of them as one set. An empty list of options means this.</summary>
    All = 4,

    /// <summary>COUNT: how many.</summary>
    Count = 8,

    /// <summary>SAVE: keep the result as <c>$</c> (RFC 5182 §2.1); with nothing else asked for there is no ESEARCH reply.</summary>
    Save = 16,
}

/// <summary>What SORT sorts by (RFC 5256 §3).</summary>
public enum SortField
{
    /// <summary>ARRIVAL: INTERNALDATE.</summary>
    Arrival,

    /// <summary>CC: the mailbox (local part) of the first address.</summary>
    Cc,

    /// <summary>DATE: the Date field, else INTERNALDATE.</summary>
    Date,

    /// <summary>FROM: the mailbox (local part) of the first address.</summary>
    From,

    /// <summary>SIZE.</summary>
    Size,

    /// <summary>SUBJECT: the base subject (§2.1).</summary>
    Subject,

    /// <summary>TO: the mailbox (local part) of the first address.</summary>
    To,
}

/// <summary>One criterion of SORT.</summary>
/// <param name="Field">What to sort by.</param>
/// <param name="Reverse">Whether from large to small.</param>
public readonly record struct SortKey(SortField Field, bool Reverse);

/// <summary>How THREAD groups messages (RFC 5256 §3).</summary>
public enum ThreadAlgorithm
{
    /// <summary>ORDEREDSUBJECT.</summary>
    OrderedSubject,

    /// <summary>REFERENCES.</summary>
    References,
}
