using System.Buffers;

namespace Mailreeve.Protocols.Messages;

/// <summary>Undoes a transfer encoding, forgivingly: what cannot be decoded is left out or left as it is.</summary>
internal static class TransferDecoding
{
    private static readonly SearchValues<byte> Base64Octets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Undoes base64 (RFC 2045 §6.8): octets that are not of its alphabet are passed over, padding ends a piece.</summary>
    /// <param name="body">Encoded octets.</param>
    /// <param name="decoded">Takes them decoded; as long as the encoded ones.</param>
    /// <returns>Octets decoded.</returns>
    public static int Base64(ReadOnlySpan<byte> body, Span<byte> decoded)
    {
        // First only the alphabet, then decoded in place: what is decoded is shorter.
        var length = 0;
        var pieceStart = 0;
        while (!body.IsEmpty)
        {
            var run = body.IndexOfAnyExcept(Base64Octets);
            if (run < 0)
                run = body.Length;
            body[..run].CopyTo(decoded[length..]);
            length += run;
            if (run == body.Length)
                break;
            if (body[run] == '=' && length > pieceStart)
                length = pieceStart = pieceStart + DecodePiece(decoded[pieceStart..length]);
            body = body[(run + 1)..];
        }

        return pieceStart + DecodePiece(decoded[pieceStart..length]);
    }

    /// <summary>Undoes quoted-printable (RFC 2045 §6.7).</summary>
    /// <param name="body">Encoded octets.</param>
    /// <param name="decoded">Takes them decoded; as long as the encoded ones.</param>
    /// <returns>Octets decoded.</returns>
    public static int QuotedPrintable(ReadOnlySpan<byte> body, Span<byte> decoded)
    {
        var length = 0;
        while (true)
        {
            var mark = body.IndexOf((byte)'=');
            if (mark < 0)
            {
                body.CopyTo(decoded[length..]);
                return length + body.Length;
            }

            body[..mark].CopyTo(decoded[length..]);
            length += mark;
            body = body[(mark + 1)..];
            if (SkipLineEnd(ref body))
                continue;
            if (body.Length >= 2 && Hex(body[0]) is var high and >= 0 && Hex(body[1]) is var low and >= 0)
            {
                decoded[length++] = (byte)(high << 4 | low);
                body = body[2..];
            }
            else
            {
                decoded[length++] = (byte)'=';
            }
        }
    }

    // "=" at the end of a line: the line goes on. White space may have been added after it on the way.
    private static bool SkipLineEnd(ref ReadOnlySpan<byte> body)
    {
        var rest = body.TrimStart(" \t"u8);
        if (rest.StartsWith("\r\n"u8))
            body = rest[2..];
        else if (rest.IsEmpty || rest[0] == '\n')
            body = rest.IsEmpty ? rest : rest[1..];
        else
            return false;
        return true;
    }

    // Without padding; two or three octets that are left over are one or two, a single one is none.
    private static int DecodePiece(Span<byte> piece)
    {
        var whole = piece.Length & ~3;
        Span<byte> rest = stackalloc byte[4];
        rest.Fill((byte)'=');
        var left = piece.Length - whole;
        piece[whole..].CopyTo(rest);
        System.Buffers.Text.Base64.DecodeFromUtf8InPlace(piece[..whole], out var length);
        if (left < 2 || System.Buffers.Text.Base64.DecodeFromUtf8InPlace(rest, out var more) != OperationStatus.Done)
            return length;
        rest[..more].CopyTo(piece[length..]);
        return length + more;
    }

    private static int Hex(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        _ => -1,
    };
}
