using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>How the octets of a part stand in the message (RFC 2045 §6).</summary>
internal enum TransferEncoding : byte
{
    /// <summary>As they are: 7bit, 8bit, binary, and what is not known.</summary>
    Identity,

    /// <summary>RFC 2045 §6.7.</summary>
    QuotedPrintable,

    /// <summary>RFC 2045 §6.8.</summary>
    Base64,
}

/// <summary>Reads Content-Transfer-Encoding.</summary>
internal static class TransferEncodings
{
    /// <summary>The token as written; empty for none.</summary>
    public static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> message, in MimePart part) =>
        part[KnownField.ContentTransferEncoding] is { } range
            ? new ContentTypeReader(message.Slice(range.Offset, range.Length)).Token()
            : default;

    /// <summary>What it means.</summary>
    public static TransferEncoding Of(ReadOnlySpan<byte> message, in MimePart part)
    {
        var token = Token(message, part);
        return Ascii.EqualsIgnoreCase(token, "base64"u8) ? TransferEncoding.Base64
            : Ascii.EqualsIgnoreCase(token, "quoted-printable"u8) ? TransferEncoding.QuotedPrintable
            : TransferEncoding.Identity;
    }
}
