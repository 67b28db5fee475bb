using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>What a part says that it is; text/plain when it says nothing that can be understood (RFC 2045 §5.2).</summary>
internal readonly ref struct ContentType
{
    private ContentType(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, ReadOnlySpan<byte> value)
    {
        Type = type;
        Subtype = subtype;
        Value = value;
    }

    /// <summary>Type as written.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>Subtype as written.</summary>
    public ReadOnlySpan<byte> Subtype { get; }

    /// <summary>The whole value; empty when the type was not written but is the default.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>What that makes the part.</summary>
    public PartKind Kind =>
        Ascii.EqualsIgnoreCase(Type, "text"u8) ? PartKind.Text
        : Ascii.EqualsIgnoreCase(Type, "multipart"u8) ? PartKind.Multipart
        : Ascii.EqualsIgnoreCase(Type, "message"u8) && Ascii.EqualsIgnoreCase(Subtype, "rfc822"u8) ? PartKind.Message
        : PartKind.Other;

    /// <summary>Whether it is multipart/digest, whose parts are messages unless they say otherwise (RFC 2046 §5.1.5).</summary>
    public bool IsDigest => Ascii.EqualsIgnoreCase(Subtype, "digest"u8);

    /// <summary>The boundary; empty for none. A slice of the message.</summary>
    public ReadOnlySpan<byte> Boundary => Parameter("boundary"u8).TrimEnd(" \t\r\n"u8);

    /// <summary>text/plain without parameters.</summary>
    public static ContentType PlainText => new("text"u8, "plain"u8, default);

    /// <summary>application/octet-stream.</summary>
    public static ContentType OctetStream => new("application"u8, "octet-stream"u8, default);

    /// <summary>Its parameters.</summary>
    public ContentTypeReader Parameters
    {
        get
        {
            var reader = new ContentTypeReader(Value);
            reader.Token();
            reader.Take((byte)'/');
            reader.Token();
            return reader;
        }
    }

    /// <summary>Reads it.</summary>
    public static ContentType Of(ReadOnlySpan<byte> message, in MimePart part)
    {
        if (part[KnownField.ContentType] is { Length: > 0 } range)
        {
            var value = message.Slice(range.Offset, range.Length);
            var reader = new ContentTypeReader(value);
            var type = reader.Token();
            if (!type.IsEmpty && reader.Take((byte)'/') && reader.Token() is { IsEmpty: false } subtype)
                return new ContentType(type, subtype, value);
        }
        else if (part.IsInDigest)
        {
            return new ContentType("message"u8, "rfc822"u8, default);
        }

        return PlainText;
    }

    /// <summary>The value of a parameter as written; empty when there is none.</summary>
    public ReadOnlySpan<byte> Parameter(ReadOnlySpan<byte> name)
    {
        var parameters = Parameters;
        while (parameters.NextParameter(out var parameter))
        {
            if (Ascii.EqualsIgnoreCase(parameter.Name, name))
                return parameter.Value;
        }

        return default;
    }
}
