using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Whether a message contains a text, as SEARCH asks (RFC 3501 §6.4.4): decoded, whatever its charset, in any case.</summary>
/// <remarks>
/// Header fields and text parts are searched, and the names of attached files; pictures and programs are not. HTML is searched as it
/// is written. The summary says where the parts lie, and what can be searched without decoding is not decoded.
/// </remarks>
public static class SearchText
{
    /// <summary>SEARCH TEXT: header or body.</summary>
    /// <param name="message">The message.</param>
    /// <param name="summary">Its summary.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInMessage(ReadOnlySpan<byte> message, MessageSummary summary, SearchNeedle needle) =>
        IsInHeader(message[..Math.Min(summary.HeaderBytes, message.Length)], needle) || IsInBody(message, summary, needle);

    /// <summary>SEARCH BODY: the text parts, the headers of messages within the message, and names of files.</summary>
    /// <param name="message">The message.</param>
    /// <param name="summary">Its summary. When it is of another message the answer is of no use, but nothing fails.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInBody(ReadOnlySpan<byte> message, MessageSummary summary, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;
        var parts = summary.Parts;
        var isInnerRoot = false;
        while (parts.Next(out var part))
        {
            if (part.End > message.Length)
                return false;
            if (isInnerRoot && IsInHeader(message[part.HeaderStart..part.BodyStart], needle))
                return true;
            isInnerRoot = part.Kind == PartKind.Message;
            if (!part.FileName.IsEmpty && needle.IsIn(Encoding.UTF8.GetString(part.FileName)))
                return true;
            if (part.Kind == PartKind.Text && IsInText(message[part.BodyStart..part.End], part, needle))
                return true;
        }

        return false;
    }

    /// <summary>The header part of SEARCH TEXT: names and values of all fields.</summary>
    /// <param name="header">The header.</param>
    /// <param name="needle">What is searched for.</param>
    public static bool IsInHeader(ReadOnlySpan<byte> header, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;

        // Nothing encoded, and nothing that a fold could stand in the middle of: as it is.
        if (needle.IsAscii && !needle.HasBlank && header.IndexOf("=?"u8) < 0)
            return needle.IsInOctets(header);

        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (IsInField(header[field.Start..field.End], needle))
                return true;
        }

        return false;
    }

    /// <summary>SEARCH HEADER, and with the right name SUBJECT, FROM, TO, CC and BCC.</summary>
    /// <param name="header">The header.</param>
    /// <param name="name">Name of the field in ASCII; case does not matter.</param>
    /// <param name="needle">What is searched for; the empty text asks whether there is such a field.</param>
    public static bool IsInField(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name, SearchNeedle needle)
    {
        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(field.Name(header), name) && IsInField(field.Value(header), needle))
                return true;
        }

        return false;
    }

    private static bool IsInField(ReadOnlySpan<byte> value, SearchNeedle needle)
    {
        if (needle.Text.Length == 0)
            return true;
        if (value.IndexOf("=?"u8) < 0)
        {
            if (needle.IsAscii && (!needle.HasBlank || value.TrimEnd("\r\n"u8).IndexOf((byte)'\n') < 0))
                return needle.IsInOctets(value);
            if (!needle.IsAscii && Ascii.IsValid(value))
                return false;
        }

        return needle.IsIn(HeaderText.Decode(value));
    }

    private static bool IsInText(ReadOnlySpan<byte> body, in MappedPart part, SearchNeedle needle)
    {
        if (part.Encoding == TransferEncoding.Identity
            || (part.Encoding == TransferEncoding.QuotedPrintable && !body.Contains((byte)'=')))
            return IsInDecoded(body, part, needle);

        var decoded = ArrayPool<byte>.Shared.Rent(body.Length);
        var length = part.Encoding == TransferEncoding.Base64
            ? TransferDecoding.Base64(body, decoded)
            : TransferDecoding.QuotedPrintable(body, decoded);
        var isIn = IsInDecoded(decoded.AsSpan(0, length), part, needle);
        ArrayPool<byte>.Shared.Return(decoded);
        return isIn;
    }

    private static bool IsInDecoded(ReadOnlySpan<byte> text, in MappedPart part, SearchNeedle needle)
    {
        if (part.IsAsciiCompatible)
        {
            if (needle.IsAscii)
                return needle.IsInOctets(text);
            if (Ascii.IsValid(text))
                return false;
        }

        var charset = Charsets.Of(part.Charset);
        var characters = ArrayPool<char>.Shared.Rent(charset.GetMaxCharCount(text.Length));
        var length = charset.GetChars(text, characters);
        var isIn = needle.IsIn(characters.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(characters);
        return isIn;
    }
}
