using System.Buffers.Text;

namespace Mailreeve.Protocols.Pop3;

/// <summary>The numbers that stand behind RETR, DELE, LIST, UIDL and TOP (RFC 1939 §3).</summary>
public static class MessageNumber
{
    // Any more digits would be no number of a message, and no count of lines that matters.
    private const int DigitsMax = 9;

    // 1*DIGIT
    /// <summary>Reads the number of a message.</summary>
    /// <param name="argument">All that stands behind the command.</param>
    /// <param name="number">The number; whether there is such a message is for others to say. Zero is read, too.</param>
    /// <returns><see langword="false"/> when it is no number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> argument, out int number)
    {
        number = 0;
        return argument.Length is > 0 and <= DigitsMax
            && !argument.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(argument, out number, out var used)
            && used == argument.Length;
    }

    // top-arguments = msg SP n (RFC 1939 §7)
    /// <summary>Reads what stands behind TOP.</summary>
    /// <param name="argument">All that stands behind the command.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="lines">How many lines of its body are asked for.</param>
    /// <returns><see langword="false"/> when it is not two numbers.</returns>
    public static bool TryParseTop(ReadOnlySpan<byte> argument, out int number, out int lines)
    {
        (number, lines) = (0, 0);
        var space = argument.IndexOf((byte)' ');
        return space > 0
            && TryParse(argument[..space], out number)
            && TryParse(argument[space..].Trim((byte)' '), out lines);
    }
}
