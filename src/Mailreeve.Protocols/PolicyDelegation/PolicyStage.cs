namespace Mailreeve.Protocols.PolicyDelegation;

/// <summary>How far the SMTP session is that a request is about: <c>protocol_state</c>.</summary>
public enum PolicyStage
{
    /// <summary>One that we do not know.</summary>
    Other,

    /// <summary>The client has connected.</summary>
    Connect,

    /// <summary>It said EHLO or HELO.</summary>
    Helo,

    /// <summary>MAIL.</summary>
    Mail,

    /// <summary>RCPT; there is a recipient.</summary>
    Rcpt,

    /// <summary>DATA; the recipients are counted.</summary>
    Data,

    /// <summary>The message has come whole, and is not acknowledged yet.</summary>
    EndOfMessage,
}
