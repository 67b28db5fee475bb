namespace Mailreeve.Protocols.Dns;

/// <summary>How a name server says that a question ended (RFC 1035 §4.1.1, RFC 6895 §2.3).</summary>
public enum DnsCode
{
    /// <summary>The name exists; it may have nothing of the kind that was asked for.</summary>
    NoError = 0,

    /// <summary>The question cannot be read.</summary>
    FormatError = 1,

    /// <summary>There is no such name, and none below it (RFC 8020).</summary>
    NoSuchName = 3,

    /// <summary>This is not done here.</summary>
    NotImplemented = 4,

    /// <summary>Not for you, or not about this name.</summary>
    Refused = 5,

    /// <summary>A version of EDNS that is not known (RFC 6891 §6.1.3).</summary>
    BadVersion = 16,
}
