namespace Mailreeve.Protocols.Messages;

/// <summary>
/// Writes BODYSTRUCTURE (RFC 3501 §7.4.2) and remembers which octets of it are extension data: without them it is BODY.
/// </summary>
internal ref struct StructureText(ReadOnlySpan<byte> message, ReadOnlySpan<MimePart> parts, MessageLimits limits)
{
    private readonly ReadOnlySpan<byte> message = message;
    private readonly ReadOnlySpan<MimePart> parts = parts;
    private int extensionEnd;

    /// <summary>Writes the text.</summary>
    /// <param name="text">Where to; empty before.</param>
    /// <param name="extensions">Takes for each piece of extension data the octets since the last one, and its length.</param>
    /// <returns><see langword="false"/> when it became too long and was given up.</returns>
    public bool TryWrite(ref OctetWriter text, ref OctetWriter extensions)
    {
        var open = limits.DepthMax <= 64 ? stackalloc int[64] : new int[limits.DepthMax];
        var depth = 0;
        for (var index = 0; index < parts.Length; index++)
        {
            while (depth > 0 && open[depth - 1] + parts[open[depth - 1]].Descendants < index)
                End(ref text, ref extensions, parts[open[--depth]]);
            if (text.Length > limits.SummaryBytesMax)
                return false;
            Begin(ref text, index);
            if (parts[index].Descendants > 0)
                open[depth++] = index;
            else
                End(ref text, ref extensions, parts[index]);
        }

        while (depth > 0)
            End(ref text, ref extensions, parts[open[--depth]]);
        return true;
    }

    private readonly void Begin(ref OctetWriter text, int index)
    {
        ref readonly var part = ref parts[index];
        text.Write((byte)'(');
        if (part.Kind == PartKind.Multipart)
            return;

        var type = TypeOf(part);
        text.LowerString(type.Type);
        text.Write((byte)' ');
        text.LowerString(type.Subtype);
        text.Write((byte)' ');
        Parameters(ref text, type.Parameters, isDefaultText: part.Kind == PartKind.Text && type.Value.IsEmpty);
        text.Write((byte)' ');
        Field(ref text, part, KnownField.ContentId);
        text.Write((byte)' ');
        Field(ref text, part, KnownField.ContentDescription);
        text.Write((byte)' ');
        var encoding = TransferEncodings.Token(message, part);
        text.LowerString(encoding.IsEmpty ? "7bit"u8 : encoding);
        text.Write((byte)' ');
        text.Decimal(part.End - part.BodyStart);
        if (part.Kind != PartKind.Message)
            return;

        var unused = new OctetWriter(64);
        text.Write((byte)' ');
        new EnvelopeText(message, parts[index + 1], limits).Write(ref text, ref unused, ref unused, ref unused);
        text.Write((byte)' ');
        unused.Dispose();
    }

    private void End(ref OctetWriter text, ref OctetWriter extensions, in MimePart part)
    {
        if (part.Kind == PartKind.Multipart)
        {
            var type = ContentType.Of(message, part);
            text.Write((byte)' ');
            text.LowerString(type.Subtype);
            var start = text.Length;
            text.Write((byte)' ');
            Parameters(ref text, type.Parameters, isDefaultText: false);
            Extensions(ref text, ref extensions, part, start);
            return;
        }

        if (part.Kind is PartKind.Message or PartKind.Text)
        {
            text.Write((byte)' ');
            text.Decimal(message[part.BodyStart..part.End].Count((byte)'\n'));
        }

        var md5 = text.Length;
        text.Write((byte)' ');
        Field(ref text, part, KnownField.ContentMd5);
        Extensions(ref text, ref extensions, part, md5);
    }

    // body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]
    private void Extensions(ref OctetWriter text, ref OctetWriter extensions, in MimePart part, int start)
    {
        text.Write((byte)' ');
        Disposition(ref text, part);
        text.Write((byte)' ');
        Languages(ref text, part);
        text.Write((byte)' ');
        Field(ref text, part, KnownField.ContentLocation);
        extensions.Number((ulong)(start - extensionEnd));
        extensions.Number((ulong)(text.Length - start));
        extensionEnd = text.Length;
        text.Write((byte)')');
    }

    // A multipart without parts or boundary is text that can be read, and what is too deep is octets.
    private readonly ContentType TypeOf(in MimePart part)
    {
        if (part.IsOpaque)
            return ContentType.OctetStream;
        var type = ContentType.Of(message, part);
        return part.Kind == PartKind.Text && type.Kind != PartKind.Text ? ContentType.PlainText : type;
    }

    // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
    private readonly void Parameters(ref OctetWriter text, scoped ContentTypeReader reader, bool isDefaultText)
    {
        if (isDefaultText)
        {
            text.Write("(\"charset\" \"us-ascii\")"u8);
            return;
        }

        var count = 0;
        while (count < limits.ParametersMax && reader.NextParameter(out var parameter))
        {
            text.Write(count++ == 0 ? (byte)'(' : (byte)' ');
            text.LowerString(parameter.Name);
            text.Write((byte)' ');
            if (parameter.IsQuoted && parameter.Value.Contains((byte)'\\'))
                Unescaped(ref text, parameter.Value);
            else
                text.String(parameter.Value);
        }

        text.Write(count == 0 ? "NIL"u8 : ")"u8);
    }

    private static void Unescaped(ref OctetWriter text, ReadOnlySpan<byte> value)
    {
        var plain = new OctetWriter(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length)
                at++;
            plain.Write(value[at]);
        }

        text.String(plain.Written);
        plain.Dispose();
    }

    // body-fld-dsp = "(" string SP body-fld-param ")" / nil
    private readonly void Disposition(ref OctetWriter text, in MimePart part)
    {
        if (part[KnownField.ContentDisposition] is { } range)
        {
            var reader = new ContentTypeReader(message.Slice(range.Offset, range.Length));
            if (reader.Token() is { IsEmpty: false } kind)
            {
                text.Write((byte)'(');
                text.LowerString(kind);
                text.Write((byte)' ');
                Parameters(ref text, reader, isDefaultText: false);
                text.Write((byte)')');
                return;
            }
        }

        text.Write("NIL"u8);
    }

    // body-fld-lang = nstring / "(" string *(SP string) ")"; language tags after commas (RFC 3282 §2).
    private readonly void Languages(ref OctetWriter text, in MimePart part)
    {
        var count = 0;
        if (part[KnownField.ContentLanguage] is { } range)
        {
            var value = message.Slice(range.Offset, range.Length);
            foreach (var piece in value.Split((byte)','))
            {
                var tag = value[piece].Trim(" \t\r\n"u8);
                if (tag.IsEmpty || count == limits.ParametersMax)
                    continue;
                text.Write(count++ == 0 ? (byte)'(' : (byte)' ');
                text.String(tag);
            }
        }

        text.Write(count == 0 ? "NIL"u8 : ")"u8);
    }

    private readonly void Field(ref OctetWriter text, in MimePart part, KnownField field)
    {
        if (part[field] is { Length: > 0 } range)
            text.String(message.Slice(range.Offset, range.Length));
        else
            text.Write("NIL"u8);
    }
}
