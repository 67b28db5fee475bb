using System.Buffers.Text;

namespace Mailreeve.Protocols.Imap;

/// <summary>The announcement of a literal at the end of a line.</summary>
/// <param name="SizeBytes">Octets that follow the line end; <see cref="long.MaxValue"/> for numbers too large to hold.</param>
/// <param name="Synchronising">Whether the client waits for a continuation before it sends them.</param>
/// <param name="Length">Octets of the announcement itself.</param>
internal readonly record struct LiteralSuffix(long SizeBytes, bool Synchronising, int Length)
{
    /// <summary>Octets of the longest announcement that counts as one: a number of 20 digits, brackets, plus.</summary>
    public const int LengthMax = 23;

    // "{" number ["+"] "}" (RFC 7888 §8)
    public static bool TryRead(ReadOnlySpan<byte> line, out LiteralSuffix suffix)
    {
        suffix = default;
        if (line.IsEmpty || line[^1] != '}')
            return false;
        var window = line.Length > LengthMax ? line[^LengthMax..] : line;
        var open = window.LastIndexOf((byte)'{');
        if (open < 0)
            return false;
        var inner = window[(open + 1)..^1];
        var plus = inner.Length > 0 && inner[^1] == '+';
        var digits = plus ? inner[..^1] : inner;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        if (!Utf8Parser.TryParse(digits, out long size, out _))
            size = long.MaxValue;
        suffix = new LiteralSuffix(size, !plus, window.Length - open);
        return true;
    }
}
