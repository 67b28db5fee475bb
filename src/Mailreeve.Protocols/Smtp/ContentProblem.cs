namespace Mailreeve.Protocols.Smtp;

/// <summary>Why the content of a message is refused.</summary>
public enum ContentProblem
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A CR that no LF follows, or an LF that no CR precedes (RFC 5321 §2.3.8). What others read as a line end: SMTP smuggling.</summary>
    BareCrOrLf,

    /// <summary>A NUL: no mail without BINARYMIME has one (RFC 5322 §4), and readers stop at it or skip it.</summary>
    Nul,

    /// <summary>More octets than allowed.</summary>
    TooBig,

    /// <summary>More octets before the first empty line than allowed.</summary>
    HeaderTooBig,

    /// <summary>A line longer than allowed.</summary>
    LineTooLong,
}
