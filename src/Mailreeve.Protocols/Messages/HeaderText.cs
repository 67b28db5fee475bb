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
        if (!NeedsDecoding(value))
            return value.ContainsAny((byte)'\r', (byte)'\n') ? Unfold(value) : Encoding.ASCII.GetString(value);
        var octets = value.ToArray();
        return Rfc2047.DecodeText(ParserOptions.Default, octets, 0, octets.Length);
    }

    /// <summary>Whether a value is more than ASCII.</summary>
    public static bool NeedsDecoding(ReadOnlySpan<byte> value) => value.IndexOf("=?"u8) >= 0 || !Ascii.IsValid(value);

    private static string Unfold(ReadOnlySpan<byte> value)
    {
        var text = new OctetWriter(value.Length);
        text.Unfolded(value, escape: false);
        var unfolded = Encoding.ASCII.GetString(text.Written);
        text.Dispose();
        return unfolded;
    }
}
