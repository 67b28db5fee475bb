namespace Mailreeve.Protocols.Milter;

/// <summary>The texts in a packet, each with a NUL behind it.</summary>
public static class MilterText
{
    /// <summary>Takes the next text off the data.</summary>
    /// <param name="data">Moved past the NUL; not moved when the result is <see langword="false"/>.</param>
    /// <param name="text">Without the NUL.</param>
    /// <returns><see langword="false"/> when there is no NUL any more.</returns>
    public static bool TryNext(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text)
    {
        var end = data.IndexOf((byte)0);
        if (end < 0)
        {
            text = default;
            return false;
        }

        text = data[..end];
        data = data[(end + 1)..];
        return true;
    }

    /// <summary>The address in an argument of MAIL or RCPT, without its angle brackets.</summary>
    public static ReadOnlySpan<byte> Address(ReadOnlySpan<byte> argument) =>
        argument.Length >= 2 && argument[0] == '<' && argument[^1] == '>' ? argument[1..^1] : argument;
}
