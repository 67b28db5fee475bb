using System.Buffers;

namespace Mailreeve.Protocols.Dkim;

/// <summary>Header fields in the form that is signed (RFC 6376 §3.4.1, §3.4.2).</summary>
internal static class HeaderForm
{
    /// <summary>Writes one field.</summary>
    /// <param name="field">The field with its line end.</param>
    /// <param name="form">Which form.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ReadOnlySpan<byte> field, Canonicalization form, IBufferWriter<byte> output)
    {
        if (form == Canonicalization.Simple)
        {
            output.Write(field);
            // A header that simply ends has a last line without an end.
            if (!field.EndsWith("\r\n"u8))
                output.Write("\r\n"u8);
            return;
        }

        var colon = field.IndexOf((byte)':');
        var to = output.GetSpan(field.Length + 2);
        var length = 0;
        foreach (var b in field[..colon].TrimEnd(" \t"u8))
            to[length++] = (byte)char.ToLowerInvariant((char)b);
        to[length++] = (byte)':';
        length += Unfold(field[(colon + 1)..], to[length..]);
        to[length++] = (byte)'\r';
        to[length++] = (byte)'\n';
        output.Advance(length);
    }

    /// <summary>Writes the field that holds the signature: as it was before it was signed, and without the last line end.</summary>
    /// <param name="field">The field with its line end.</param>
    /// <param name="signature">Where the value of its tag <c>b</c> lies, white space around it included.</param>
    /// <param name="form">Which form.</param>
    /// <param name="output">Where to.</param>
    public static void WriteUnsigned(ReadOnlySpan<byte> field, (int Start, int End) signature, Canonicalization form, ArrayBufferWriter<byte> output)
    {
        var bare = new byte[field.Length - (signature.End - signature.Start)];
        field[..signature.Start].CopyTo(bare);
        field[signature.End..].CopyTo(bare.AsSpan(signature.Start));
        var alone = new ArrayBufferWriter<byte>(bare.Length + 2);
        Write(bare, form, alone);
        output.Write(alone.WrittenSpan[..^2]);
    }

    // Unfolds, makes one space of any white space, and drops it at both ends.
    private static int Unfold(ReadOnlySpan<byte> value, Span<byte> to)
    {
        var length = 0;
        var space = false;
        foreach (var b in value)
        {
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                space = length > 0;
                continue;
            }

            if (space)
                to[length++] = (byte)' ';
            space = false;
            to[length++] = b;
        }

        return length;
    }
}
