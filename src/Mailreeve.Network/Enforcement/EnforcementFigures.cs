namespace Mailreeve.Network.Enforcement;

/// <summary>What there is to count about a back end since the program started. Read from other threads.</summary>
public sealed class EnforcementFigures
{
    private long elements;
    private long drift;
    private long comparisons;
    private long failures;

    /// <summary>Entries in force.</summary>
    public long Elements
    {
        get => Volatile.Read(ref elements);
        internal set => Volatile.Write(ref elements, value);
    }

    /// <summary>Entries that others had changed and that were put right.</summary>
    public long Drift => Volatile.Read(ref drift);

    /// <summary>Times that the whole was read back and was, or was made, as it should be.</summary>
    public long Comparisons => Volatile.Read(ref comparisons);

    /// <summary>Times that the back end failed.</summary>
    public long Failures => Volatile.Read(ref failures);

    /// <summary>What keeps it from enforcing; null when nothing does.</summary>
    public string? Problem { get; internal set; }

    internal void Drifted(long count) => Interlocked.Add(ref drift, count);

    internal void Compared()
    {
        Interlocked.Increment(ref comparisons);
        Problem = null;
    }

    internal void Failed() => Interlocked.Increment(ref failures);
}
