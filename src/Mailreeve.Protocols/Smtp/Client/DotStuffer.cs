using System.Buffers;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>
/// Writes what follows DATA: the message with a dot more before each line that begins with one, and the lone dot (RFC 5321 §4.5.2).
/// Works on pieces, wherever the message is cut.
/// </summary>
/// <remarks>
/// Only for content that <see cref="OutgoingContent"/> found nothing wrong with: the dot is doubled behind CRLF, and there is no bare LF
/// behind which someone else might look for one.
/// </remarks>
public struct DotStuffer
{
    private byte secondLast;
    private byte last;

    /// <summary>Begins a message.</summary>
    public DotStuffer() => (secondLast, last) = ((byte)'\r', (byte)'\n');

    /// <summary>Writes the next piece of the message.</summary>
    public void Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (piece.IsEmpty)
            return;
        if (last == '\n' && piece[0] == '.')
            output.Write("."u8);
        (secondLast, last) = (piece.Length > 1 ? piece[^2] : last, piece[^1]);

        // Lines that begin with a dot are rare: the search runs over everything between them at once.
        while (piece.IndexOf("\n."u8) is >= 0 and var feed)
        {
            output.Write(piece[..(feed + 1)]);
            output.Write("."u8);
            piece = piece[(feed + 1)..];
        }

        output.Write(piece);
    }

    /// <summary>Ends the message; its last line gets the CRLF that it lacks.</summary>
    public readonly void End(IBufferWriter<byte> output) =>
        output.Write((secondLast, last) is ((byte)'\r', (byte)'\n') ? ".\r\n"u8 : "\r\n.\r\n"u8);
}
