namespace Mailreeve.Protocols.Imap;

/// <summary>Reads commands.</summary>
public static class ImapParser
{
    /// <summary>Whether a line ends IDLE: DONE in any case (RFC 2177 §3).</summary>
    /// <param name="line">The line without its CRLF.</param>
    public static bool IsDone(ReadOnlySpan<byte> line) => System.Text.Ascii.EqualsIgnoreCase(line, "DONE"u8);
}
