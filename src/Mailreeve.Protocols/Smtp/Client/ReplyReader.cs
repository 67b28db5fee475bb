using System.Buffers;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>What <see cref="ReplyReader"/> found.</summary>
public enum ReplyStatus
{
    /// <summary>No whole reply yet.</summary>
    NeedMore,

    /// <summary>A reply.</summary>
    Reply,

    /// <summary>Something that is no reply, or more of one than anybody needs. Nothing that comes after it can be trusted.</summary>
    Malformed,
}

/// <summary>Reads the replies of a remote server, however they are cut into pieces (RFC 5321 §4.2).</summary>
/// <remarks>
/// Limits: <see cref="LineBytesMax"/>, <see cref="LinesMax"/>, <see cref="BytesMax"/>. A bare LF ends a line: a few servers send nothing
/// else, and what a server says to us alone cannot smuggle anything past anybody.
/// </remarks>
public sealed class ReplyReader
{
    /// <summary>Longest line, its end included. RFC 5321 §4.5.3.1.5 says 512; some servers write essays.</summary>
    public const int LineBytesMax = 2048;

    /// <summary>Most lines of one reply. Longest seen are EHLO's, with some twenty.</summary>
    public const int LinesMax = 100;

    /// <summary>Most octets of one reply.</summary>
    public const int BytesMax = 16 << 10;

    private ArrayBufferWriter<byte>? before;
    private int code;
    private int lines;
    private bool isBroken;

    /// <summary>Whether a reply was begun whose last line has not come.</summary>
    public bool IsInside => lines > 0;

    /// <summary>Reads on.</summary>
    /// <param name="input">The octets behind those that were consumed before.</param>
    /// <param name="consumed">How many octets were taken. Those that are left must be offered again, with more behind them.</param>
    /// <param name="reply">The reply; only with <see cref="ReplyStatus.Reply"/>.</param>
    public ReplyStatus Read(ReadOnlySpan<byte> input, out int consumed, out RemoteReply? reply)
    {
        consumed = 0;
        reply = null;
        while (!isBroken)
        {
            var rest = input[consumed..];
            var feed = rest.IndexOf((byte)'\n');
            if (feed < 0 && rest.Length < LineBytesMax)
                return ReplyStatus.NeedMore;
            if (feed is < 0 or >= LineBytesMax || !TryTake(rest[..feed].TrimEnd((byte)'\r'), out reply))
                break;
            consumed += feed + 1;
            if (reply is not null)
                return ReplyStatus.Reply;
        }

        isBroken = true;
        return ReplyStatus.Malformed;
    }

    // Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
    // Reply-code = %x32-35 %x30-35 %x30-39
    private bool TryTake(ReadOnlySpan<byte> line, out RemoteReply? reply)
    {
        reply = null;
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || line[1] is < (byte)'0' or > (byte)'5' || line[2] is < (byte)'0' or > (byte)'9')
            return false;
        var number = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0';
        var isLast = line.Length == 3 || line[3] == ' ';
        if ((!isLast && line[3] != '-') || (lines > 0 && number != code))
            return false;

        var text = line.Length > 4 ? line[4..] : default;
        if (isLast && lines == 0)
        {
            reply = new RemoteReply(number, RemoteReply.Clean(text));
            return true;
        }

        before ??= new ArrayBufferWriter<byte>();
        if (lines == LinesMax || before.WrittenCount + text.Length > BytesMax)
            return false;
        if (lines > 0)
            before.Write("\n"u8);
        before.Write(text);
        (code, lines) = (number, lines + 1);
        if (!isLast)
            return true;

        reply = new RemoteReply(code, RemoteReply.Clean(before.WrittenSpan));
        (before, lines) = (null, 0);
        return true;
    }
}
