using System.Buffers;
using System.Buffers.Text;

namespace Mailreeve.Protocols.Pop3;

/// <summary>The lines of LIST and UIDL (RFC 1939 §5, §7). A mailbox has thousands, so no string is made of any.</summary>
public static class Listing
{
    // "+OK ", three numbers of twenty digits at most, two separators, CRLF.
    private const int LineBytesMax = 80;

    // scan-listing = msg SP octets CRLF
    /// <summary>Writes a line of LIST.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="before">What stands before it: <c>+OK </c> when it is the whole answer, or nothing.</param>
    /// <param name="number">The message.</param>
    /// <param name="octets">Its size.</param>
    public static void WriteSize(IBufferWriter<byte> output, ReadOnlySpan<byte> before, int number, long octets)
    {
        var line = output.GetSpan(LineBytesMax);
        var at = Begin(line, before, number);
        at += Number(line[at..], octets);
        End(output, line, at);
    }

    // unique-id listing = msg SP unique-id CRLF; unique-id = 1*70 of %x21-7E
    /// <summary>Writes a line of UIDL. The unique id is the UIDVALIDITY of the folder and the UID of the message, which together never come twice.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="before">What stands before it: <c>+OK </c> when it is the whole answer, or nothing.</param>
    /// <param name="number">The message.</param>
    /// <param name="uidValidity">Of its folder.</param>
    /// <param name="uid">Its UID.</param>
    public static void WriteUid(IBufferWriter<byte> output, ReadOnlySpan<byte> before, int number, uint uidValidity, uint uid)
    {
        var line = output.GetSpan(LineBytesMax);
        var at = Begin(line, before, number);
        at += Number(line[at..], uidValidity);
        line[at++] = (byte)'.';
        at += Number(line[at..], uid);
        End(output, line, at);
    }

    private static int Begin(Span<byte> line, ReadOnlySpan<byte> before, int number)
    {
        before.CopyTo(line);
        var at = before.Length;
        at += Number(line[at..], number);
        line[at++] = (byte)' ';
        return at;
    }

    private static int Number(Span<byte> into, long number)
    {
        Utf8Formatter.TryFormat(number, into, out var written);
        return written;
    }

    private static void End(IBufferWriter<byte> output, Span<byte> line, int at)
    {
        "\r\n"u8.CopyTo(line[at..]);
        output.Advance(at + 2);
    }
}
