namespace Mailreeve.Protocols.Messages;

/// <summary>One field of a header, as offsets into what was read.</summary>
/// <param name="Start">First octet of the name.</param>
/// <param name="NameLength">Octets of the name; 0 for a line that is no field and is only carried along.</param>
/// <param name="ValueStart">First octet after the colon.</param>
/// <param name="End">The octet after the line end.</param>
internal readonly record struct HeaderField(int Start, int NameLength, int ValueStart, int End)
{
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> octets) => octets.Slice(Start, NameLength);

    /// <summary>The value as it is, folded, without the white space around it.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> octets) => octets[ValueStart..End].Trim(" \t\r\n"u8);
}

/// <summary>
/// Reads the fields of a header one after the other (RFC 5322 §2.2), lines ending in CRLF or LF, up to and with the blank line.
/// </summary>
/// <remarks>
/// Only the blank line ends a header. A line that is no field is carried along, since every other reader of mail does so too;
/// except the first: a message that begins with such a line has no header.
/// </remarks>
internal ref struct HeaderReader(ReadOnlySpan<byte> octets, int start)
{
    private readonly ReadOnlySpan<byte> octets = octets;
    private bool isFirst = true;

    /// <summary>The next octet to read; after the last field that of the body.</summary>
    public int At { get; private set; } = start;

    /// <summary>Reads a field.</summary>
    /// <returns><see langword="false"/> at the end of the header, which has then been passed.</returns>
    public bool Next(out HeaderField field)
    {
        field = default;
        var rest = octets[At..];
        if (rest.IsEmpty)
            return false;
        if (rest[0] == '\n' || (rest[0] == '\r' && rest.Length > 1 && rest[1] == '\n'))
        {
            At += rest[0] == '\n' ? 1 : 2;
            return false;
        }

        var length = LineLength(rest);
        var nameLength = NameLength(rest[..length], out var colon);
        if (isFirst && nameLength == 0 && !IsEnvelopeLine(rest))
            return false;

        isFirst = false;
        while (length < rest.Length && rest[length] is (byte)' ' or (byte)'\t')
            length += LineLength(rest[length..]);
        field = new HeaderField(At, nameLength, nameLength == 0 ? At : At + colon + 1, At + length);
        At += length;
        return true;
    }

    private static int LineLength(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        return end < 0 ? rest.Length : end + 1;
    }

    // field-name = 1*ftext, any printable octet except the colon; old mail has white space before the colon (RFC 5322 §4.5).
    private static int NameLength(ReadOnlySpan<byte> line, out int colon)
    {
        colon = line.IndexOf((byte)':');
        if (colon <= 0)
            return 0;
        var name = line[..colon].TrimEnd(" \t"u8);
        return name.ContainsAnyExceptInRange((byte)33, (byte)126) ? 0 : name.Length;
    }

    // What the mbox format and some local agents put before a message.
    private static bool IsEnvelopeLine(ReadOnlySpan<byte> rest) => rest.StartsWith("From "u8) || rest.StartsWith(">From "u8);
}
