namespace Mailreeve.Policy.Relay;

/// <summary>What a test has shown, from nothing to proof. Only the last says that the server relays.</summary>
public enum RelayVerdict
{
    /// <summary>It has not been made yet.</summary>
    Waiting,

    /// <summary>It cannot be made: a name that it needs is not known.</summary>
    Omitted,

    /// <summary>The server put it off (4xx). That may be how it refuses, or greylisting: it is made again.</summary>
    PutOff,

    /// <summary>The sender or the recipient was refused.</summary>
    Refused,

    /// <summary>The recipient was taken, the message was not.</summary>
    TookRecipient,

    /// <summary>The message was taken. Whether it is passed on, bounced or kept is to be seen.</summary>
    TookMessage,

    /// <summary>The message was taken, and has not arrived within the time.</summary>
    NotRelayed,

    /// <summary>The message arrived, and nothing shows that it came through the tested address.</summary>
    CameElsewhere,

    /// <summary>The message arrived, and the tested address is in its way.</summary>
    Proven,
}

/// <summary>How far the conversation of a run has come.</summary>
public enum RelayDialogue
{
    /// <summary>It has not begun, or is to go on.</summary>
    Open,

    /// <summary>All tests were made that can be made, or one was proven.</summary>
    Complete,

    /// <summary>Nobody answered at any of the ports.</summary>
    Unreachable,

    /// <summary>The server does not talk to us at all. Whom else it talks to, nobody knows.</summary>
    RefusesTester,

    /// <summary>It ended before all tests were made.</summary>
    BrokenOff,
}

/// <summary>What a run has shown.</summary>
public enum RelayRunVerdict
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>A test is proven.</summary>
    Open,

    /// <summary>All tests were made, and nothing was relayed.</summary>
    Closed,

    /// <summary>All tests were made; some messages were taken, and may still arrive.</summary>
    Pending,

    /// <summary>Nobody answers.</summary>
    Unreachable,

    /// <summary>The server does not talk to us.</summary>
    RefusesTester,

    /// <summary>Not all tests could be made.</summary>
    Incomplete,

    /// <summary>A person must look: something arrived another way, or could not have arrived.</summary>
    Unclear,

    /// <summary>It may not be tested, or not any more.</summary>
    NotAllowed,
}
