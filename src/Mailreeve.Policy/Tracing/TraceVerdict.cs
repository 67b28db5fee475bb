namespace Mailreeve.Policy.Tracing;

/// <summary>What a trace is worth.</summary>
public enum TraceVerdict
{
    /// <summary>There is no trace of ours.</summary>
    NotOurs,

    /// <summary>Ours, and the message is as it was handed in.</summary>
    Genuine,

    /// <summary>Ours; the header alone was shown, so nothing is known about the body.</summary>
    GenuineHeader,

    /// <summary>Ours; the body was cut, redacted or changed on its way.</summary>
    GenuineChanged,

    /// <summary>The id is ours, and only whoever saw the message can know it; but there was no code to check.</summary>
    IdOnly,

    /// <summary>Ours, but made with a key that was retired long ago: nobody is sent a warning for that by a program.</summary>
    Stale,

    /// <summary>Not made by us, whatever it says.</summary>
    Forged,

    /// <summary>Ours, but on a message that its sender did not send.</summary>
    Replayed,
}
