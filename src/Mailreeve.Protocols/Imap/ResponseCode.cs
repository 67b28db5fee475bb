namespace Mailreeve.Protocols.Imap;

/// <summary>The part of a status response that is for programs: <c>[OVERQUOTA]</c> (RFC 3501 §7.1, RFC 5530 §3).</summary>
public abstract record ResponseCode
{
    private ResponseCode()
    {
    }

    /// <summary>ALERT: the text must be shown to the user. Never before TLS.</summary>
    public static readonly ResponseCode Alert = new Word("ALERT");

    /// <summary>ALREADYEXISTS: CREATE and RENAME, the name is taken.</summary>
    public static readonly ResponseCode AlreadyExists = new Word("ALREADYEXISTS");

    /// <summary>AUTHENTICATIONFAILED: name or password is wrong, and which is not said.</summary>
    public static readonly ResponseCode AuthenticationFailed = new Word("AUTHENTICATIONFAILED");

    /// <summary>AUTHORIZATIONFAILED: signed in, but not allowed here.</summary>
    public static readonly ResponseCode AuthorizationFailed = new Word("AUTHORIZATIONFAILED");

    /// <summary>BADCHARSET, with the ones that are known (RFC 3501 §6.4.4).</summary>
    public static readonly ResponseCode BadCharset = new Word("BADCHARSET (US-ASCII UTF-8)");

    /// <summary>CANNOT: never possible, as a name with a character that is not allowed.</summary>
    public static readonly ResponseCode Cannot = new Word("CANNOT");

    /// <summary>CLIENTBUG: it worked, but the client should not have asked.</summary>
    public static readonly ResponseCode ClientBug = new Word("CLIENTBUG");

    /// <summary>CLOSED: from here on responses are about the mailbox that is being selected (RFC 7162 §3.2.11).</summary>
    public static readonly ResponseCode Closed = new Word("CLOSED");

    /// <summary>CONTACTADMIN: the operator has to help.</summary>
    public static readonly ResponseCode ContactAdmin = new Word("CONTACTADMIN");

    /// <summary>EXPIRED: the password is right and no longer valid.</summary>
    public static readonly ResponseCode Expired = new Word("EXPIRED");

    /// <summary>EXPUNGEISSUED: a message that was asked for has just gone.</summary>
    public static readonly ResponseCode ExpungeIssued = new Word("EXPUNGEISSUED");

    /// <summary>HASCHILDREN: DELETE of a mailbox that has others in it.</summary>
    public static readonly ResponseCode HasChildren = new Word("HASCHILDREN");

    /// <summary>INUSE: someone else has it; POP3, for one.</summary>
    public static readonly ResponseCode InUse = new Word("INUSE");

    /// <summary>LIMIT: a limit that is not the quota.</summary>
    public static readonly ResponseCode Limit = new Word("LIMIT");

    /// <summary>NOMODSEQ: no mod-sequences are kept for the mailbox (RFC 7162 §3.1.2.2).</summary>
    public static readonly ResponseCode NoModSeq = new Word("NOMODSEQ");

    /// <summary>NONEXISTENT: there is no such mailbox.</summary>
    public static readonly ResponseCode NonExistent = new Word("NONEXISTENT");

    /// <summary>NOPERM: not for this user.</summary>
    public static readonly ResponseCode NoPerm = new Word("NOPERM");

    /// <summary>NOTSAVED: there is no saved search result (RFC 5182 §2.1).</summary>
    public static readonly ResponseCode NotSaved = new Word("NOTSAVED");

    /// <summary>OVERQUOTA: the mailbox is full (RFC 9208 §4.3.1).</summary>
    public static readonly ResponseCode OverQuota = new Word("OVERQUOTA");

    /// <summary>PARSE: a message could not be parsed.</summary>
    public static readonly ResponseCode Parse = new Word("PARSE");

    /// <summary>PRIVACYREQUIRED: only over TLS.</summary>
    public static readonly ResponseCode PrivacyRequired = new Word("PRIVACYREQUIRED");

    /// <summary>READ-ONLY: EXAMINE, and mailboxes that cannot be changed.</summary>
    public static readonly ResponseCode ReadOnly = new Word("READ-ONLY");

