using NodaTime;

namespace Mailreeve.Protocols.Imap;

/// <summary>One command of a client, read to the end (RFC 3501 §6). Mailbox names are decoded; <c>INBOX</c> in any case is <c>INBOX</c>.</summary>
/// <remarks>What a command may do in which state (RFC 3501 §3) is the session's to decide.</remarks>
public abstract record ImapCommand
{
    private ImapCommand(string tag) => Tag = tag;

    /// <summary>The tag that the answer carries; <c>*</c> when none could be read, which makes the answer untagged.</summary>
    public string Tag { get; }

    /// <summary>CAPABILITY (RFC 3501 §6.1.1).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Capability(string Tag) : ImapCommand(Tag);

    /// <summary>NOOP (RFC 3501 §6.1.2).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Noop(string Tag) : ImapCommand(Tag);

    /// <summary>LOGOUT (RFC 3501 §6.1.3).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Logout(string Tag) : ImapCommand(Tag);

    /// <summary>ID (RFC 2971 §3.1).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Fields">What the client says of itself; empty for NIL.</param>
    public sealed record Id(string Tag, ImapList<IdField> Fields) : ImapCommand(Tag);

    /// <summary>ENABLE (RFC 5161 §3.1).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Capabilities">In capitals; unknown ones are to be ignored.</param>
    public sealed record Enable(string Tag, ImapList<string> Capabilities) : ImapCommand(Tag);

    /// <summary>STARTTLS (RFC 3501 §6.2.1).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record StartTls(string Tag) : ImapCommand(Tag);

    /// <summary>AUTHENTICATE (RFC 3501 §6.2.2, RFC 4959).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mechanism">In capitals.</param>
    /// <param name="InitialResponse">Decoded; empty for <c>=</c>; <see langword="null"/> when the client waits for a challenge.</param>
    public sealed record Authenticate(string Tag, string Mechanism, byte[]? InitialResponse) : ImapCommand(Tag)
    {
        /// <summary>The command without its response: a password is in it.</summary>
        public override string ToString() => $"Authenticate {{ Tag = {Tag}, Mechanism = {Mechanism} }}";
    }

    /// <summary>LOGIN (RFC 3501 §6.2.3).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="User">As sent.</param>
    /// <param name="Password">As sent; never printed.</param>
    public sealed record Login(string Tag, string User, string Password) : ImapCommand(Tag)
    {
        /// <summary>The command without its password.</summary>
        public override string ToString() => $"Login {{ Tag = {Tag}, User = {User} }}";
    }

    /// <summary>SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    /// <param name="ReadOnly">Whether it is EXAMINE.</param>
    /// <param name="CondStore">Whether <c>(CONDSTORE)</c> stood behind it (RFC 7162 §3.1.8).</param>
    public sealed record Select(string Tag, string Mailbox, bool ReadOnly, bool CondStore) : ImapCommand(Tag);

    /// <summary>CREATE (RFC 3501 §6.3.3).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The new name; one that ends in the delimiter asks for a place to put mailboxes into.</param>
    /// <param name="Use">What <c>USE</c> asks for (RFC 6154 §3).</param>
    public sealed record Create(string Tag, string Mailbox, SpecialUse Use) : ImapCommand(Tag);

    /// <summary>DELETE (RFC 3501 §6.3.4).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    public sealed record Delete(string Tag, string Mailbox) : ImapCommand(Tag);

    /// <summary>RENAME (RFC 3501 §6.3.5).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="From">The name it has.</param>
    /// <param name="To">The name it gets.</param>
    public sealed record Rename(string Tag, string From, string To) : ImapCommand(Tag);

    /// <summary>SUBSCRIBE (RFC 3501 §6.3.6).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    public sealed record Subscribe(string Tag, string Mailbox) : ImapCommand(Tag);

    /// <summary>UNSUBSCRIBE (RFC 3501 §6.3.7).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    public sealed record Unsubscribe(string Tag, string Mailbox) : ImapCommand(Tag);

