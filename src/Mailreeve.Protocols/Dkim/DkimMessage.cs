using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Dkim;

/// <summary>A message as signatures see it: the fields of its header, and its body as it lies.</summary>
public sealed class DkimMessage
{
    // Real messages have some dozens; each name that is signed is looked for among all of them.
    private const int FieldsMax = 2000;

    private readonly ReadOnlyMemory<byte> header;
    private readonly List<HeaderField> fields;

    private DkimMessage(ReadOnlyMemory<byte> header, List<HeaderField> fields, bool isTooLong, ReadOnlySequence<byte> body)
    {
        (this.header, this.fields, IsTooLong, Body) = (header, fields, isTooLong, body);
    }

    /// <summary>What follows the blank line; empty when there is none.</summary>
    public ReadOnlySequence<byte> Body { get; }

    /// <summary>Whether the header has more than 2,000 fields. Nothing in it can be verified then.</summary>
    public bool IsTooLong { get; }

    internal int Count => fields.Count;

    /// <summary>Reads a message whose lines end in CRLF. The body is not copied.</summary>
    /// <param name="message">The message.</param>
    /// <param name="before">Fields to put in front of it, each with its line end.</param>
    public static DkimMessage Read(ReadOnlySequence<byte> message, ReadOnlySpan<byte> before = default)
    {
        var (length, body) = Split(message);
        var headerPart = message.Slice(0, length);
        if (before.IsEmpty && headerPart.IsSingleSegment)
            return Read(headerPart.First, body);
        var header = new byte[before.Length + length];
        before.CopyTo(header);
        headerPart.CopyTo(header.AsSpan(before.Length));
        return Read(header, body);
    }

    /// <summary>Reads a message whose lines end in CRLF.</summary>
    public static DkimMessage Read(ReadOnlyMemory<byte> message) => Read(new ReadOnlySequence<byte>(message));

    /// <summary>Reads a message with the line ends of whatever machine it was saved on, and with or without the first line of a mailbox file.</summary>
    public static DkimMessage ReadFile(ReadOnlyMemory<byte> message) => Read(WithCrLf(message));

    /// <summary>The body alone.</summary>
    public static ReadOnlySequence<byte> BodyOf(ReadOnlySequence<byte> message) => Split(message).Body;

    /// <summary>The value of the first field of that name, folded, without white space around it.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public string? ValueOrNull(string name)
    {
        var octets = Encoding.ASCII.GetBytes(name);
        var index = fields.FindIndex(f => IsNamed(f, octets));
        return index < 0 ? null : Encoding.UTF8.GetString(fields[index].Value(header.Span));
    }

    /// <summary>How many fields of that name there are.</summary>
    internal int CountOf(ReadOnlySpan<byte> name)
    {
        var count = 0;
        foreach (var field in fields)
        {
            if (IsNamed(field, name))
                count++;
        }

        return count;
    }

    /// <summary>The fields of that name, from the top.</summary>
    internal IEnumerable<int> Named(byte[] name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (IsNamed(fields[i], name))
                yield return i;
        }
    }

    /// <summary>A field with its line end.</summary>
    internal ReadOnlySpan<byte> Field(int index) => header.Span[fields[index].Start..fields[index].End];

    /// <summary>What follows the colon, with the line end.</summary>
    internal ReadOnlyMemory<byte> Value(int index) => header[fields[index].ValueStart..fields[index].End];

    /// <summary>Octets from the beginning of a field to its value.</summary>
    internal int ValueOffset(int index) => fields[index].ValueStart - fields[index].Start;

    /// <summary>
    /// The field that a name stands for in the list of signed ones: of several with that name the last, then the one above it
    /// (RFC 6376 §5.4.2).
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="taken">Fields of it that were taken before.</param>
    /// <returns>−1 when there is none left, which is signed too: it says that none may be added.</returns>
    internal int FromBottom(ReadOnlySpan<byte> name, int taken)
    {
        for (var i = fields.Count - 1; i >= 0; i--)
        {
            if (IsNamed(fields[i], name) && taken-- == 0)
                return i;
        }

        return -1;
    }

    private static DkimMessage Read(ReadOnlyMemory<byte> header, ReadOnlySequence<byte> body)
    {
        var fields = new List<HeaderField>(32);
        var reader = new HeaderReader(header.Span, 0);
        while (reader.Next(out var field))
        {
            if (fields.Count == FieldsMax)
                return new DkimMessage(header, fields, isTooLong: true, body);
            fields.Add(field);
        }

        return new DkimMessage(header, fields, isTooLong: false, body);
    }

    // The header up to its last line end, and what follows the blank line.
    private static (int Length, ReadOnlySequence<byte> Body) Split(ReadOnlySequence<byte> message)
    {
        var reader = new SequenceReader<byte>(message);
        if (reader.IsNext("\r\n"u8, advancePast: true))
            return (0, reader.UnreadSequence);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> header, "\r\n\r\n"u8))
            return ((int)message.Length, ReadOnlySequence<byte>.Empty);
        return ((int)header.Length + 2, reader.UnreadSequence);
    }

    private static ReadOnlyMemory<byte> WithCrLf(ReadOnlyMemory<byte> message)
    {
        if (message.Span.StartsWith("From "u8))
            message = message[(message.Span.IndexOf((byte)'\n') + 1)..];
        var span = message.Span;
        var ends = span.Count((byte)'\n');
        if (ends == span.Count("\r\n"u8))
            return message;
        var result = new byte[span.Length + ends];
        var length = 0;
        for (var i = 0; i < span.Length; i++)
        {
            if (span[i] == '\n' && (i == 0 || span[i - 1] != '\r'))
                result[length++] = (byte)'\r';
            result[length++] = span[i];
        }

        return result.AsMemory(0, length);
    }

    private bool IsNamed(HeaderField field, ReadOnlySpan<byte> name) =>
        field.NameLength == name.Length && Ascii.EqualsIgnoreCase(field.Name(header.Span), name);
}
