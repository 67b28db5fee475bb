using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>What there is to count about relay tests. Read from other threads.</summary>
public sealed class RelayFigures
{
    private long rounds;
    private long milliseconds;
    private volatile IReadOnlyList<RelayRunCount> runs = [];

    /// <summary>Runs by where they stand and what they have shown, as counted once a minute where they are made.</summary>
    public IReadOnlyList<RelayRunCount> Runs
    {
        get => runs;
        internal set => runs = value;
    }

    /// <summary>Rounds of runs that were made since the start.</summary>
    public long Rounds => Volatile.Read(ref rounds);

    /// <summary>Seconds that they took.</summary>
    public double Seconds => Volatile.Read(ref milliseconds) / 1000.0;

    internal void Made(Duration took)
    {
        Interlocked.Increment(ref rounds);
        Interlocked.Add(ref milliseconds, Math.Max(0, (long)took.TotalMilliseconds));
    }
}
