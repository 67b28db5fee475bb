using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>A text that is searched for, without regard to case (RFC 3501 §6.4.4). Made once for a command; safe for several threads.</summary>
/// <remarks>
/// ASCII is looked for in the octets of a message as they are, many at a time: the two octets of the needle that are rarest in mail are
/// compared first, and only where both fit is the rest looked at.
/// </remarks>
public sealed class SearchNeedle
{
    // Letters of English from rare to frequent, and what is common in header, HTML and base64 as well.
    private const string Frequent = "zqjxkvbwgypfmucldhrnisoate0123456789-.,:;<>=/\"\r\n ";

    private readonly byte[] ascii;
    private readonly int first;
    private readonly int second;
    private readonly SearchValues<string> characters;

    private SearchNeedle(string text)
    {
        Text = text;
        IsAscii = Ascii.IsValid(text);
        ascii = IsAscii ? Encoding.ASCII.GetBytes(text.ToLowerInvariant()) : [];
        HasBlank = text.AsSpan().ContainsAny(' ', '\t');
        characters = SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);
        if (ascii.Length == 0)
            return;
        first = Rarest(-1);
        second = ascii.Length == 1 ? first : Rarest(first);
    }

    /// <summary>What is searched for; the empty text is in everything.</summary>
    public string Text { get; }

    /// <summary>Whether it is ASCII only.</summary>
    internal bool IsAscii { get; }

    /// <summary>Whether it can match across the fold of a header field.</summary>
    internal bool HasBlank { get; }

    /// <summary>Prepares a search.</summary>
    /// <param name="text">The text, decoded from the charset of the command.</param>
    public static SearchNeedle Of(string text) => new(text);

    /// <summary>Whether it is in a decoded text.</summary>
    public bool IsIn(ReadOnlySpan<char> text) => Text.Length == 0 || text.ContainsAny(characters);

    /// <summary>Whether it is in octets whose ASCII is ASCII. Only for a needle that is.</summary>
    internal bool IsInOctets(ReadOnlySpan<byte> octets)
    {
        var last = octets.Length - ascii.Length;
        if (ascii.Length == 0 || last < 0)
            return ascii.Length == 0;

        var at = 0;
        if (Vector256.IsHardwareAccelerated && last + 1 >= Vector256<byte>.Count)
        {
            var (firstOctet, firstCase) = (Vector256.Create(ascii[first]), Vector256.Create(CaseOf(ascii[first])));
            var (secondOctet, secondCase) = (Vector256.Create(ascii[second]), Vector256.Create(CaseOf(ascii[second])));
            ref var start = ref MemoryMarshal.GetReference(octets);
            while (true)
            {
                var fits = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(at + first)) | firstCase, firstOctet)
                    & Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(at + second)) | secondCase, secondOctet);
                if (fits != Vector256<byte>.Zero && IsAtOneOf(octets, at, fits.ExtractMostSignificantBits()))
                    return true;
                if (at == last + 1 - Vector256<byte>.Count)
                    return false;

                // The last step overlaps the one before it.
                at = Math.Min(at + Vector256<byte>.Count, last + 1 - Vector256<byte>.Count);
            }
        }

        for (; at <= last; at++)
        {
            if ((octets[at + first] | CaseOf(ascii[first])) == ascii[first] && IsAt(octets.Slice(at, ascii.Length)))
                return true;
        }

        return false;
    }

    private bool IsAtOneOf(ReadOnlySpan<byte> octets, int at, uint places)
    {
        for (; places != 0; places &= places - 1)
        {
            if (IsAt(octets.Slice(at + BitOperations.TrailingZeroCount(places), ascii.Length)))
                return true;
        }

        return false;
    }

    private bool IsAt(ReadOnlySpan<byte> octets) => Ascii.EqualsIgnoreCase(octets, ascii);

    // The bit in which the two cases of a letter differ. No octet but the capital becomes the small letter by it.
    private static byte CaseOf(byte lower) => lower is >= (byte)'a' and <= (byte)'z' ? (byte)0x20 : (byte)0;

    private int Rarest(int besides)
    {
        var (best, bestRank) = (0, int.MaxValue);
        for (var at = 0; at < ascii.Length; at++)
        {
            var rank = Frequent.IndexOf((char)ascii[at]);
            if (at != besides && rank < bestRank)
                (best, bestRank) = (at, rank);
        }

        return best;
    }
}
