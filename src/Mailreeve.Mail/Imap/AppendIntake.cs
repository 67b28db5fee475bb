using System.Buffers;

namespace Mailreeve.Mail.Imap;

/// <summary>Takes a message that a client appends. Lines end in CRLF when it is kept, for all that reads it relies on that.</summary>
/// <param name="output">Where it is kept.</param>
internal sealed class AppendIntake(IBufferWriter<byte> output)
{
    private bool afterReturn;

    /// <summary>Octets that were kept.</summary>
    public long Length { get; private set; }

    /// <summary>Whether there was a NUL in it, which no literal may have (RFC 3501 §9, CHAR8).</summary>
    public bool HasNul { get; private set; }

    public void Take(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        HasNul |= octets.Contains((byte)0);
        var start = 0;
        for (var feed = octets.IndexOf((byte)'\n'); feed >= 0; feed = Next(octets, feed + 1))
        {
            var returned = feed > 0 ? octets[feed - 1] == '\r' : afterReturn;
            if (returned)
                continue;
            Write(octets[start..feed]);
            Write("\r"u8);
            start = feed;
        }

        Write(octets[start..]);
        afterReturn = octets[^1] == '\r';
    }

    private static int Next(ReadOnlySpan<byte> octets, int from)
    {
        var feed = octets[from..].IndexOf((byte)'\n');
        return feed < 0 ? -1 : from + feed;
    }

    private void Write(ReadOnlySpan<byte> octets)
    {
        output.Write(octets);
        Length += octets.Length;
    }
}
