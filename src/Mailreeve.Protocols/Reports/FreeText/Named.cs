using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>One resource that a report names, with all that its mentions say about it.</summary>
internal sealed class Named(Mention first)
{
    public Mention First { get; } = first;

    public Address? Address => First.Address;

    /// <summary>Mentions that say each part.</summary>
    public Dictionary<Part, int> Said { get; } = [];

    public bool IsInSubject { get; set; }

    /// <summary>Has a line, or a field of its own.</summary>
    public bool StandsOut { get; set; }

    /// <summary>The field of its own has a label that says more than "IP address", but nothing that we know.</summary>
    public bool IsOddlyLabelled { get; set; }

    public bool IsDefanged { get; set; }

    /// <summary>Only in the message that is complained about, behind its header.</summary>
    public bool IsInEvidence { get; set; } = true;

    /// <summary>The kind that the heading above it speaks of.</summary>
    public AbuseType? Type { get; set; }

    public ReportedTime Time { get; private set; } = ReportedTime.Missing;

    public int? Port { get; set; }

    private int rank = int.MaxValue;

    /// <summary>Takes a time that is nearer than the one so far.</summary>
    /// <param name="time">The time.</param>
    /// <param name="nearness">0: same line; more is farther.</param>
    public void Offer(ReportedTime time, int nearness)
    {
        // A bare date beside it says less than a full time near it, and of two in the same line the one with a zone says more.
        nearness *= 2;
        if (time.Confidence == TimeConfidence.Day)
            nearness += 6;
        else if (time.Confidence == TimeConfidence.NoZone)
            nearness++;
        if (nearness >= rank)
            return;
        (rank, Time) = (nearness, time);
    }

    public int Count(Part part) => Said.GetValueOrDefault(part);
}
