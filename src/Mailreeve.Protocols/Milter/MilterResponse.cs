using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Milter;

/// <summary>Writes what a milter tells the mail server (<c>SMFIR_…</c>).</summary>
public static class MilterResponse
{
    /// <summary>Longest name of a header field, in octets.</summary>
    public const int NameBytesMax = 128;

    /// <summary>Go on.</summary>
    public static void Continue(IBufferWriter<byte> output) => Write(output, 'c', []);

    /// <summary>Take the message, and ask no more about it.</summary>
    public static void Accept(IBufferWriter<byte> output) => Write(output, 'a', []);

    /// <summary>Enough of the body has been seen.</summary>
    public static void Skip(IBufferWriter<byte> output) => Write(output, 's', []);

    /// <summary>Refuse for now, in the words of the mail server.</summary>
    public static void PutOff(IBufferWriter<byte> output) => Write(output, 't', []);

    /// <summary>Keep the message until a person lets it go.</summary>
    public static void Quarantine(IBufferWriter<byte> output, string reason) => Write(output, 'q', Encoding.ASCII.GetBytes($"{reason}\0"));

    /// <summary>Refuse with this reply. Of several lines the first is sent.</summary>
    public static void Refuse(IBufferWriter<byte> output, Reply reply)
    {
        // Sendmail puts a text with a percent sign through a format (smfi_setreply); Postfix does as it does.
        var first = reply.Text.Split('\n')[0].Replace("%", "%%", StringComparison.Ordinal);
        Write(output, 'y', Encoding.ASCII.GetBytes(reply.Enhanced.Length == 0 ? $"{reply.Code} {first}\0" : $"{reply.Code} {reply.Enhanced} {first}\0"));
    }

    /// <summary>What was agreed.</summary>
    public static void Negotiate(IBufferWriter<byte> output, MilterOptions options)
    {
        Span<byte> data = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(data, options.Version);
        BinaryPrimitives.WriteInt32BigEndian(data[4..], (int)options.Actions);
        BinaryPrimitives.WriteInt32BigEndian(data[8..], (int)options.Steps);
        Write(output, 'O', data);
    }

    /// <summary>Put a header field in front of all others.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="field">The field as in a message, CRLF between its lines and, or not, at its end.</param>
    /// <param name="leadingSpace">Whether the blank behind the colon is part of the value; otherwise the mail server puts one there.</param>
    /// <exception cref="ArgumentException">It is no header field.</exception>
    public static void InsertFirst(IBufferWriter<byte> output, ReadOnlySpan<byte> field, bool leadingSpace)
    {
        var colon = field.IndexOf((byte)':');
        if (colon is < 1 or > NameBytesMax || field.Contains((byte)0))
            throw new ArgumentException("A header field has a name, and no NUL.", nameof(field));
        var value = field[(colon + 1)..].TrimEnd("\r\n"u8);
        if (!leadingSpace && value.StartsWith(" "u8))
            value = value[1..];

        var data = new ArrayBufferWriter<byte>(field.Length + 8);
        data.Write("\0\0\0\0"u8);
        data.Write(field[..colon]);
        data.Write("\0"u8);
        // Lines end in LF here: what both Sendmail and Postfix have inside.
        while (value.IndexOf((byte)'\r') is var end and >= 0)
        {
            data.Write(value[..end]);
            value = value[(end + 1)..];
        }

        data.Write(value);
        data.Write("\0"u8);
        Write(output, 'i', data.WrittenSpan);
    }

    /// <summary>Remove a header field.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="index">Which of those of this name; the first is 1.</param>
    public static void Remove(IBufferWriter<byte> output, string name, int index)
    {
        var data = new byte[4 + name.Length + 2];
        BinaryPrimitives.WriteInt32BigEndian(data, index);
        Encoding.ASCII.GetBytes(name, data.AsSpan(4));
        Write(output, 'm', data);
    }

    private static void Write(IBufferWriter<byte> output, char code, ReadOnlySpan<byte> data)
    {
        var to = output.GetSpan(5 + data.Length);
        BinaryPrimitives.WriteInt32BigEndian(to, 1 + data.Length);
        to[4] = (byte)code;
        data.CopyTo(to[5..]);
        output.Advance(5 + data.Length);
    }
}