    /// <summary>LIST (RFC 3501 §6.3.8, RFC 5258, RFC 5819).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Reference">What the patterns stand behind; mostly empty.</param>
    /// <param name="Patterns">At least one; decoded, with <c>*</c> and <c>%</c> as wildcards. An empty one asks for the delimiter.</param>
    /// <param name="Selection">Which mailboxes.</param>
    /// <param name="Return">What to tell of them.</param>
    /// <param name="StatusItems">What the STATUS replies hold.</param>
    /// <param name="Extended">Whether it was written in the form of RFC 5258, whose replies differ a little: an empty pattern then is a name like any other.</param>
    public sealed record List(
        string Tag,
        string Reference,
        ImapList<string> Patterns,
        ListSelection Selection,
        ListReturn Return,
        StatusItems StatusItems,
        bool Extended) : ImapCommand(Tag);

    /// <summary>LSUB (RFC 3501 §6.3.9).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Reference">What the pattern stands behind; mostly empty.</param>
    /// <param name="Pattern">Decoded, with <c>*</c> and <c>%</c> as wildcards.</param>
    public sealed record Lsub(string Tag, string Reference, string Pattern) : ImapCommand(Tag);

    /// <summary>NAMESPACE (RFC 2342 §5).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Namespace(string Tag) : ImapCommand(Tag);

    /// <summary>STATUS (RFC 3501 §6.3.10).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    /// <param name="Items">At least one.</param>
    public sealed record Status(string Tag, string Mailbox, StatusItems Items) : ImapCommand(Tag);

    /// <summary>APPEND up to its first message, which follows as a literal (RFC 3501 §6.3.11). More may follow (RFC 3502).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    /// <param name="Message">What is said of the message.</param>
    public sealed record Append(string Tag, string Mailbox, AppendMessage Message) : ImapCommand(Tag);

    /// <summary>CHECK (RFC 3501 §6.4.1).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Check(string Tag) : ImapCommand(Tag);

    /// <summary>CLOSE (RFC 3501 §6.4.2).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Close(string Tag) : ImapCommand(Tag);

    /// <summary>UNSELECT (RFC 3691 §2).</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Unselect(string Tag) : ImapCommand(Tag);

    /// <summary>EXPUNGE (RFC 3501 §6.4.3) and UID EXPUNGE (RFC 4315 §2.1).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Uids">Only these; <see langword="null"/> for EXPUNGE.</param>
    public sealed record Expunge(string Tag, SequenceSet? Uids) : ImapCommand(Tag);

    /// <summary>IDLE (RFC 2177). It ends with a line DONE, which <see cref="ImapParser.IsDone"/> knows.</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record Idle(string Tag) : ImapCommand(Tag);

    /// <summary>SEARCH and UID SEARCH (RFC 3501 §6.4.4, RFC 4731, RFC 5182).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the answer has UIDs.</param>
    /// <param name="Key">What to look for.</param>
    /// <param name="Return">What to return, as ESEARCH; <see langword="null"/> asks for the old SEARCH reply.</param>
    public sealed record Search(string Tag, bool ByUid, SearchKey Key, SearchReturn? Return) : ImapCommand(Tag);

    /// <summary>SORT and UID SORT (RFC 5256 §3, RFC 5267 §3).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the answer has UIDs.</param>
    /// <param name="Order">At least one.</param>
    /// <param name="Key">What to look for.</param>
    /// <param name="Return">What to return, as ESEARCH; <see langword="null"/> asks for the SORT reply.</param>
    public sealed record Sort(string Tag, bool ByUid, ImapList<SortKey> Order, SearchKey Key, SearchReturn? Return) : ImapCommand(Tag);

    /// <summary>THREAD and UID THREAD (RFC 5256 §3).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the answer has UIDs.</param>
    /// <param name="Algorithm">How to group.</param>
    /// <param name="Key">What to look for.</param>
    public sealed record Thread(string Tag, bool ByUid, ThreadAlgorithm Algorithm, SearchKey Key) : ImapCommand(Tag);

    /// <summary>FETCH and UID FETCH (RFC 3501 §6.4.5, §6.4.8).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the set holds UIDs.</param>
    /// <param name="Messages">Which messages.</param>
    /// <param name="Items">What of them.</param>
    /// <param name="Sections">And which of their texts.</param>
    /// <param name="ChangedSince">Only messages with a larger mod-sequence (RFC 7162 §3.1.4.1); iOS sends 0, which means all. <see langword="null"/> when not given.</param>
    public sealed record Fetch(
        string Tag,
        bool ByUid,
        SequenceSet Messages,
        FetchItems Items,
        ImapList<FetchSection> Sections,
        ulong? ChangedSince) : ImapCommand(Tag);

