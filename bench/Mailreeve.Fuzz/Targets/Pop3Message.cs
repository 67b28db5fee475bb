using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A message as RETR and TOP send it. The first octet says how many lines TOP asks for.</summary>
internal static class Pop3Message
{
    public static readonly string[] Words = ["\r\n", "\n", "\r", ".", "\r\n.", "\n.", "\n..", "\r\n\r\n", "\n\n", "\0", "..", "\r\n.\r\n", "Subject: x\r\n", "\r\r\n"];

    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var message = input[1..];
        string? retr = null;
        string? top = null;
        foreach (var way in Pieces.Ways(message))
        {
            var (sent, cut) = (Send(message, way, null), Send(message, way, input[0]));
            Hold.That((retr ??= sent) == sent, "RETR sends the same however a message is cut.");
            Hold.That((top ??= cut) == cut, "TOP sends the same however a message is cut.");
        }

        // What a client does that takes CRLF for a line end (RFC 1939 §3); dots behind a bare LF stay doubled for it.
        var expected = Encoding.Latin1.GetString(message).Replace('\0', '\u0080').Replace("\n.", "\n..", StringComparison.Ordinal);
        expected = expected.StartsWith('.') ? "." + expected : expected;
        expected += expected.Length == 0 || expected.EndsWith("\r\n", StringComparison.Ordinal) ? ".\r\n" : "\r\n.\r\n";
        Hold.That(retr == expected, "RETR sends the message, its dots doubled.");
        Hold.That($"\r\n{retr}".IndexOf("\r\n.\r\n", StringComparison.Ordinal) == retr!.Length - 3, "The end is where the message ends.");
        Hold.That($"\r\n{top}".IndexOf("\r\n.\r\n", StringComparison.Ordinal) == top!.Length - 3, "The end is where TOP ends.");
    }

    private static string Send(byte[] message, int[] way, int? lines)
    {
        var output = new ArrayBufferWriter<byte>();
        var stuffing = new DotStuffing();
        var cut = new TopCut(lines ?? 0);
        foreach (var piece in Pieces.Of(message, way))
        {
            if (lines is not null && cut.Ended)
                break;
            var room = output.GetSpan(DotStuffing.RoomFor(piece.Length))[..DotStuffing.RoomFor(piece.Length)];
            piece.Span.CopyTo(room);
            var taken = lines is null ? piece.Length : cut.Take(piece.Span);
            Hold.That(taken <= piece.Length && (taken == piece.Length || cut.Ended), "TOP takes all there is, up to its end.");
            output.Advance(stuffing.Stuff(room, taken));
        }

        stuffing.End(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
