namespace Mailreeve.Storage.Segments;

/// <summary>Something in the journal is wrong though it had been on disk: acknowledged mail may be lost, and someone must look.</summary>
public sealed class SegmentDamagedException : IOException
{
    /// <param name="problem">What is wrong, and where.</param>
    /// <param name="resumeAt">Where the next good record begins, or the end of the segment.</param>
    public SegmentDamagedException(SegmentProblem problem, SegmentPosition resumeAt)
        : base(problem.ToString())
    {
        (Problem, ResumeAt) = (problem, resumeAt);
    }

    /// <summary>What is wrong, and where.</summary>
    public SegmentProblem Problem { get; }

    /// <summary>Where reading can go on, for someone who has decided to do without what is in between.</summary>
    public SegmentPosition ResumeAt { get; }
}
