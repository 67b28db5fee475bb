using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Mailreeve.Protocols.Sasl;

/// <summary>What a client sends for a SASL mechanism: base64 of octets (RFC 4648 §4).</summary>
internal static class SaslText
{
    /// <summary>Decodes into the room.</summary>
    /// <returns>How many octets; -1 when it is no base64, or there are more than there is room for.</returns>
    public static int Decode(ReadOnlySpan<byte> base64, Span<byte> room)
    {
        // The library passes over blanks, which RFC 4648 §3.3 has refused.
        if (base64.ContainsAny(" \t\r\n"u8))
            return -1;
        return Base64.DecodeFromUtf8(base64, room, out var consumed, out var written) == OperationStatus.Done && consumed == base64.Length
            ? written
            : -1;
    }

    /// <summary>Reads a name or a password.</summary>
    /// <returns><see langword="false"/> when it is empty or too long, no UTF-8, or has a NUL in it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (octets.Length is 0 or > SaslPlain.PartBytesMax || octets.Contains((byte)0) || !Utf8.IsValid(octets))
            return false;
        text = Encoding.UTF8.GetString(octets);
        return true;
    }

    /// <summary>Overwrites what had a password in it.</summary>
    public static void Forget(Span<byte> secret) => CryptographicOperations.ZeroMemory(secret);
}
