using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>Text in a clear-signed OpenPGP message (RFC 9580 §7).</summary>
internal static class ClearSigned
{
    private const string Begin = "-----BEGIN PGP SIGNED MESSAGE-----";
    private const string Signature = "-----BEGIN PGP SIGNATURE-----";

    /// <summary>The text with what belongs to the signature taken out. The signature is not verified: that is no matter of reading.</summary>
    public static string Open(string text)
    {
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
            return text;
        var opened = new StringBuilder(text.Length).Append(text, 0, begin);
        var rest = text.AsSpan(begin + Begin.Length);
        // "Hash:" and other armour headers reach to the first empty line.
        rest = AfterLine(rest);
        while (!rest.IsEmpty && LineOf(rest).Trim().Length > 0)
            rest = AfterLine(rest);
        while (!rest.IsEmpty)
        {
            var line = LineOf(rest);
            if (line.StartsWith(Signature))
                break;
            opened.Append(line.StartsWith("- ") ? line[2..] : line).Append('\n');
            rest = AfterLine(rest);
        }

        var end = rest.IndexOf("-----END PGP SIGNATURE-----");
        if (end >= 0)
            opened.Append(AfterLine(rest[end..]));
        return opened.ToString();
    }

    private static ReadOnlySpan<char> LineOf(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\n');
        return (end < 0 ? text : text[..end]).TrimEnd('\r');
    }

    private static ReadOnlySpan<char> AfterLine(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\n');
        return end < 0 ? [] : text[(end + 1)..];
    }
}

/// <summary>A mail whose content is wrapped whole into an S/MIME signature (RFC 8551 §3.5.2).</summary>
internal static class SMimeSigned
{
    /// <summary>The mail with the signed content in place of the wrapping, or null when it is not wrapped. The signature is not verified.</summary>
    public static ReadOnlyMemory<byte>? Open(MailParts mail)
    {
        var root = mail.Root;
        if (!root.Is("application", "pkcs7-mime") && !root.Is("application", "x-pkcs7-mime"))
            return null;
        var cms = new SignedCms();
        try
        {
            cms.Decode(mail.Content(root).Span);
        }
        catch (CryptographicException)
        {
            return null;
        }

        using var opened = new MemoryStream();
        foreach (var header in root.Headers.Where(h => !h.Field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            opened.Write(header.RawField);
            opened.WriteByte((byte)':');
            opened.Write(header.RawValue);
        }

        opened.Write(cms.ContentInfo.Content);
        return opened.ToArray();
    }
}
