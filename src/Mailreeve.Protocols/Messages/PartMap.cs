using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>A part as the summary keeps it.</summary>
internal readonly ref struct MappedPart
{
    public PartKind Kind { get; init; }

    public TransferEncoding Encoding { get; init; }

    /// <summary>Whether ASCII octets of the decoded part are always ASCII characters.</summary>
    public bool IsAsciiCompatible { get; init; }

    public int HeaderStart { get; init; }

    public int BodyStart { get; init; }

    public int End { get; init; }

    /// <summary>Parts inside it, at any depth; they follow it.</summary>
    public int Descendants { get; init; }

    /// <summary>Name of the charset; empty for none.</summary>
    public ReadOnlySpan<byte> Charset { get; init; }

    /// <summary>Name of the file in UTF-8; empty for none.</summary>
    public ReadOnlySpan<byte> FileName { get; init; }
}

/// <summary>Writes and reads the list of parts, each before those inside it.</summary>
internal ref struct PartMap(ReadOnlySpan<byte> map)
{
    private OctetReader reader = new(map);
    private int lastStart;

    /// <summary>Writes the list.</summary>
    public static void Write(ref OctetWriter map, ReadOnlySpan<byte> message, ReadOnlySpan<MimePart> parts)
    {
        var lastStart = 0;
        foreach (ref readonly var part in parts)
        {
            var type = ContentType.Of(message, part);
            var charset = part.Kind == PartKind.Text && type.Kind == PartKind.Text ? type.Parameter("charset"u8) : default;
            var fileName = part.Kind is PartKind.Multipart || part.IsOpaque ? "" : FileNames.Of(message, part, type);
            var isCompatible = Charsets.IsAsciiCompatible(charset);
            map.Write((byte)((int)part.Kind | (int)TransferEncodings.Of(message, part) << 2 | (isCompatible ? 0x10 : 0)
                | (charset.IsEmpty ? 0 : 0x20) | (fileName.Length == 0 ? 0 : 0x40)));
            map.Number((ulong)(part.HeaderStart - lastStart));
            map.Number((ulong)(part.BodyStart - part.HeaderStart));
            map.Number((ulong)(part.End - part.BodyStart));
            map.Number((ulong)part.Descendants);
            if (!charset.IsEmpty)
                map.Counted(charset[..Math.Min(charset.Length, Charsets.NameBytesMax)]);
            if (fileName.Length > 0)
                map.Counted(Encoding.UTF8.GetBytes(fileName));
            lastStart = part.HeaderStart;
        }
    }

    /// <summary>Reads the next part.</summary>
    /// <returns><see langword="false"/> at the end, or when it is broken.</returns>
    public bool Next(out MappedPart part)
    {
        part = default;
        if (reader.IsAtEnd)
            return false;
        var flags = reader.Octet();
        var headerStart = lastStart + reader.Int();
        var bodyStart = headerStart + reader.Int();
        var end = bodyStart + reader.Int();
        part = new MappedPart
        {
            Kind = (PartKind)(flags & 3),
            Encoding = (TransferEncoding)(flags >> 2 & 3),
            IsAsciiCompatible = (flags & 0x10) != 0,
            HeaderStart = headerStart,
            BodyStart = bodyStart,
            End = end,
            Descendants = reader.Int(),
            Charset = (flags & 0x20) != 0 ? reader.Counted() : default,
            FileName = (flags & 0x40) != 0 ? reader.Counted() : default,
        };
        lastStart = headerStart;
        return !reader.IsBroken;
    }

    /// <summary>Whether a list can be relied on: every part lies in the message and in the part around it.</summary>
    public static bool IsSound(ReadOnlySpan<byte> map, int messageLength)
    {
        var parts = new PartMap(map);
        var count = 0;
        var reach = 1L;
        while (parts.Next(out var part))
        {
            // Sums of numbers that are too large turn negative.
            if (part.HeaderStart < 0 || part.BodyStart < part.HeaderStart || part.End < part.BodyStart || part.End > messageLength
                || part.Encoding > TransferEncoding.Base64)
                return false;
            if (count >= reach || (part.Kind == PartKind.Message && part.Descendants == 0))
                return false;
            reach = Math.Max(reach, (long)count + 1 + part.Descendants);
            count++;
        }

        return count > 0 && reach == count && !parts.reader.IsBroken && parts.reader.IsAtEnd;
    }
}
