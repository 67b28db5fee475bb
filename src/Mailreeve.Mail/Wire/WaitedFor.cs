namespace Mailreeve.Mail.Wire;

/// <summary>What a wait for a command came to.</summary>
internal enum WaitedFor
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A line that was too long; it has been read to its end.</summary>
    TooLong,

    /// <summary>A line that ended in a bare LF.</summary>
    Malformed,

    /// <summary>Nothing came in time.</summary>
    Overdue,

    /// <summary>The server is going down.</summary>
    Stopping,

    /// <summary>The client is gone.</summary>
    HungUp,
}
