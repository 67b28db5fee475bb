namespace Mailreeve.Mail.Outbound;

/// <summary>What has been sent since the start, and what waits, for metrics. Safe for use by many at once.</summary>
public sealed class OutboundCounters
{
    private long sent;
    private long deferred;
    private long failed;
    private long milliseconds;
    private long connections;

    /// <summary>Recipients whose message was taken by a server, or lies in a mailbox here.</summary>
    public long Sent => Volatile.Read(ref sent);

    /// <summary>Attempts that did not work and are made again.</summary>
    public long Deferred => Volatile.Read(ref deferred);

    /// <summary>Recipients that a message will not reach.</summary>
    public long Failed => Volatile.Read(ref failed);

    /// <summary>Seconds that messages which were sent had waited, all together.</summary>
    public double SecondsWaited => Volatile.Read(ref milliseconds) / 1000.0;

    /// <summary>Connections that were opened, or tried.</summary>
    public long Connections => Volatile.Read(ref connections);

    /// <summary>Recipients that wait, as last counted.</summary>
    public long Waiting { get; internal set; }

    /// <summary>Of those, the ones that are due, as last counted.</summary>
    public long Due { get; internal set; }

    internal void AddSent(NodaTime.Duration waited)
    {
        Interlocked.Increment(ref sent);
        Interlocked.Add(ref milliseconds, (long)waited.TotalMilliseconds);
    }

    internal void AddDeferred() => Interlocked.Increment(ref deferred);

    internal void AddFailed() => Interlocked.Increment(ref failed);

    internal void AddConnection() => Interlocked.Increment(ref connections);
}
