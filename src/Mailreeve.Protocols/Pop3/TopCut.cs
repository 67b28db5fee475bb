namespace Mailreeve.Protocols.Pop3;

/// <summary>Finds where TOP ends: behind the header, the empty line and so many lines of the body (RFC 1939 §7). Works on ranges of the message, wherever it is cut.</summary>
/// <param name="bodyLines">How many lines of the body; 0 or more.</param>
public struct TopCut(int bodyLines)
{
    private int left = bodyLines;
    private bool inBody;
    private bool lineHasText;

    /// <summary>Whether the end was reached.</summary>
    public bool Ended { get; private set; }

    /// <summary>Looks at the next range of the message.</summary>
    /// <returns>How many of its octets belong to what is sent.</returns>
    public int Take(ReadOnlySpan<byte> range)
    {
        var at = 0;
        while (!Ended && at < range.Length)
        {
            var feed = range[at..].IndexOf((byte)'\n');
            var line = feed < 0 ? range[at..] : range.Slice(at, feed);
            lineHasText |= line.ContainsAnyExcept((byte)'\r');
            if (feed < 0)
                return range.Length;
            at += feed + 1;
            EndLine();
        }

        return at;
    }

    private void EndLine()
    {
        if (inBody)
            left--;
        else
            inBody = !lineHasText;
        lineHasText = false;
        Ended = inBody && left == 0;
    }
}
