using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mailreeve.Protocols.Imap;

/// <summary>Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3).</summary>
public static class MailboxName
{
    /// <summary>The mailbox that everyone has, whose name is the same in any case (RFC 3501 §5.1).</summary>
    public const string Inbox = "INBOX";

    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    /// <summary>Reads a name, or a pattern of LIST.</summary>
    /// <param name="raw">The octets, out of their quotes.</param>
    /// <param name="name">The name in Unicode.</param>
    /// <returns><see langword="false"/> when there are control characters in it, or octets that are not UTF-8.</returns>
    /// <remarks>
    /// What is not modified UTF-7 is taken as it stands: clients write <c>R&amp;D</c>, and Thunderbird sends UTF-8. Modified UTF-7 that
    /// hides a printable character is not taken as such, or <c>&amp;ACo-</c> would be a <c>*</c> that LIST had not seen.
    /// </remarks>
    public static bool TryDecode(ReadOnlySpan<byte> raw, out string name)
    {
        name = "";
        if (!Utf8.IsValid(raw))
            return false;
        if (!Ascii.IsValid(raw) || !TryDecodeUtf7(raw, out name))
            name = Encoding.UTF8.GetString(raw);
        foreach (var c in name)
        {
            if (char.IsControl(c))
                return false;
        }

        if (name.Equals(Inbox, StringComparison.OrdinalIgnoreCase))
            name = Inbox;
        return true;
    }

    /// <summary>Writes a name as modified UTF-7, without quotes.</summary>
    /// <param name="name">The name in Unicode. A surrogate without its partner goes out as it is.</param>
    /// <param name="output">Takes the octets, all of them printable ASCII.</param>
    public static void Encode(ReadOnlySpan<char> name, IBufferWriter<byte> output)
    {
        while (!name.IsEmpty)
        {
            var direct = name.IndexOfAnyExceptInRange(' ', '~');
            var ascii = direct < 0 ? name : name[..direct];
            foreach (var c in ascii)
                output.Write(c == '&' ? "&-"u8 : [(byte)c]);
            name = name[ascii.Length..];
            if (name.IsEmpty)
                return;

            var end = name.IndexOfAnyInRange(' ', '~');
            var shifted = end < 0 ? name : name[..end];
            EncodeShifted(shifted, output);
            name = name[shifted.Length..];
        }
    }

    // "&" *( 6 bits of the UTF-16BE ) "-"
    private static void EncodeShifted(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("&"u8);
        var (bits, count) = (0u, 0);
        foreach (var unit in text)
        {
            bits = (bits << 16) | unit;
            count += 16;
            while (count >= 6)
            {
                count -= 6;
                output.Write([(byte)Base64[(int)((bits >> count) & 63)]]);
            }
        }

        if (count > 0)
            output.Write([(byte)Base64[(int)((bits << (6 - count)) & 63)]]);
        output.Write("-"u8);
    }

    private static bool TryDecodeUtf7(ReadOnlySpan<byte> raw, out string name)
    {
        name = "";
        var text = new StringBuilder(raw.Length);
        while (raw.IndexOf((byte)'&') is var shift and >= 0)
        {
            text.Append(Encoding.ASCII.GetString(raw[..shift]));
            raw = raw[(shift + 1)..];
            var end = raw.IndexOf((byte)'-');
            if (end < 0 || !TryDecodeShifted(raw[..end], text))
                return false;
            raw = raw[(end + 1)..];
        }

        name = text.Append(Encoding.ASCII.GetString(raw)).ToString();
        return true;
    }

    private static bool TryDecodeShifted(ReadOnlySpan<byte> shifted, StringBuilder text)
    {
        if (shifted.IsEmpty)
        {
            text.Append('&');
            return true;
        }

        var start = text.Length;
        var (bits, count) = (0u, 0);
        foreach (var octet in shifted)
        {
            var six = Base64.IndexOf((char)octet, StringComparison.Ordinal);
            if (six < 0)
                return false;
            bits = (bits << 6) | (uint)six;
            count += 6;
            if (count < 16)
                continue;
            count -= 16;
            var unit = (char)(bits >> count);
            if (unit is >= ' ' and <= '~')
                return false;
            text.Append(unit);
        }

        // What is left over is padding, which is less than a letter and zero.
        return count < 6 && (bits & ((1u << count) - 1)) == 0 && IsWellFormed(text.ToString(start, text.Length - start));
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var used) != OperationStatus.Done)
                return false;
            text = text[used..];
        }

        return true;
    }
}
