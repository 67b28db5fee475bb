namespace Mailreeve.Protocols.Imap;

/// <summary>How a command ended, or what is said without one (RFC 3501 §7.1).</summary>
public enum ImapCondition
{
    /// <summary>OK: done.</summary>
    Ok,

    /// <summary>NO: understood, not done.</summary>
    No,

    /// <summary>BAD: not understood, or not allowed now.</summary>
    Bad,

    /// <summary>BYE: the connection closes. Never tagged.</summary>
    Bye,
}

/// <summary>A status response (RFC 3501 §7.1).</summary>
/// <remarks>
/// The text is cleaned when the reply is made: printable ASCII only, of a length that fits in a line, and never empty. Input of a client can
/// therefore be echoed, and cannot become a second response.
/// </remarks>
public sealed record ImapReply
{
    // Lines should be well below the 8192 octets that every client takes (RFC 7162 §4).
    private const int TextCharsMax = 500;

    private ImapReply(ImapCondition condition, ResponseCode? code, string text)
    {
        Condition = condition;
        Code = code;
        Text = Clean(text);
    }

    /// <summary>How it ended.</summary>
    public ImapCondition Condition { get; }

    /// <summary>What a program can act on; <see langword="null"/> for none.</summary>
    public ResponseCode? Code { get; }

    /// <summary>What a person can read.</summary>
    public string Text { get; }

    /// <summary>OK.</summary>
    public static ImapReply Ok(string text, ResponseCode? code = null) => new(ImapCondition.Ok, code, text);

    /// <summary>NO.</summary>
    public static ImapReply No(string text, ResponseCode? code = null) => new(ImapCondition.No, code, text);

    /// <summary>BAD.</summary>
    public static ImapReply Bad(string text, ResponseCode? code = null) => new(ImapCondition.Bad, code, text);

    /// <summary>BYE.</summary>
    public static ImapReply Bye(string text, ResponseCode? code = null) => new(ImapCondition.Bye, code, text);

    private static string Clean(string text) => text.Length == 0
        ? "-"
        : string.Create(Math.Min(text.Length, TextCharsMax), text, static (clean, source) =>
        {
            for (var i = 0; i < clean.Length; i++)
                clean[i] = source[i] is < ' ' or > '~' ? '?' : source[i];
        });
}
