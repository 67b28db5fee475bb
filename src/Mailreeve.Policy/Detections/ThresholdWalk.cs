namespace Mailreeve.Policy.Detections;

/// <summary>
/// Threshold random walk (Jung, Paxson, Berger, Balakrishnan: Fast Portscan Detection Using Sequential Hypothesis Testing, IEEE S&amp;P 2004): each first
/// contact that fails is a step up, each that succeeds a step down, and who is far enough up scans.
/// </summary>
/// <remarks>
/// With the paper's figures (a contact succeeds with 0.8 for others and 0.2 for scanners, one error in a hundred either way) a step is ln 4 = 1.386
/// and the bounds are ±ln 99 = ±4.595: four steps. So whole numbers do. At the lower bound the walk stays instead of ending: nobody earns the right to scan.
/// </remarks>
public struct ThresholdWalk
{
    private const int Bound = 4;

    private int at;

    /// <summary>Whether the upper bound was reached, and the lower one not since.</summary>
    public bool IsScanner { get; private set; }

    /// <summary>Takes a step.</summary>
    /// <param name="succeeded">Whether the contact was answered.</param>
    public void Step(bool succeeded)
    {
        at = Math.Clamp(at + (succeeded ? -1 : 1), -Bound, Bound);
        IsScanner = at == Bound || (IsScanner && at > -Bound);
    }
}
