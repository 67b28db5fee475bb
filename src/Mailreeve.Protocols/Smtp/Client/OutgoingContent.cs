using System.Buffers;
using System.Numerics;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>What has to be known of a message before it is sent.</summary>
/// <param name="SizeBytes">Its octets.</param>
/// <param name="EightBit">Whether it has octets above 127.</param>
/// <param name="Problem">
/// <see cref="ContentProblem.BareCrOrLf"/> or <see cref="ContentProblem.Nul"/>: it must not be sent. A receiver that takes other line ends
/// than CRLF for line ends would find commands in it that we never said (SMTP smuggling, outbound).
/// </param>
public readonly record struct OutgoingContent(long SizeBytes, bool EightBit, ContentProblem Problem)
{
    /// <summary>Looks at a message.</summary>
    public static OutgoingContent Of(ReadOnlySequence<byte> message)
    {
        var eightBit = false;
        var previous = (byte)0;
        foreach (var segment in message)
        {
            var piece = segment.Span;
            if (piece.IsEmpty)
                continue;
            var problem = IsAlone(previous, piece[0]) ? ContentProblem.BareCrOrLf : Scan(piece, ref eightBit);
            if (problem != ContentProblem.None)
                return new OutgoingContent(message.Length, eightBit, problem);
            previous = piece[^1];
        }

        return new OutgoingContent(message.Length, eightBit, previous == '\r' ? ContentProblem.BareCrOrLf : ContentProblem.None);
    }

    // A CR at octet i and an LF at octet i + 1 come together or not at all: compared a vector at a time, and one octet at a time
    // where a vector has something to find.
    private static ContentProblem Scan(ReadOnlySpan<byte> piece, ref bool eightBit)
    {
        var at = 0;
        var high = Vector<byte>.Zero;
        var (cr, lf) = (new Vector<byte>((byte)'\r'), new Vector<byte>((byte)'\n'));
        for (; at + 1 + Vector<byte>.Count <= piece.Length; at += Vector<byte>.Count)
        {
            var here = new Vector<byte>(piece[at..]);
            var next = new Vector<byte>(piece[(at + 1)..]);
            high |= here;
            var alone = Vector.Equals(here, cr) ^ Vector.Equals(next, lf);
            if ((alone | Vector.Equals(here, Vector<byte>.Zero)) != Vector<byte>.Zero)
                break;
        }

        eightBit |= Vector.GreaterThanOrEqualAny(high, new Vector<byte>(0x80));
        for (; at < piece.Length; at++)
        {
            eightBit |= piece[at] >= 0x80;
            if (piece[at] == 0)
                return ContentProblem.Nul;
            if (at + 1 < piece.Length && IsAlone(piece[at], piece[at + 1]))
                return ContentProblem.BareCrOrLf;
        }

        return ContentProblem.None;
    }

    private static bool IsAlone(byte first, byte second) => (first == '\r') != (second == '\n');
}
