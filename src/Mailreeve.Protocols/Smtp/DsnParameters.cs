using System.Globalization;
using System.Text;

namespace Mailreeve.Protocols.Smtp;

/// <summary>Reads what a sender asks about notifications (RFC 3461 §4).</summary>
internal static class DsnParameters
{
    // Longest ENVID (§4.4) and longest ORCPT (§4.2), as sent.
    private const int EnvelopeIdBytesMax = 100;
    private const int OriginalBytesMax = 500;

    // notify-esmtp-value = "NEVER" / notify-list-element *( "," notify-list-element )
    public static bool TryReadNotify(ReadOnlySpan<byte> value, out NotifyWhen notify)
    {
        notify = NotifyWhen.Never;
        if (Ascii.EqualsIgnoreCase(value, "NEVER"u8))
            return true;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range];
            var when = Ascii.EqualsIgnoreCase(word, "SUCCESS"u8) ? NotifyWhen.Success
                : Ascii.EqualsIgnoreCase(word, "FAILURE"u8) ? NotifyWhen.Failure
                : Ascii.EqualsIgnoreCase(word, "DELAY"u8) ? NotifyWhen.Delay
                : NotifyWhen.Never;
            if (when == NotifyWhen.Never)
                return false;
            notify |= when;
        }

        return true;
    }

    // original-recipient-address = addr-type ";" xtext
    public static bool TryReadOriginal(ReadOnlySpan<byte> value, out string? original)
    {
        original = null;
        var semicolon = value.IndexOf((byte)';');
        if (value.Length > OriginalBytesMax || semicolon <= 0)
            return false;
        foreach (var b in value[..semicolon])
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '-')
                return false;
        }

        if (!TryDecode(value[(semicolon + 1)..], out var address))
            return false;
        original = $"{Encoding.ASCII.GetString(value[..semicolon])};{address}";
        return true;
    }

    public static bool TryReadEnvelopeId(ReadOnlySpan<byte> value, out string? id)
    {
        id = null;
        return value.Length is > 0 and <= EnvelopeIdBytesMax && TryDecode(value, out id);
    }

    // ret-value = "FULL" / "HDRS"
    public static bool TryReadReturn(ReadOnlySpan<byte> value, out bool full)
    {
        full = Ascii.EqualsIgnoreCase(value, "FULL"u8);
        return full || Ascii.EqualsIgnoreCase(value, "HDRS"u8);
    }

    // xtext = *( xchar / hexchar ); hexchar = "+" 2 hexadecimal digits. What it says comes back in a notification's header, so that a
    // line end or another control character must not be hidden in it.
    private static bool TryDecode(ReadOnlySpan<byte> xtext, out string? text)
    {
        text = null;
        var decoded = new StringBuilder(xtext.Length);
        for (var i = 0; i < xtext.Length; i++)
        {
            var b = xtext[i];
            if (b == '+')
            {
                if (i + 2 >= xtext.Length || !byte.TryParse(xtext.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out b))
                    return false;
                i += 2;
            }

            if (b is < (byte)' ' or > (byte)'~')
                return false;
            decoded.Append((char)b);
        }

        text = decoded.ToString();
        return true;
    }
}
