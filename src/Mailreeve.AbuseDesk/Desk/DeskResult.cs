namespace Mailreeve.AbuseDesk.Desk;

/// <summary>What came of something a person asked for.</summary>
public abstract record DeskResult
{
    private DeskResult()
    {
    }

    /// <summary>It is done, and on disk.</summary>
    public sealed record Done : DeskResult;

    /// <summary>It was not done.</summary>
    /// <param name="Why">As a sentence to the one who asked.</param>
    public sealed record Refused(string Why) : DeskResult;
}
