using System.Buffers;

namespace Mailreeve.Protocols.Messages;

/// <summary>
/// Finds the parts of a message and where exactly they lie, in one pass and without recursion (RFC 2046 §5.1).
/// </summary>
/// <remarks>
/// Own code instead of MimeKit's reader because every octet of a part must be served from the stored message: the line end before a
/// boundary belongs to the boundary, an outer boundary ends inner parts whose end is missing, and the work stays linear whatever
/// the message says. The tests hold it against MimeKit.
/// </remarks>
internal ref struct MimeScanner
{
    private readonly ReadOnlySpan<byte> message;
    private readonly MessageLimits limits;
    private readonly Span<int> open;
    private MimePart[] parts;
    private int depth;
    private int at;

    private MimeScanner(ReadOnlySpan<byte> message, MessageLimits limits, Span<int> open)
    {
        this.message = message;
        this.limits = limits;
        this.open = open;
        parts = ArrayPool<MimePart>.Shared.Rent(8);
    }

    /// <summary>Parts found.</summary>
    public int Count { get; private set; }

    /// <summary>Reads a message.</summary>
    /// <returns>Its parts, each before those inside it; the root is the first. From <see cref="ArrayPool{T}.Shared"/>.</returns>
    public static MimePart[] Scan(ReadOnlySpan<byte> message, MessageLimits limits, out int count)
    {
        var open = limits.DepthMax <= 64 ? stackalloc int[64] : new int[limits.DepthMax];
        var scanner = new MimeScanner(message, limits, open);
        scanner.Run();
        count = scanner.Count;
        return scanner.parts;
    }

    private void Run()
    {
        var part = ReadPart(isInDigest: false);
        while (true)
        {
            ref var current = ref parts[part];
            if (IsContainer(current.Kind) && (depth == limits.DepthMax || Count == limits.PartsMax))
                (current.Kind, current.IsOpaque) = (PartKind.Other, true);

            if (IsContainer(current.Kind))
                open[depth++] = part;
            if (current.Kind == PartKind.Message)
            {
                part = ReadPart(isInDigest: false);
                continue;
            }

            // A leaf's content, or what stands before the first boundary; then, after a last boundary, what stands behind it.
            int level, contentEnd;
            do
            {
                if (Count == limits.PartsMax || !FindDelimiter(out level, out contentEnd, out var isLast))
                {
                    Close(0, message.Length);
                    return;
                }

                Close(level + 1, contentEnd);
                if (!isLast)
                    break;
                parts[open[level]].BoundaryLength = 0;
            }
            while (true);

            part = ReadPart(IsDigest(open[level]));
        }
    }

    private static bool IsContainer(PartKind kind) => kind is PartKind.Multipart or PartKind.Message;

    // Ends everything from that level inwards, and the leaf that was being read.
    private void Close(int level, int end)
    {
        var last = Count - 1;
        if (parts[last].End < 0)
            parts[last].End = Math.Max(end, parts[last].BodyStart);
        while (depth > level)
        {
            ref var part = ref parts[open[--depth]];
            part.End = Math.Max(end, part.BodyStart);
            part.Descendants = last - open[depth];

            // No part in it: better one that can be read than an empty list, which IMAP cannot say.
            if (part.Kind == PartKind.Multipart && part.Descendants == 0)
                (part.Kind, part.IsOpaque) = (PartKind.Text, false);
        }
    }

    private int ReadPart(bool isInDigest)
    {
        if (Count == parts.Length)
        {
            var larger = ArrayPool<MimePart>.Shared.Rent(parts.Length * 2);
            parts.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<MimePart>.Shared.Return(parts);
            parts = larger;
        }

        ref var part = ref parts[Count];
        part = new MimePart { IsInDigest = isInDigest, HeaderStart = at, End = -1 };
        var reader = new HeaderReader(message, at);
        while (!IsDelimiter(reader.At) && reader.Next(out var field))
        {
            var known = KnownFields.Of(field.Name(message));
            if (known == KnownField.None)
                continue;
            var value = field.Value(message);
            var offset = value.IsEmpty ? field.ValueStart : field.ValueStart + message[field.ValueStart..field.End].IndexOfAnyExcept(" \t\r\n"u8);
            part.Note(known, offset, Math.Min(value.Length, limits.FieldBytesMax));
        }

        at = part.BodyStart = reader.At;
        Classify(ref part);
        return Count++;
    }

    private readonly void Classify(ref MimePart part)
    {
        var type = ContentType.Of(message, part);
        part.Kind = type.Kind;
        if (part.Kind != PartKind.Multipart)
            return;

        // Without a boundary nothing in it can be found: it is read as text.
        var boundary = type.Boundary;
        if (boundary.IsEmpty)
        {
            part.Kind = PartKind.Text;
            return;
        }

        message.Overlaps(boundary, out var offset);
        (part.BoundaryStart, part.BoundaryLength) = (offset, boundary.Length);
    }

    private readonly bool IsDigest(int part) => ContentType.Of(message, parts[part]).IsDigest;

    private readonly bool IsDelimiter(int lineStart) =>
        depth > 0 && lineStart + 2 < message.Length && message[lineStart] == '-' && message[lineStart + 1] == '-'
        && LevelOf(message[(lineStart + 2)..], out _, out _) >= 0;

    // From here on; the line here counts too. The content before ends before the line end that precedes the delimiter.
    private bool FindDelimiter(out int level, out int contentEnd, out bool isLast)
    {
        while (depth > 0)
        {
            var lineStart = at;
            if ((at > 0 && message[at - 1] != '\n') || !message[at..].StartsWith("--"u8))
            {
                var found = message[at..].IndexOf("\n--"u8);
                if (found < 0)
                    break;
                lineStart = at + found + 1;
            }

            level = LevelOf(message[(lineStart + 2)..], out var length, out isLast);
            if (level >= 0)
            {
                contentEnd = lineStart;
                if (contentEnd > 0 && message[contentEnd - 1] == '\n')
                    contentEnd--;
                if (contentEnd > 0 && contentEnd < lineStart && message[contentEnd - 1] == '\r')
                    contentEnd--;
                at = lineStart + 2 + length;
                return true;
            }

            at = lineStart + 2;
        }

        (level, contentEnd, isLast) = (-1, 0, false);
        return false;
    }

    // dash-boundary ["--"] transport-padding CRLF; the innermost boundary that fits.
    private readonly int LevelOf(ReadOnlySpan<byte> afterDashes, out int length, out bool isLast)
    {
        (length, isLast) = (0, false);
        for (var level = depth - 1; level >= 0; level--)
        {
            ref readonly var part = ref parts[open[level]];
            if (part.BoundaryLength == 0 || part.BoundaryLength > afterDashes.Length
                || afterDashes[0] != message[part.BoundaryStart]
                || !afterDashes.StartsWith(message.Slice(part.BoundaryStart, part.BoundaryLength)))
                continue;

            var rest = afterDashes[part.BoundaryLength..];
            isLast = rest.StartsWith("--"u8);
            if (isLast)
                rest = rest[2..];
            var padding = rest.IndexOfAnyExcept(" \t\r"u8);
            if (padding >= 0 && rest[padding] != '\n')
                continue;
            length = afterDashes.Length - rest.Length + (padding < 0 ? rest.Length : padding + 1);
            return level;
        }

        isLast = false;
        return -1;
    }
}
