namespace Mailreeve.Protocols.Messages;

/// <summary>Finds what POP3's TOP sends: the header, the blank line and the first lines of the body (RFC 1939 §7).</summary>
public static class TopLines
{
    /// <summary>How many octets of the message that is.</summary>
    /// <param name="message">The message, or as much of it as is at hand.</param>
    /// <param name="headerBytes">Octets of its header with the blank line (<see cref="MessageSummary.HeaderBytes"/>).</param>
    /// <param name="lines">Lines of the body, 0 or more.</param>
    /// <returns>Octets from the start; the whole message when it has no more lines than that.</returns>
    public static int LengthOf(ReadOnlySpan<byte> message, int headerBytes, int lines)
    {
        var length = Math.Min(headerBytes, message.Length);
        for (; lines > 0; lines--)
        {
            var end = message[length..].IndexOf((byte)'\n');
            if (end < 0)
                return message.Length;
            length += end + 1;
        }

        return length;
    }
}
