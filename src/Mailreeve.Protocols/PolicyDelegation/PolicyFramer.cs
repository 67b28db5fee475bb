using System.Buffers;

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
    /// <summary>Takes the next request off the buffer.</summary>
    /// <param name="buffer">What has arrived; moved past what was taken. What is left must be offered again, with more behind it.</param>
    /// <param name="text">The lines of the request, each with its LF, without the empty one; only with <see cref="PolicyFrameStatus.Request"/>.</param>
    public static PolicyFrameStatus Next(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> text)
    {
        text = default;
        if (LengthOf(buffer) is not { } length)
            return buffer.Length >= PolicyRequest.BytesMax ? PolicyFrameStatus.TooLong : PolicyFrameStatus.NeedMore;
        if (length + 1 > PolicyRequest.BytesMax)
            return PolicyFrameStatus.TooLong;
        text = buffer.Slice(0, length);
        buffer = buffer.Slice(length + 1);
        return PolicyFrameStatus.Request;
    }

    // Up to the empty line. One at the very beginning is a request of nothing.
    private static long? LengthOf(ReadOnlySequence<byte> buffer)
    {
        var first = buffer.FirstSpan;
        if (!first.IsEmpty && first[0] == '\n')
            return 0;
        if (first.IndexOf("\n\n"u8) is var at and >= 0)
            return at + 1;
        if (buffer.IsSingleSegment)
            return null;

        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryAdvanceTo((byte)'\n', advancePastDelimiter: true))
        {
            if (reader.TryPeek(out var next) && next == '\n')
                return reader.Consumed;
        }

        return null;
    }
}
