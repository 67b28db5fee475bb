using System.Text;
using MimeKit;

namespace Mailreeve.Protocols.Messages;

/// <summary>Names of attached files.</summary>
internal static class FileNames
{
    private const int CharactersMax = 255;

    /// <summary>The name as people read it, decoded after RFC 2231 and RFC 2047; empty for none.</summary>
    public static string Of(ReadOnlySpan<byte> message, in MimePart part, ContentType type)
    {
        string? name = null;
        if (part[KnownField.ContentDisposition] is { } range)
        {
            var value = message.Slice(range.Offset, range.Length);
            if (MayHave(value, "filename"u8) && MimeKit.ContentDisposition.TryParse(ParserOptions.Default, value.ToArray(), out var disposition))
                name = disposition.FileName;
        }

        if (string.IsNullOrEmpty(name) && MayHave(type.Value, "name"u8)
            && MimeKit.ContentType.TryParse(ParserOptions.Default, type.Value.ToArray(), out var parsed))
            name = parsed.Name;
        return name is null ? "" : name.Length <= CharactersMax ? name : name[..CharactersMax];
    }

    private static bool MayHave(ReadOnlySpan<byte> value, ReadOnlySpan<byte> parameter)
    {
        for (var at = 0; at + parameter.Length <= value.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(at, parameter.Length), parameter))
                return true;
        }

        return false;
    }
}
