namespace Mailreeve.Protocols.Imap;

/// <summary>How much a client may say at once. What is over a limit is answered with BAD or NO; nothing is held beyond it.</summary>
public sealed record ImapLimits
{
    /// <summary>The limits as they are when nobody sets others.</summary>
    public static readonly ImapLimits Default = new();

    /// <summary>Octets of a tag. Default 128, Stalwart's; clients use 4 to 12.</summary>
    public int TagBytesMax { get; init; } = 128;

    /// <summary>Octets of a command before sign-in, literals included. Default 8 KiB, Dovecot's: a stranger gets no more memory than this.</summary>
    public int CommandBytesMaxBeforeLogin { get; init; } = 8 << 10;

    /// <summary>Octets of one line of a command. Default 64 KiB, Dovecot's; RFC 7162 §4 asks for 8192 and more.</summary>
    public int LineBytesMax { get; init; } = 64 << 10;

    /// <summary>Octets of a command with the literals that are gathered into it. Default 256 KiB: four full lines.</summary>
    public int CommandBytesMax { get; init; } = 256 << 10;

    /// <summary>Octets of one literal that is an argument (a name, a search text). Default 100 KiB, mox's. A message to APPEND has its own limit: the quota.</summary>
    public int ArgumentLiteralBytesMax { get; init; } = 100 << 10;

    /// <summary>Literals in one command. Default 100: the command so far is read anew at each, and clients send two or three.</summary>
    public int LiteralsMax { get; init; } = 100;

    /// <summary>
    /// Octets of a refused <c>{n+}</c> that are read and thrown away to stay in step (RFC 7888 §4); beyond it the connection closes.
    /// Default 64 MiB: more than the largest message a customer may keep with the first step of paid storage.
    /// </summary>
    public long DiscardBytesMax { get; init; } = 64L << 20;

    /// <summary>Ranges in one sequence set. Default 10,000: what fits in a line of 64 KiB with five digits each.</summary>
    public int SequenceRangesMax { get; init; } = 10_000;

    /// <summary>Search keys in one command, nested ones included. Default 1000: each is tried on every message.</summary>
    public int SearchKeysMax { get; init; } = 1000;

    /// <summary>How deep NOT, OR and parentheses may stand in each other. Default 32; clients that search several words chain OR about ten deep.</summary>
    public int SearchDepthMax { get; init; } = 32;

    /// <summary>Items of any other list in a command: fetch items, header fields, patterns, ID fields. Default 256; Thunderbird asks for about twenty.</summary>
    public int ListItemsMax { get; init; } = 256;

    /// <summary>Fields of ID. Default 30 (RFC 2971 §3.3).</summary>
    public int IdFieldsMax { get; init; } = 30;

    /// <summary>Octets of a value of ID. Default 1024 (RFC 2971 §3.3).</summary>
    public int IdValueBytesMax { get; init; } = 1024;

    /// <summary>Octets of a keyword (a flag that a client made up). Default 64; the longest in wide use have about thirty.</summary>
    public int KeywordBytesMax { get; init; } = 64;

    /// <summary>Keywords in one flag list. Default 64; Thunderbird's labels and the <c>$</c> keywords of RFC 5788 come to about thirty.</summary>
    public int KeywordsMax { get; init; } = 64;

    /// <summary>Characters of a mailbox name. Default 255, as of a file name.</summary>
    public int MailboxNameCharsMax { get; init; } = 255;

    /// <summary>Numbers in a body section like <c>1.2.3</c>. Default 100, Postfix's depth of MIME.</summary>
    public int SectionDepthMax { get; init; } = 100;
}
