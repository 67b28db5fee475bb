using System.Text;

namespace Mailreeve.Protocols.Dkim;

/// <summary>A list of tags as signatures and key records have it (RFC 6376 §3.2).</summary>
internal sealed class TagList
{
    private const int TagsMax = 64;

    private readonly ReadOnlyMemory<byte> text;
    private readonly List<Tag> tags;

    private TagList(ReadOnlyMemory<byte> text, List<Tag> tags) => (this.text, this.tags) = (text, tags);

    // tag-list = tag-spec *( ";" tag-spec ) [ ";" ]
    // tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
    /// <summary>Reads a list.</summary>
    /// <param name="text">Octets, folded as they were in the message.</param>
    /// <param name="reason">What is wrong with it, when something is.</param>
    /// <returns><see langword="null"/> when it is none.</returns>
    public static TagList? ReadOrNull(ReadOnlyMemory<byte> text, out string reason)
    {
        var tags = new List<Tag>();
        var span = text.Span;
        for (var at = 0; at < span.Length;)
        {
            var rest = span[at..];
            var semicolon = rest.IndexOf((byte)';');
            var end = at + (semicolon < 0 ? rest.Length : semicolon);
            if (!TryReadTag(span, at, end, out var tag))
            {
                // Nothing but white space after the last semicolon is no tag and no mistake.
                if (semicolon < 0 && tags.Count > 0 && IsWhite(span[at..end]))
                    break;
                reason = "the tag list has a part that is no tag";
                return null;
            }

            foreach (var other in tags)
            {
                if (!span.Slice(other.Name, other.NameLength).SequenceEqual(span.Slice(tag.Name, tag.NameLength)))
                    continue;
                reason = $"the tag {Encoding.ASCII.GetString(span.Slice(tag.Name, tag.NameLength))} occurs twice";
                return null;
            }

            if (tags.Count == TagsMax)
            {
                reason = "the tag list is too long";
                return null;
            }

            tags.Add(tag);
            at = end + 1;
        }

        reason = tags.Count == 0 ? "the tag list is empty" : "";
        return tags.Count == 0 ? null : new TagList(text, tags);
    }

    /// <summary>Whether the first tag has this name.</summary>
    public bool BeginsWith(ReadOnlySpan<byte> name) => text.Span.Slice(tags[0].Name, tags[0].NameLength).SequenceEqual(name);

    /// <summary>The value of a tag without white space around it. Case of the name matters.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var (start, end) = RangeOf(name);
        value = start < 0 ? default : text.Span[start..end].Trim(" \t\r\n"u8);
        return start >= 0;
    }

    /// <summary>The value as text; <see langword="null"/> when there is no such tag.</summary>
    public string? TextOrNull(ReadOnlySpan<byte> name) => TryFind(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Where the value lies with the white space around it; −1 when there is no such tag.</summary>
    public (int Start, int End) RangeOf(ReadOnlySpan<byte> name)
    {
        foreach (var tag in tags)
        {
            if (text.Span.Slice(tag.Name, tag.NameLength).SequenceEqual(name))
                return (tag.Value, tag.End);
        }

        return (-1, -1);
    }

    /// <summary>Octets in base64, in which white space may stand anywhere (RFC 6376 §2.10).</summary>
    /// <param name="value">The value.</param>
    /// <param name="bytesMax">Octets that it may have when decoded.</param>
    /// <returns><see langword="null"/> when it is no base64, or longer.</returns>
    public static byte[]? Base64OrNull(ReadOnlySpan<byte> value, int bytesMax)
    {
        if (value.Length > bytesMax * 3)
            return null;
        Span<byte> compact = new byte[value.Length];
        var length = 0;
        foreach (var b in value)
        {
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                compact[length++] = b;
        }

        var decoded = new byte[length];
        return System.Buffers.Text.Base64.DecodeFromUtf8(compact[..length], decoded, out _, out var written) == System.Buffers.OperationStatus.Done
            && written <= bytesMax
            ? decoded[..written]
            : null;
    }

    /// <summary>The parts of a list in which colons separate, without white space around them.</summary>
    public static List<string> Parts(ReadOnlySpan<byte> value)
    {
        var parts = new List<string>();
        foreach (var range in value.Split((byte)':'))
            parts.Add(Encoding.UTF8.GetString(value[range].Trim(" \t\r\n"u8)));
        return parts;
    }

    private static bool TryReadTag(ReadOnlySpan<byte> span, int start, int end, out Tag tag)
    {
        tag = default;
        var equals = span[start..end].IndexOf((byte)'=');
        if (equals < 0)
            return false;
        var name = span.Slice(start, equals);
        var nameStart = start + (name.Length - name.TrimStart(" \t\r\n"u8).Length);
        name = name.Trim(" \t\r\n"u8);
        if (name.IsEmpty || !char.IsAsciiLetter((char)name[0]))
            return false;
        foreach (var b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '_')
                return false;
        }

        var value = start + equals + 1;
        tag = new Tag(nameStart, name.Length, value, end);
        // Printable ASCII, white space, and UTF-8 (RFC 8616 §5).
        return !span[value..end].ContainsAnyInRange((byte)0, (byte)8) && !span[value..end].Contains((byte)0x7F);
    }

    private static bool IsWhite(ReadOnlySpan<byte> span) => span.Trim(" \t\r\n"u8).IsEmpty;

    private readonly record struct Tag(int Name, int NameLength, int Value, int End);
}
