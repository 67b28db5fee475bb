namespace Mailreeve.Protocols.Trace;

/// <summary>Base32 in lower case and without padding (RFC 4648 §6): it bears what mail programs do to text, a change of case included.</summary>
public static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Characters for so many octets.</summary>
    public static int LengthOf(int octets) => ((octets * 8) + 4) / 5;

    /// <summary>Writes octets.</summary>
    public static string Encode(ReadOnlySpan<byte> octets)
    {
        Span<char> text = stackalloc char[LengthOf(octets.Length)];
        var (bits, held, at) = (0, 0, 0);
        foreach (var octet in octets)
        {
            bits = (bits << 8) | octet;
            for (held += 8; held >= 5; held -= 5)
                text[at++] = Alphabet[(bits >> (held - 5)) & 31];
        }

        if (held > 0)
            text[at] = Alphabet[(bits << (5 - held)) & 31];
        return new string(text);
    }

    /// <summary>Reads octets; case does not matter.</summary>
    /// <returns><see langword="null"/> when it is something else, or bits are left over that are not zero.</returns>
    public static byte[]? DecodeOrNull(ReadOnlySpan<char> text)
    {
        var octets = new byte[text.Length * 5 / 8];
        var (bits, held, at) = (0, 0, 0);
        foreach (var c in text)
        {
            if (ValueOf(c) is not (>= 0 and var value))
                return null;
            bits = (bits << 5) | value;
            held += 5;
            if (held < 8)
                continue;
            held -= 8;
            octets[at++] = (byte)(bits >> held);
        }

        return held < 5 && (bits & ((1 << held) - 1)) == 0 ? octets : null;
    }

    /// <summary>Whether a character belongs to it.</summary>
    internal static bool Has(char c) => ValueOf(c) >= 0;

    private static int ValueOf(char c) => c switch
    {
        >= 'a' and <= 'z' => c - 'a',
        >= 'A' and <= 'Z' => c - 'A',
        >= '2' and <= '7' => c - '2' + 26,
        _ => -1,
    };
}
