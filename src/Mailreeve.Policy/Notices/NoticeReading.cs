using Mailreeve.Policy.Files;

namespace Mailreeve.Policy.Notices;

/// <summary>What came of reading a notice.</summary>
public abstract record NoticeReading
{
    private NoticeReading()
    {
    }

    /// <summary>It is in order.</summary>
    public sealed record Good(NoticeTemplate Template) : NoticeReading;

    /// <summary>It is not.</summary>
    /// <param name="Problems">All of them, in the order of the file. Never empty.</param>
    public sealed record Bad(IReadOnlyList<PolicyProblem> Problems) : NoticeReading;
}
