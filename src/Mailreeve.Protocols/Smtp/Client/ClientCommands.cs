using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>The commands of a client that are words and little else, and what they are written with.</summary>
public static class ClientCommands
{
    /// <summary>Writes EHLO (RFC 5321 §4.1.1.1).</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="ownName">Our name.</param>
    public static void Ehlo(IBufferWriter<byte> output, string ownName) => Write(output, $"EHLO {Word(ownName)}\r\n");

    /// <summary>Writes HELO, for servers that know no EHLO.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="ownName">Our name.</param>
    public static void Helo(IBufferWriter<byte> output, string ownName) => Write(output, $"HELO {Word(ownName)}\r\n");

    /// <summary>Writes octets.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> octets) => output.Write(octets);

    internal static void Write(IBufferWriter<byte> output, string text) =>
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    // The last gate before the wire: an address with a line end in it would be a command of its own.
    internal static void WritePath(IBufferWriter<byte> output, Mailbox mailbox, bool smtpUtf8)
    {
        var path = mailbox.ToString();
        if (path.AsSpan().ContainsAnyInRange('\0', '\x1F') || path.Contains('\x7F', StringComparison.Ordinal) || (!smtpUtf8 && !Ascii.IsValid(path)))
            throw new ArgumentException("The address has a character that cannot be sent.", nameof(mailbox));
        Write(output, path);
    }

    private static string Word(string name) =>
        !name.AsSpan().ContainsAnyExceptInRange('!', '~') && name.Length is > 0 and <= SmtpPath.DomainBytesMax
            ? name
            : throw new ArgumentException("The name has a character that cannot be sent.", nameof(name));
}
