using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Detections;

/// <summary>What a sensor says that it saw.</summary>
/// <param name="Address">Who attacked.</param>
/// <param name="Type">What it was, by its short name.</param>
/// <param name="Targets">How many hosts, ports, accounts or passwords were tried, 1–1,000,000.</param>
/// <param name="IsConnected">Whether a connection was made.</param>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Detail">What else there is to say, as it was sent; empty for nothing.</param>
public sealed record SaidDetection(Address Address, string Type, long Targets, bool IsConnected, Instant At, string Detail);

/// <summary>What is wrong with a detection.</summary>
/// <param name="Index">Which of them, from 0.</param>
/// <param name="Field">The field; empty for the whole.</param>
/// <param name="Problem">What is wrong, as a sentence with its remedy.</param>
public sealed record DetectionProblem(int Index, string Field, string Problem);

/// <summary>What was read.</summary>
public abstract record DetectionReading
{
    private DetectionReading()
    {
    }

    /// <summary>All of them, at least one.</summary>
    public sealed record Good(IReadOnlyList<SaidDetection> Seen) : DetectionReading;

    /// <summary>Mistakes, all of them; then nothing is taken.</summary>
    public sealed record Bad(IReadOnlyList<DetectionProblem> Problems) : DetectionReading;

    /// <summary>More than are taken at once.</summary>
    public sealed record TooMany(int Count) : DetectionReading;

    /// <summary>No JSON, or neither an object nor a list.</summary>
    /// <param name="Why">Where it ceases to be, as a sentence.</param>
    public sealed record NotJson(string Why) : DetectionReading;
}