    /// <summary>READ-WRITE: SELECT.</summary>
    public static readonly ResponseCode ReadWrite = new Word("READ-WRITE");

    /// <summary>SERVERBUG: we are at fault.</summary>
    public static readonly ResponseCode ServerBug = new Word("SERVERBUG");

    /// <summary>TOOBIG: larger than any message may be (RFC 7889).</summary>
    public static readonly ResponseCode TooBig = new Word("TOOBIG");

    /// <summary>TRYCREATE: APPEND, COPY and MOVE to a mailbox that could be created.</summary>
    public static readonly ResponseCode TryCreate = new Word("TRYCREATE");

    /// <summary>UNAVAILABLE: not now; later perhaps.</summary>
    public static readonly ResponseCode Unavailable = new Word("UNAVAILABLE");

    /// <summary>USEATTR: CREATE with a special use that cannot be given (RFC 6154 §3).</summary>
    public static readonly ResponseCode UseAttr = new Word("USEATTR");

    internal abstract void WriteTo(ImapWriter writer);

    /// <summary>CAPABILITY: what the server can, without being asked.</summary>
    /// <param name="Capabilities">Divided by blanks, <c>IMAP4rev1</c> first.</param>
    public sealed record Capability(string Capabilities) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("CAPABILITY "u8).Ascii(Capabilities);
    }

    /// <summary>PERMANENTFLAGS: the flags that last.</summary>
    /// <param name="Flags">The flags.</param>
    /// <param name="AllowsNew">Whether a client can make up keywords: <c>\*</c>.</param>
    public sealed record PermanentFlags(ImapFlags Flags, bool AllowsNew) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("PERMANENTFLAGS "u8).FlagList(Flags, AllowsNew);
    }

    /// <summary>UIDNEXT.</summary>
    /// <param name="Uid">At least what the next message gets.</param>
    public sealed record UidNext(uint Uid) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("UIDNEXT "u8).Number(Uid);
    }

    /// <summary>UIDVALIDITY.</summary>
    /// <param name="Value">At least 1.</param>
    public sealed record UidValidity(uint Value) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("UIDVALIDITY "u8).Number(Value);
    }

    /// <summary>UNSEEN.</summary>
    /// <param name="Number">The number of the first unread message.</param>
    public sealed record Unseen(uint Number) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("UNSEEN "u8).Number(Number);
    }

    /// <summary>HIGHESTMODSEQ (RFC 7162 §3.1.2.1).</summary>
    /// <param name="Value">At least 1.</param>
    public sealed record HighestModSeq(ulong Value) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("HIGHESTMODSEQ "u8).Number(Value);
    }

    /// <summary>APPENDUID (RFC 4315 §3).</summary>
    /// <param name="Validity">UIDVALIDITY of the mailbox appended to.</param>
    /// <param name="Uids">What the messages got, in the order they came.</param>
    public sealed record AppendUid(uint Validity, ImapList<uint> Uids) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("APPENDUID "u8).Number(Validity).Text(" "u8).Set(Uids.AsSpan());
    }

    /// <summary>COPYUID (RFC 4315 §3), for MOVE in an untagged OK before the EXPUNGE responses (RFC 6851 §4.3).</summary>
    /// <param name="Validity">UIDVALIDITY of the mailbox copied to.</param>
    /// <param name="From">UIDs of the messages that were copied.</param>
    /// <param name="To">UIDs of the copies, in the same order.</param>
    public sealed record CopyUid(uint Validity, ImapList<uint> From, ImapList<uint> To) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) =>
            writer.Text("COPYUID "u8).Number(Validity).Text(" "u8).Set(From.AsSpan()).Text(" "u8).Set(To.AsSpan());
    }

    /// <summary>MODIFIED (RFC 7162 §3.1.3): STORE left these alone.</summary>
    /// <param name="Numbers">Message numbers, or UIDs for UID STORE; at least one.</param>
    public sealed record Modified(ImapList<uint> Numbers) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Text("MODIFIED "u8).Set(Numbers.AsSpan());
    }

    private sealed record Word(string Name) : ResponseCode
    {
        internal override void WriteTo(ImapWriter writer) => writer.Ascii(Name);
    }
}
