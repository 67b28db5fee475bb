using Mailreeve.Protocols.Flows;

namespace Mailreeve.Network.Detections;

/// <summary>What became of datagrams with flows. Read while another counts.</summary>
public sealed class FlowCounts
{
    private readonly long[] byOutcome = new long[Enum.GetValues<FlowOutcome>().Length];
    private long unknown;
    private long records;

    /// <summary>From somewhere that is no exporter's.</summary>
    public long Unknown => Volatile.Read(ref unknown);

    /// <summary>Records read.</summary>
    public long Records => Volatile.Read(ref records);

    /// <summary>Datagrams that were this.</summary>
    public long Of(FlowOutcome outcome) => Volatile.Read(ref byOutcome[(int)outcome]);

    internal void Add(FlowOutcome outcome, int count)
    {
        Interlocked.Increment(ref byOutcome[(int)outcome]);
        Interlocked.Add(ref records, count);
    }

    internal void AddUnknown() => Interlocked.Increment(ref unknown);
}
