using System.Buffers;
using System.Text;

namespace Mailreeve.Mail.Tests.Outbound.Client;

/// <summary>Messages that lie in pieces.</summary>
internal static class Sequences
{
    public static ReadOnlySequence<byte> Of(IReadOnlyList<string> pieces)
    {
        Piece? first = null;
        Piece? last = null;
        foreach (var piece in pieces)
        {
            last = new Piece(Encoding.Latin1.GetBytes(piece), last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] octets, Piece? before)
        {
            Memory = octets;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