    /// <summary>STORE and UID STORE (RFC 3501 §6.4.6, §6.4.8).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the set holds UIDs.</param>
    /// <param name="Messages">Which messages.</param>
    /// <param name="Mode">What to do with the flags.</param>
    /// <param name="Silent">Whether the client does not want to be told the new flags.</param>
    /// <param name="Flags">The flags.</param>
    /// <param name="UnchangedSince">Leave messages with a larger mod-sequence alone (RFC 7162 §3.1.3). <see langword="null"/> when not given.</param>
    public sealed record Store(
        string Tag,
        bool ByUid,
        SequenceSet Messages,
        StoreMode Mode,
        bool Silent,
        ImapFlags Flags,
        ulong? UnchangedSince) : ImapCommand(Tag);

    /// <summary>COPY and UID COPY (RFC 3501 §6.4.7, §6.4.8).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the set holds UIDs.</param>
    /// <param name="Messages">Which messages.</param>
    /// <param name="Mailbox">Where to.</param>
    public sealed record Copy(string Tag, bool ByUid, SequenceSet Messages, string Mailbox) : ImapCommand(Tag);

    /// <summary>MOVE and UID MOVE (RFC 6851 §3).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="ByUid">Whether the set holds UIDs.</param>
    /// <param name="Messages">Which messages.</param>
    /// <param name="Mailbox">Where to.</param>
    public sealed record Move(string Tag, bool ByUid, SequenceSet Messages, string Mailbox) : ImapCommand(Tag);

    /// <summary>GETQUOTA (RFC 9208 §4.1.1).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Root">The quota root.</param>
    public sealed record GetQuota(string Tag, string Root) : ImapCommand(Tag);

    /// <summary>GETQUOTAROOT (RFC 9208 §4.1.2).</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Mailbox">The mailbox.</param>
    public sealed record GetQuotaRoot(string Tag, string Mailbox) : ImapCommand(Tag);

    /// <summary>SETQUOTA (RFC 9208 §4.1.3). Quota is bought, not set: the session refuses it, whatever it asks for.</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record SetQuota(string Tag) : ImapCommand(Tag);

    /// <summary>A search in a character set that is not UTF-8 or US-ASCII: answered <c>NO [BADCHARSET (US-ASCII UTF-8)]</c>.</summary>
    /// <param name="Tag">The tag.</param>
    public sealed record BadCharset(string Tag) : ImapCommand(Tag);

    /// <summary>A command of a form that is not allowed: answered BAD.</summary>
    /// <param name="Tag">The tag, or <c>*</c>.</param>
    /// <param name="Reason">Why, without anything of what the client sent.</param>
    public sealed record Malformed(string Tag, string Reason) : ImapCommand(Tag);

    /// <summary>A word that is no command here: answered BAD.</summary>
    /// <param name="Tag">The tag.</param>
    /// <param name="Verb">In capitals, letters and digits only, 16 characters at most; for the journal.</param>
    public sealed record Unknown(string Tag, string Verb) : ImapCommand(Tag);
}

/// <summary>One field of ID (RFC 2971 §3.3).</summary>
/// <param name="Name">As sent.</param>
/// <param name="Value">As sent; <see langword="null"/> for NIL.</param>
public readonly record struct IdField(string Name, string? Value);

/// <summary>What stands before a message in APPEND.</summary>
/// <param name="Flags">The flags it gets.</param>
/// <param name="InternalDate">The INTERNALDATE it gets; <see langword="null"/> for now. It has no bearing on how long the message is kept.</param>
/// <param name="SizeBytes">Octets of the literal. Nothing has been checked about it.</param>
public sealed record AppendMessage(ImapFlags Flags, Instant? InternalDate, long SizeBytes);

/// <summary>What STORE does with the flags it names.</summary>
public enum StoreMode
{
    /// <summary>FLAGS: the message has these and no others.</summary>
    Replace,

    /// <summary>+FLAGS: the message gets these.</summary>
    Add,

    /// <summary>-FLAGS: the message loses these.</summary>
    Remove,
}
