using System.Buffers;

namespace Mailreeve.Protocols.Smtp;

/// <summary>What <see cref="LineFramer"/> found.</summary>
public enum LineStatus
{
    /// <summary>No whole line yet.</summary>
    NeedMore,

    /// <summary>A line that ended in CRLF.</summary>
    Line,

    /// <summary>The end of a line that was longer than allowed; its octets were thrown away as they came.</summary>
    TooLong,

    /// <summary>A line that ended in a bare LF. It is no command (RFC 5321 §2.3.8), but it is over.</summary>
    BareLineFeed,
}

/// <summary>Cuts the command stream into lines, holding no more of a line than is allowed.</summary>
/// <param name="lineBytesMax">Longest line, CRLF included; RFC 5321 §4.5.3.1.4 asks for 512 and more for extensions.</param>
public sealed class LineFramer(int lineBytesMax)
{
    private bool skipping;

    /// <summary>Takes the next line off the buffer.</summary>
    /// <param name="buffer">What has arrived; moved past what was taken. What is left must be offered again, with more behind it.</param>
    /// <param name="line">The line without its end; only with <see cref="LineStatus.Line"/>.</param>
    public LineStatus Next(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (buffer.PositionOf((byte)'\n') is not { } feed)
        {
            if (skipping || buffer.Length > lineBytesMax)
            {
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }

            return LineStatus.NeedMore;
        }

        var text = buffer.Slice(0, feed);
        buffer = buffer.Slice(buffer.GetPosition(1, feed));
        if (skipping || text.Length + 1 > lineBytesMax)
        {
            skipping = false;
            return LineStatus.TooLong;
        }

        if (text.IsEmpty || text.Slice(text.Length - 1).FirstSpan[0] != '\r')
            return LineStatus.BareLineFeed;

        line = text.Slice(0, text.Length - 1);
        return LineStatus.Line;
    }
}
