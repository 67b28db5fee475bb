namespace Mailreeve.Protocols.Pop3;

/// <summary>The command words of POP3 that this server tells apart.</summary>
public enum Pop3Verb
{
    /// <summary>Anything else; APOP too, which needs passwords that can be read.</summary>
    Unknown,

    /// <summary>USER (RFC 1939 §7).</summary>
    User,

    /// <summary>PASS (RFC 1939 §7).</summary>
    Pass,

    /// <summary>AUTH (RFC 5034 §4).</summary>
    Auth,

    /// <summary>STLS (RFC 2595 §4).</summary>
    Stls,

    /// <summary>CAPA (RFC 2449 §5).</summary>
    Capa,

    /// <summary>STAT (RFC 1939 §5).</summary>
    Stat,

    /// <summary>LIST (RFC 1939 §5).</summary>
    List,

    /// <summary>UIDL (RFC 1939 §7).</summary>
    Uidl,

    /// <summary>RETR (RFC 1939 §5).</summary>
    Retr,

    /// <summary>TOP (RFC 1939 §7).</summary>
    Top,

    /// <summary>DELE (RFC 1939 §5).</summary>
    Dele,

    /// <summary>NOOP (RFC 1939 §5).</summary>
    Noop,

    /// <summary>RSET (RFC 1939 §5).</summary>
    Rset,

    /// <summary>QUIT (RFC 1939 §6).</summary>
    Quit,

    /// <summary>A method of HTTP: a browser was tricked into talking to this port.</summary>
    Http,
}
