namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>Reads what stands in the brackets of <c>BODY[…]</c>, and the range behind them.</summary>
internal static class SectionSyntax
{
    // section = "[" [section-spec] "]"; section-spec = section-msgtext / (section-part ["." section-text])
    public static bool TryRead(ref ImapReader reader, bool peek, out FetchSection section)
    {
        section = new FetchSection([], SectionText.All, [], null, peek);
        reader.TryTake((byte)'[');
        if (!TryReadPart(ref reader, out var part, out var textFollows))
            return false;
        section = section with { Part = part };
        if (textFollows && !TryReadText(ref reader, ref section))
            return false;
        if (!reader.TryTake((byte)']'))
            return reader.Fail("Bad section");
        if (!reader.TryTake((byte)'<'))
            return true;
        if (!TryReadPartial(ref reader, out var partial))
            return false;
        section = section with { Partial = partial };
        return true;
    }

    // section-part = nz-number *("." nz-number)
    private static bool TryReadPart(ref ImapReader reader, out ImapList<int> part, out bool textFollows)
    {
        part = [];
        textFollows = !reader.IsNext((byte)']');
        if (!reader.IsDigitNext())
            return true;
        var numbers = new List<int>();
        do
        {
            if (numbers.Count >= reader.Limits.SectionDepthMax)
                return reader.Fail("Section too deep");
            if (!reader.Number64(int.MaxValue, out var number))
                return false;
            if (number == 0)
                return reader.Fail("Number above zero expected");
            numbers.Add((int)number);
            textFollows = reader.TryTake((byte)'.');
        }
        while (textFollows && reader.IsDigitNext());

        part = [.. numbers];
        return true;
    }

    // section-text = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT" / "MIME"; MIME only of a part
    private static bool TryReadText(ref ImapReader reader, ref FetchSection section)
    {
        Span<char> room = stackalloc char[ImapReader.WordMax];
        switch (room[..reader.Word(room)])
        {
            case "HEADER":
                section = section with { Text = SectionText.Header };
                return true;
            case "TEXT":
                section = section with { Text = SectionText.Text };
                return true;
            case "MIME" when section.Part.Count > 0:
                section = section with { Text = SectionText.Mime };
                return true;
            case "HEADER.FIELDS":
                section = section with { Text = SectionText.HeaderFields };
                return TryReadFields(ref reader, ref section);
            case "HEADER.FIELDS.NOT":
                section = section with { Text = SectionText.HeaderFieldsNot };
                return TryReadFields(ref reader, ref section);
            default:
                return reader.Fail("Bad section");
        }
    }

    // header-list = "(" header-fld-name *(SP header-fld-name) ")"; header-fld-name = astring
    private static bool TryReadFields(ref ImapReader reader, ref FetchSection section)
    {
        if (!reader.Space() || !reader.Open())
            return false;
        var fields = new List<string>();
        while (!reader.TryClose())
        {
            if (!reader.NextItem(fields.Count, reader.Limits.ListItemsMax) || !reader.Astring(out var field))
                return false;
            fields.Add(field);
        }

        section = section with { Fields = [.. fields] };
        return fields.Count > 0 || reader.Fail("Header field missing");
    }

    // "<" number "." nz-number ">"
    private static bool TryReadPartial(ref ImapReader reader, out PartialRange partial)
    {
        partial = default;
        if (!reader.Number64(long.MaxValue, out var offset) || !reader.TryTake((byte)'.') || !reader.Number64(long.MaxValue, out var length)
            || length == 0 || !reader.TryTake((byte)'>'))
            return reader.Fail("Bad range");
        partial = new PartialRange((long)offset, (long)length);
        return true;
    }
}
