namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>How much of the message a notification brings back (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>The sender did not say.</summary>
    Unsaid,

    /// <summary>All of it.</summary>
    Full,

    /// <summary>Its header.</summary>
    Headers,
}

/// <summary>Of what the sender wants to be told (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>The sender did not say.</summary>
    Unsaid = 0,

    /// <summary>Of nothing; it stands alone.</summary>
    Never = 1,

    /// <summary>That it arrived.</summary>
    Success = 2,

    /// <summary>That it did not.</summary>
    Failure = 4,

    /// <summary>That it is late.</summary>
    Delay = 8,
}
