using System.Buffers;
using System.Buffers.Text;

namespace Mailreeve.Protocols.Imap;

/// <summary>What a client answers a challenge with, one line (RFC 3501 §6.2.2).</summary>
public static class SaslResponse
{
    /// <summary>Whether the client gives up: a line with only <c>*</c>.</summary>
    /// <param name="line">The line without its CRLF.</param>
    public static bool IsCancelled(ReadOnlySpan<byte> line) => line.SequenceEqual("*"u8);

    /// <summary>Decodes a response.</summary>
    /// <param name="line">The line without its CRLF; empty is an empty response.</param>
    /// <param name="response">The octets; <see langword="null"/> when the result is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> when it is not base64: answered BAD.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> line, out byte[]? response)
    {
        response = null;
        // The decoder skips blanks, which nobody sends and the grammar does not know.
        if (line.ContainsAny(" \t\r\n"u8) || !Base64.IsValid(line, out var length))
            return false;
        var octets = new byte[length];
        if (Base64.DecodeFromUtf8(line, octets, out _, out var written) != OperationStatus.Done || written != length)
            return false;
        response = octets;
        return true;
    }
}
