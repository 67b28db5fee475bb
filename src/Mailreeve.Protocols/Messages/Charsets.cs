using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Charsets of text parts.</summary>
internal static class Charsets
{
    /// <summary>Longest name kept (RFC 2978 §2.3: 40).</summary>
    public const int NameBytesMax = 40;

    /// <summary>
    /// Whether every ASCII octet of such text is that ASCII character, so that ASCII can be found without decoding. Not so where an
    /// octet below 0x80 may be the second half of a character (GBK, Big5, Shift_JIS), a shift (ISO-2022, UTF-7, HZ) or one of two (UTF-16).
    /// </summary>
    public static bool IsAsciiCompatible(ReadOnlySpan<byte> name) =>
        name.IsEmpty || StartsWith(name, "us-ascii"u8) || StartsWith(name, "utf-8"u8) || StartsWith(name, "utf8"u8)
        || StartsWith(name, "iso-8859-"u8) || StartsWith(name, "windows-125"u8) || StartsWith(name, "cp125"u8)
        || StartsWith(name, "koi8-"u8) || StartsWith(name, "euc-"u8) || StartsWith(name, "latin"u8) || StartsWith(name, "ascii"u8)
        || StartsWith(name, "ansi_x3"u8) || StartsWith(name, "tis-620"u8) || StartsWith(name, "iso8859"u8) || StartsWith(name, "unknown"u8);

    /// <summary>The charset of that name; UTF-8 for what is not known.</summary>
    public static Encoding Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || StartsWith(name, "utf-8"u8))
            return Encoding.UTF8;
        var text = Encoding.ASCII.GetString(name);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(text) ?? Encoding.GetEncoding(text);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // Unknown here, or UTF-7, which .NET refuses.
            return Encoding.UTF8;
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> start) =>
        name.Length >= start.Length && Ascii.EqualsIgnoreCase(name[..start.Length], start);
}
