using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace Mailreeve.Protocols.Messages;

/// <summary>Header fields as people read them.</summary>
internal static class HeaderText
{
    /// <summary>The value of a field, unfolded and with its encoded words decoded (RFC 2047 §6), whatever charset it is in.</summary>
    public static string Decode(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            return DecodeLine(Unfold(value));
        return NeedsDecoding(value) ? DecodeLine(value.ToArray()) : Encoding.ASCII.GetString(value);
    }

    private static string DecodeLine(byte[] line) =>
        NeedsDecoding(line) ? Rfc2047.DecodeText(ParserOptions.Default, line, 0, line.Length) : Encoding.ASCII.GetString(line);

    private static bool NeedsDecoding(ReadOnlySpan<byte> value) => value.IndexOf("=?"u8) >= 0 || !Ascii.IsValid(value);

    private static byte[] Unfold(ReadOnlySpan<byte> value)
    {
        var text = new OctetWriter(value.Length);
        text.Unfolded(value, escape: false);
        var unfolded = text.Written.ToArray();
        text.Dispose();
        return unfolded;
    }
}
