namespace Mailreeve.Protocols.PolicyDelegation;

/// <summary>What <see cref="PolicyFramer"/> found.</summary>
public enum PolicyFrameStatus
{
    /// <summary>No whole request yet.</summary>
    NeedMore,

    /// <summary>A request.</summary>
    Request,

    /// <summary>More octets without an end than a request may have. There is no way back into step.</summary>
    TooLong,
}

/// <summary>Cuts what a mail server sends into requests.</summary>
public static class PolicyFramer
{
    /// <summary>Finds the next request.</summary>
    /// <param name="input">What has arrived. What is left must be offered again, with more behind it.</param>
    /// <param name="length">
    /// Octets of the request's lines, each with its LF; the LF of the empty line comes behind them. Only with <see cref="PolicyFrameStatus.Request"/>.
    /// </param>
    public static PolicyFrameStatus Next(ReadOnlySpan<byte> input, out int length)
    {
        // An empty line at the very beginning is a request of nothing.
        length = !input.IsEmpty && input[0] == '\n' ? 0 : input.IndexOf("\n\n"u8) + 1;
        if (length == 0 && (input.IsEmpty || input[0] != '\n'))
            return input.Length >= PolicyRequest.BytesMax ? PolicyFrameStatus.TooLong : PolicyFrameStatus.NeedMore;
        return length + 1 > PolicyRequest.BytesMax ? PolicyFrameStatus.TooLong : PolicyFrameStatus.Request;
    }
}
