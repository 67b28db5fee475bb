using System.Buffers;
using System.Buffers.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Octets that are being written: texts of IMAP, and the numbers and strings of a kept summary.</summary>
internal struct OctetWriter(int capacity)
{
    // Longer strings become literals: some clients read a quoted string into a fixed buffer.
    private const int QuotedBytesMax = 1000;

    // What cannot simply stand between double quotes: " \ and the octets that are no TEXT-CHAR (RFC 3501 §9).
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        Enumerable.Range(1, 127).Select(n => (byte)n).Except("\r\n\"\\"u8.ToArray()).ToArray());

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public readonly byte this[int at] => buffer[at];

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Dispose()
    {
        var rented = buffer;
        buffer = [];
        Length = 0;
        if (rented.Length > 0)
            ArrayPool<byte>.Shared.Return(rented);
    }

    public void Write(byte octet)
    {
        if (Length == buffer.Length)
            Grow(1);
        buffer[Length++] = octet;
    }

    public void Write(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > buffer.Length - Length)
            Grow(octets.Length);
        octets.CopyTo(buffer.AsSpan(Length));
        Length += octets.Length;
    }

    /// <summary>Octets that were written before, once more.</summary>
    public void Repeat(int start, int length)
    {
        if (length > buffer.Length - Length)
            Grow(length);
        buffer.AsSpan(start, length).CopyTo(buffer.AsSpan(Length));
        Length += length;
    }

    /// <summary>A number in decimal digits.</summary>
    public void Decimal(int number)
    {
        if (buffer.Length - Length < 11)
            Grow(11);
        Utf8Formatter.TryFormat(number, buffer.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>A string of IMAP, quoted or as a literal; line ends and NULs are left out (RFC 3501 §4.3).</summary>
    public void String(ReadOnlySpan<byte> text)
    {
        if (text.Length <= QuotedBytesMax && !text.ContainsAnyExcept(Plain))
        {
            Write((byte)'"');
            Write(text);
            Write((byte)'"');
            return;
        }

        var length = 0;
        var quotable = true;
        foreach (var octet in text)
        {
            if (octet is 0 or (byte)'\r' or (byte)'\n')
                continue;
            length++;
            quotable &= octet < 0x80;
        }

        if (quotable && length <= QuotedBytesMax)
        {
            Write((byte)'"');
            Unfolded(text, escape: true);
            Write((byte)'"');
            return;
        }

        Write((byte)'{');
        Decimal(length);
        Write("}\r\n"u8);
        Unfolded(text, escape: false);
    }

    /// <summary>The same in lower case; for what has no case.</summary>
    public void LowerString(ReadOnlySpan<byte> text)
    {
        var from = Length;
        String(text);
        System.Text.Ascii.ToLowerInPlace(buffer.AsSpan(from, Length - from), out _);
    }

    /// <summary>The text without line ends; a tab after one becomes a space (RFC 5322 §2.2.3).</summary>
    public void Unfolded(ReadOnlySpan<byte> text, bool escape)
    {
        var folded = false;
        foreach (var octet in text)
        {
            switch (octet)
            {
                case 0:
                    break;
                case (byte)'\r' or (byte)'\n':
                    folded = true;
                    break;
                case (byte)'\t' when folded:
                    Write((byte)' ');
                    break;
                case (byte)'"' or (byte)'\\' when escape:
                    Write((byte)'\\');
                    Write(octet);
                    folded = false;
                    break;
                default:
                    Write(octet);
                    folded = false;
                    break;
            }
        }
    }

    /// <summary>A number, seven bits an octet, the lowest first.</summary>
    public void Number(ulong number)
    {
        while (number >= 0x80)
        {
            Write((byte)(number | 0x80));
            number >>= 7;
        }

        Write((byte)number);
    }

    /// <summary>A number with a sign, small ones short.</summary>
    public void Signed(long number) => Number((ulong)((number << 1) ^ (number >> 63)));

    /// <summary>Octets with their number in front.</summary>
    public void Counted(ReadOnlySpan<byte> octets)
    {
        Number((ulong)octets.Length);
        Write(octets);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, checked(Length + more)));
        Written.CopyTo(larger);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
